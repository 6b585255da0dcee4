// One sound at a time: how far it is, what went wrong, and at last what was heard.

import { clock, load } from "./player.js";

const byId = (id) => document.getElementById(id);
const WORDS = { waiting: "waiting for a free worker" };
let under = null;

export function trouble(sentence) {
  byId("trouble").textContent = sentence || "";
  byId("trouble").hidden = !sentence;
}

function doing(what, share, seconds) {
  byId("progress").hidden = false;
  if (share === null || share === undefined || share >= 1) byId("bar").removeAttribute("value");
  else byId("bar").value = share;
  const word = WORDS[what] || what;
  byId("doing").textContent = seconds ? `${word}: ${clock(seconds)}` : word;
}

// Name, warning and player of a record; `url` and `other` as for the player.
export function present(record, url, other) {
  byId("result").hidden = false;
  byId("name").textContent = `${record.file} (${clock(record.seconds)}, ${record.model})`;
  byId("warning").textContent = record.warning || "";
  byId("warning").hidden = !record.warning;
  load(record, url, other);
}

// `work(signal, report)` gives what `shown` then gets; a turn that begins ends the one before.
export async function turn(work, shown) {
  under?.abort();
  const mine = new AbortController();
  under = mine;
  trouble("");
  try {
    shown(await work(mine.signal, doing));
  } catch (error) {
    if (error.name !== "AbortError") trouble(error.message);
  } finally {
    if (under === mine) {
      byId("progress").hidden = true;
      under = null;
    }
  }
}

byId("cancel").addEventListener("click", () => under?.abort());
