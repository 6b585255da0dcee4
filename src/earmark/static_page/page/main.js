// The page without a server: choose a sound, wait, see and hear what was heard.

import { offer } from "./choose.js";
import { hear, wake } from "./hear.js";
import { clock, load } from "./player.js";
import { offerFiles, showChips } from "./words.js";

const byId = (id) => document.getElementById(id);
let categories = {};
let under = null;

function trouble(sentence) {
  byId("trouble").textContent = sentence || "";
  byId("trouble").hidden = !sentence;
}

function doing(what, share, seconds) {
  byId("progress").hidden = false;
  if (share === undefined || share >= 1) byId("bar").removeAttribute("value");
  else byId("bar").value = share;
  byId("doing").textContent = seconds ? `${what}: ${clock(seconds)}` : what;
}

async function take(blob, name) {
  under?.abort();
  const mine = new AbortController();
  under = mine;
  trouble("");
  try {
    const { record } = await hear(blob, name, mine.signal, doing);
    byId("result").hidden = false;
    byId("name").textContent = `${record.file} (${clock(record.seconds)}, ${record.model})`;
    byId("warning").textContent = record.warning || "";
    byId("warning").hidden = !record.warning;
    load(record, URL.createObjectURL(blob));
    showChips(record, categories);
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

async function begin() {
  offer(take, trouble);
  byId("cancel").addEventListener("click", () => under?.abort());
  const card = await (await fetch("model/card.json")).json();
  categories = Object.fromEntries(card.tags.map(({ name, category }) => [name, category]));
  wake();
  byId("still").hidden = true;
  await navigator.serviceWorker?.register("sw.js");
}

begin().catch((error) => {
  if (!byId("still").hidden) trouble(error.message);
});
