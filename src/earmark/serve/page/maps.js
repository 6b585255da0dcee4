// Genres by a map that a person chose or edited: told anew as the rules change.

import { post } from "./api.js";
import { offerFiles, showGenres } from "./words.js";

const byId = (id) => document.getElementById(id);
const QUIET = 300; // ms without a key before the rules are asked
let texts = {};
let heard = null;
let timer = 0;

function wrong(sentence) {
  byId("wrong").textContent = sentence || "";
  byId("wrong").hidden = !sentence;
}

async function ask() {
  const [record, map] = [heard, byId("rules").value];
  if (!record?.scores) return;
  try {
    const { genres } = await post("genres", { map, scores: record.scores, model: record.model });
    if (record !== heard || map !== byId("rules").value) return;
    record.genres = genres;
    wrong("");
    showGenres(record);
    offerFiles(record);
  } catch (error) {
    wrong(error.message);
  }
}

function chosen() {
  byId("rules").value = texts[byId("map").value] || "";
  changed();
}

function changed() {
  const name = byId("keep");
  if (name.href.startsWith("blob:")) URL.revokeObjectURL(name.href);
  name.href = URL.createObjectURL(new Blob([byId("rules").value], { type: "application/toml" }));
  clearTimeout(timer);
  timer = setTimeout(ask, QUIET);
}

// Show a record's genres, by the rules as they are now.
export function byMap(record) {
  heard = record;
  showGenres(record);
  if (byId("rules").value !== texts[byId("map").value]) ask();
}

export function begin(maps) {
  texts = Object.fromEntries(maps.map(({ name, text }) => [name, text]));
  byId("map").addEventListener("change", chosen);
  byId("shipped").addEventListener("click", chosen);
  byId("rules").addEventListener("input", changed);
  chosen();
}
