// Ways to hand over a sound: choose a file, drop it, try the example, record the microphone.

const byId = (id) => document.getElementById(id);

async function record(take, trouble) {
  const button = byId("record");
  if (button.recorder) {
    button.recorder.stop();
    return;
  }
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    trouble("the microphone cannot be used; allow it in the browser");
    return;
  }
  const parts = [];
  button.recorder = new MediaRecorder(stream);
  button.recorder.ondataavailable = (event) => parts.push(event.data);
  button.recorder.onstop = () => {
    stream.getTracks().forEach((track) => track.stop());
    const type = button.recorder.mimeType;
    button.recorder = null;
    button.textContent = "Record the microphone";
    button.setAttribute("aria-pressed", "false");
    take(new Blob(parts, { type }), "microphone.webm");
  };
  button.recorder.start();
  button.textContent = "Stop recording";
  button.setAttribute("aria-pressed", "true");
}

// `take(blob, name)` gets what was chosen, `trouble(sentence)` what went wrong before.
export function offer(take, trouble) {
  byId("file").addEventListener("change", () => {
    const [file] = byId("file").files;
    if (file) take(file, file.name);
  });
  byId("example").addEventListener("click", async () => {
    const sound = await fetch("page/example.ogg");
    take(await sound.blob(), "example.ogg");
  });
  byId("record").addEventListener("click", () => record(take, trouble));
  const drop = byId("drop");
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) take(file, file.name);
  });
}
