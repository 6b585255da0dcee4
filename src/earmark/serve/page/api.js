// What the page asks the server; every error becomes one sentence.

async function asked(response) {
  if (response.ok) return response.status === 204 ? null : response.json();
  let sentence = `the server answered ${response.status}`;
  try {
    sentence = (await response.json()).detail || sentence;
  } catch { /* not a problem document */ }
  throw new Error(sentence);
}

async function reach(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("the server does not answer; is it still running?");
  }
}

export async function get(path, options = {}) {
  return asked(await reach(`${path}?${new URLSearchParams(options)}`));
}

export async function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  return asked(await reach(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

// Send a sound with progress of the sending; fetch() has none.
function send(path, file, name, signal, report) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.upload.onprogress = (e) => e.lengthComputable && report(e.loaded / e.total);
    request.onload = () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* not JSON */ }
      if (request.status < 300) resolve(answer);
      else reject(new Error(answer.detail || `the server answered ${request.status}`));
    };
    request.onerror = () => reject(new Error("the server does not answer; is it still running?"));
    request.onabort = () => reject(new DOMException("stopped", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    const form = new FormData();
    form.append("file", file, name);
    request.send(form);
  });
}

// An address of a sound that every browser can play, made by the server from one that this cannot.
export async function preview(file, name, signal) {
  const body = new FormData();
  body.append("file", file, name);
  const response = await reach("preview", { method: "POST", body, signal });
  return response.ok ? URL.createObjectURL(await response.blob()) : asked(response);
}

// The same of a track; asked for a byte first, as a player would not say what is wrong.
export async function previewOf(track, signal) {
  const path = `library/tracks/${track}/sound?preview=true`;
  const response = await reach(path, { headers: { Range: "bytes=0-0" }, signal });
  return response.ok ? path : asked(response);
}

// Hear a sound as a job: `report(what, share)` while it goes on; the record at last.
export async function hear(file, name, options, signal, report) {
  const chosen = Object.entries(options).filter(([, value]) => value);
  const query = new URLSearchParams([["picture", true], ["timeline", true], ["scores", true], ...chosen]);
  const job = await send(`jobs?${query}`, file, name, signal, (share) => report("sending", share));
  signal.addEventListener("abort", () => fetch(`jobs/${job.id}`, { method: "DELETE" }));
  await new Promise((resolve, reject) => {
    const events = new EventSource(`jobs/${job.id}/events`);
    const end = (finish) => { events.close(); finish(); };
    events.addEventListener("progress", (e) => {
      const told = JSON.parse(e.data);
      report(told.state === "waiting" ? "waiting" : "hearing", null, told.seconds);
    });
    events.addEventListener("end", (e) => {
      const told = JSON.parse(e.data);
      end(() => (told.state === "done" ? resolve() : reject(new Error(told.error || told.state))));
    });
    events.onerror = () => {
      if (events.readyState !== EventSource.CLOSED && !navigator.onLine) return; // it tries again
      end(() => reject(new Error("the connection to the server was lost; send the sound again")));
    };
    signal.addEventListener("abort", () => end(() => reject(new DOMException("stopped", "AbortError"))));
  });
  return get(`jobs/${job.id}/result`);
}
