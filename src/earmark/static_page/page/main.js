// The page without a server: choose a sound, wait, see and hear what was heard.

import { offer } from "./choose.js";
import { hear, wake } from "./hear.js";
import { present, trouble, turn } from "./turn.js";
import { offerFiles, showChips } from "./words.js";

const byId = (id) => document.getElementById(id);
let categories = {};

function take(blob, name) {
  turn((signal, report) => hear(blob, name, signal, report), ({ record }) => {
    present(record, URL.createObjectURL(blob));
    showChips(record, categories);
    offerFiles(record);
  });
}

async function begin() {
  offer(take, trouble);
  const card = await (await fetch("model/card.json")).json();
  categories = Object.fromEntries(card.tags.map(({ name, category }) => [name, category]));
  wake();
  byId("still").hidden = true;
  await navigator.serviceWorker?.register("sw.js");
}

begin().catch((error) => {
  if (!byId("still").hidden) trouble(error.message);
});
