// The page: choose a sound, wait, see and hear what was heard.

import { get, hear } from "./api.js";
import { begin as beginLibrary } from "./library.js";
import { clock, load } from "./player.js";
import { offerFiles, showChips, showCompared, showGenres } from "./words.js";

const byId = (id) => document.getElementById(id);
let categories = {};
let under = null;

function trouble(sentence) {
  byId("trouble").textContent = sentence || "";
  byId("trouble").hidden = !sentence;
}

function doing(what, share, seconds) {
  byId("progress").hidden = false;
  if (share === null || share === undefined || share >= 1) byId("bar").removeAttribute("value");
  else byId("bar").value = share;
  const words = { sending: "sending", waiting: "waiting for a free worker", hearing: "hearing" };
  byId("doing").textContent = seconds ? `${words[what]}: ${clock(seconds)}` : words[what];
}

// Hear with the chosen model, and a second one if wanted; `listen` gives a record for a model.
export async function show(listen, url) {
  under?.abort();
  const mine = new AbortController();
  under = mine;
  trouble("");
  try {
    const record = await listen(byId("model").value, mine.signal, doing);
    const other = byId("other").value ? await listen(byId("other").value, mine.signal, doing) : null;
    byId("result").hidden = false;
    byId("name").textContent = `${record.file} (${clock(record.seconds)}, ${record.model})`;
    byId("warning").textContent = record.warning || "";
    byId("warning").hidden = !record.warning;
    load(record, url);
    showChips(record, categories);
    showGenres(record);
    showCompared(record, other);
    offerFiles(record);
  } catch (error) {
    if (error.name !== "AbortError") trouble(error.message);
  } finally {
    if (under === mine) {
      byId("progress").hidden = true;
      under = null;
    }
  }
}

function take(file, name) {
  const options = (model) => ({ model, map: byId("map").value });
  show((model, signal, report) => hear(file, name, options(model), signal, report),
    URL.createObjectURL(file));
}

async function record() {
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

function options(select, names) {
  select.append(...names.map((name) => new Option(name, name)));
}

async function begin() {
  try {
    const [models, words, maps] = await Promise.all([get("models"), get("vocabulary"), get("genres")]);
    options(byId("model"), models.map((model) => model.name));
    options(byId("other"), models.map((model) => model.name));
    options(byId("map"), maps.map((map) => map.name));
    categories = Object.fromEntries(words.map((word) => [word.name, word.category]));
    beginLibrary(words, show);
  } catch (error) {
    trouble(error.message);
  }
}

byId("file").addEventListener("change", () => {
  const [file] = byId("file").files;
  if (file) take(file, file.name);
});
byId("example").addEventListener("click", async () => {
  const sound = await fetch("page/example.ogg");
  take(await sound.blob(), "example.ogg");
});
byId("record").addEventListener("click", record);
byId("cancel").addEventListener("click", () => under?.abort());
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
begin();
