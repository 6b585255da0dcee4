// The player: one sound, its pictures and the taggram below them, all on the same time axis.

import { drawMel, drawRow, drawWave, taggramRows } from "./pictures.js";

const byId = (id) => document.getElementById(id);
const audio = byId("audio");
let seconds = 1;
let source = null;
let other = null; // asks for the same sound in a form that this browser can play
let loaded = new AbortController();
let redraw = () => {};

export function clock(time) {
  const whole = Math.max(0, Math.floor(time));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${h ? String(m).padStart(2, "0") : m}:${String(s).padStart(2, "0")}`;
  return h ? `${h}:${tail}` : tail;
}

function follow() {
  const time = Math.min(audio.currentTime || 0, seconds);
  byId("head").style.left = `${(100 * time) / seconds}%`;
  byId("seek").value = time / seconds;
  byId("seek").setAttribute("aria-valuetext", clock(time));
  byId("clock").textContent = `${clock(time)} / ${clock(seconds)}`;
}

function tick() {
  follow();
  if (!audio.paused) requestAnimationFrame(tick);
}

export function seekTo(time) {
  if (Number.isFinite(time)) audio.currentTime = Math.min(Math.max(0, time), seconds);
  follow();
}

export function chooseRow(tag, jump = false) {
  for (const row of document.querySelectorAll(".tagrow")) {
    const chosen = row.dataset.tag === tag;
    row.classList.toggle("chosen", chosen);
    if (chosen && jump) {
      seekTo(Number(row.dataset.best));
      row.scrollIntoView({ block: "nearest" });
    }
  }
}

function mute(sentence) {
  byId("mute").textContent = sentence;
  byId("mute").hidden = !sentence;
  for (const id of ["play", "seek"]) byId(id).disabled = Boolean(sentence);
}

function listenTo(url) {
  if (source) URL.revokeObjectURL(source);
  source = url.startsWith("blob:") ? url : null;
  mute("");
  audio.src = url;
}

// The browser cannot play what it was given; ask for something else once.
async function instead() {
  if (!audio.getAttribute("src")) return;
  const [ask, { signal }] = [other, loaded];
  other = null;
  let reason = "";
  if (ask) {
    mute("This browser cannot play the file; a preview that it can play is being made.");
    try {
      const url = await ask(signal);
      if (signal.aborted) URL.revokeObjectURL(url);
      else listenTo(url);
      return;
    } catch (error) {
      if (signal.aborted) return;
      reason = `, nor is there a preview (${error.message})`;
    }
  }
  mute(`This browser cannot play the file${reason}; the tags are complete all the same.`);
}

// Show a sound: `url` is where the browser hears it from, `preview(signal)` gives the address of one
// that it can play in any case.
export function load(record, url, preview) {
  loaded.abort();
  loaded = new AbortController();
  other = preview;
  seconds = Math.max(record.seconds, 0.001);
  listenTo(url);
  const { peaks, mel, taggram } = record.picture;
  const holder = byId("rows");
  holder.replaceChildren();
  const rows = taggramRows(taggram).map(({ tag, values }) => {
    const row = document.createElement("div");
    row.className = "tagrow";
    row.dataset.tag = tag;
    row.dataset.best = (seconds * (values.indexOf(Math.max(...values)) + 0.5)) / values.length;
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `When ${tag} is heard`);
    const label = document.createElement("span");
    label.textContent = tag;
    row.append(canvas, label);
    holder.append(row);
    return { canvas, values };
  });
  redraw = () => {
    drawWave(byId("wave"), peaks);
    drawMel(byId("mel"), mel);
    for (const { canvas, values } of rows) drawRow(canvas, values);
  };
  requestAnimationFrame(() => { redraw(); follow(); });
}

byId("pictures").addEventListener("click", (event) => {
  const box = byId("pictures").getBoundingClientRect();
  seekTo((seconds * (event.clientX - box.left)) / box.width);
  chooseRow(event.target.closest(".tagrow")?.dataset.tag);
});
byId("seek").addEventListener("input", () => seekTo(seconds * Number(byId("seek").value)));
byId("play").addEventListener("click", () => {
  if (audio.paused) audio.play().catch(() => {}); // what is wrong comes as an event
  else audio.pause();
});
audio.addEventListener("play", () => {
  byId("play").textContent = "❚❚";
  byId("play").setAttribute("aria-label", "Pause");
  tick();
});
audio.addEventListener("pause", () => {
  byId("play").textContent = "▶";
  byId("play").setAttribute("aria-label", "Play");
});
for (const event of ["seeked", "timeupdate", "loadedmetadata"]) audio.addEventListener(event, follow);
audio.addEventListener("error", instead);
addEventListener("resize", () => redraw());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => redraw());
