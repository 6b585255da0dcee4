// The page: choose a sound, wait, see and hear what was heard.

import { get, hear, preview } from "./api.js";
import { offer } from "./choose.js";
import { begin as beginLibrary } from "./library.js";
import { begin as beginMaps, byMap } from "./maps.js";
import { present, trouble, turn } from "./turn.js";
import { offerFiles, showChips, showCompared } from "./words.js";

const byId = (id) => document.getElementById(id);
let categories = {};

// Hear with the chosen model, and a second one if wanted; `listen` gives a record for a model, `url`
// and `other` the sound as for the player.
export function show(listen, url, other) {
  const both = async (signal, report) => [
    await listen(byId("model").value, signal, report),
    byId("other").value ? await listen(byId("other").value, signal, report) : null,
  ];
  return turn(both, ([record, second]) => {
    present(record, url, other);
    showChips(record, categories);
    byMap(record);
    showCompared(record, second);
    offerFiles(record);
  });
}

function take(file, name) {
  const options = (model) => ({ model, map: byId("map").value });
  show((model, signal, report) => hear(file, name, options(model), signal, report),
    URL.createObjectURL(file), (signal) => preview(file, name, signal));
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
    beginMaps(maps);
    categories = Object.fromEntries(words.map((word) => [word.name, word.category]));
    beginLibrary(words, show);
  } catch (error) {
    trouble(error.message);
  }
}

offer(take, trouble);
begin();
