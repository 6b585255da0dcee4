// The page: choose a sound, wait, see and hear what was heard.

import { get, hear, preview } from "./api.js";
import { offer } from "./choose.js";
import { begin as beginLibrary } from "./library.js";
import { begin as beginMaps, byMap } from "./maps.js";
import { clock, load } from "./player.js";
import { offerFiles, showChips, showCompared } from "./words.js";

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

// Hear with the chosen model, and a second one if wanted; `listen` gives a record for a model, `url`
// and `other` the sound as for the player.
export async function show(listen, url, other) {
  under?.abort();
  const mine = new AbortController();
  under = mine;
  trouble("");
  try {
    const record = await listen(byId("model").value, mine.signal, doing);
    const second = byId("other").value ? await listen(byId("other").value, mine.signal, doing) : null;
    byId("result").hidden = false;
    byId("name").textContent = `${record.file} (${clock(record.seconds)}, ${record.model})`;
    byId("warning").textContent = record.warning || "";
    byId("warning").hidden = !record.warning;
    load(record, url, other);
    showChips(record, categories);
    byMap(record);
    showCompared(record, second);
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
byId("cancel").addEventListener("click", () => under?.abort());
begin();
