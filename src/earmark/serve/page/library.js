// The library: search by an expression with completion, songs that sound alike, the map.

import { get, previewOf } from "./api.js";
import { drawMap, follow } from "./dots.js";
import { begin as beginWriting, offer } from "./writing.js";

const byId = (id) => document.getElementById(id);
let show = () => {};

function mistake(sentence) {
  byId("mistake").textContent = sentence || "";
  byId("mistake").hidden = !sentence;
}

function play(track) {
  const listen = (model) => get(`library/tracks/${track.id}/heard`,
    { ...(model && { model }), map: byId("map").value });
  show((model, signal, report) => {
    report("hearing");
    return listen(model);
  }, `library/tracks/${track.id}/sound`, (signal) => previewOf(track.id, signal));
  byId("result").scrollIntoView();
}

function list(tracks, told) {
  byId("found").textContent = told;
  offer(tracks);
  byId("tracks").replaceChildren(...tracks.map((track) => {
    const item = document.createElement("li");
    const row = document.createElement("div");
    row.className = "row";
    const hear = document.createElement("button");
    hear.type = "button";
    hear.textContent = track.title;
    hear.addEventListener("click", () => play(track));
    const near = document.createElement("button");
    near.type = "button";
    near.textContent = "similar";
    near.setAttribute("aria-label", `Songs similar to ${track.title}`);
    near.addEventListener("click", () => similar(track));
    const share = document.createElement("small");
    share.textContent = (track.strength ?? track.similarity ?? 0).toFixed(2);
    row.append(hear, near, share);
    item.append(row);
    return item;
  }));
}

async function similar(track) {
  try {
    list(await get("library/similar", { track: track.id, top: 20 }), `Similar to ${track.title}`);
  } catch (error) {
    mistake(error.message);
  }
}

async function search(event) {
  event.preventDefault();
  mistake("");
  try {
    const { total, tracks } = await get("library/search", { q: byId("query").value, top: 100 });
    list(tracks, `${total} found`);
  } catch (error) {
    mistake(error.message);
  }
}

// The list of completions: what was typed before the last word, with each name it may become.
function complete(names) {
  const text = byId("query").value;
  const [, before, word] = text.match(/^(.*?)([^\s()]*)$/);
  const fitting = word ? names.filter((name) => name.startsWith(word)).slice(0, 12) : [];
  byId("words").replaceChildren(...fitting.map((name) => new Option(before + name)));
}

function length(seconds) {
  const hours = Math.round(seconds / 3600);
  return hours > 1 ? `${hours} hours` : `${Math.round(seconds / 60)} minutes`;
}

async function beginGroups() {
  const groups = await get("library/groups");
  byId("groups").hidden = !groups.length;
  byId("members").replaceChildren(...groups.map(({ number, name, songs }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "chip";
    const count = document.createElement("small");
    count.textContent = songs;
    button.append(name || `group ${number}`, count);
    button.addEventListener("click", () => {
      byId("query").value = `group:${number}`;
      byId("search").requestSubmit();
    });
    return button;
  }));
}

export async function begin(words, listen) {
  show = listen;
  let stats;
  try {
    stats = await get("library/stats");
  } catch {
    return; // there is none
  }
  byId("library").hidden = false;
  beginWriting();
  byId("stats").textContent = `${stats.heard} songs heard, ${length(stats.seconds || 0)} of sound.`;
  beginGroups();
  const names = words.map((word) => word.name).sort();
  byId("query").addEventListener("input", () => complete(names));
  byId("search").addEventListener("submit", search);
  byId("colour").append(...Object.keys(stats.tags || {}).map((name) => new Option(name, name)));
  const draw = async () => {
    const tag = byId("colour").value;
    drawMap(byId("dots"), await get("library/map", tag ? { tag } : {}));
  };
  byId("colour").addEventListener("change", draw);
  byId("plane").addEventListener("toggle", () => byId("plane").open && draw());
  follow(byId("dots"), (title) => { byId("dot").textContent = title; }, play);
}
