// What was heard in words: chips by category, genres, two models side by side, files to take away.

import { chooseRow } from "./player.js";

const byId = (id) => document.getElementById(id);

function chip(name, score, press) {
  const button = document.createElement(press ? "button" : "span");
  button.className = press ? "chip" : "chip button";
  const number = document.createElement("small");
  number.textContent = score.toFixed(2);
  button.append(name, number);
  if (press) {
    button.type = "button";
    button.addEventListener("click", press);
  }
  return button;
}

function titled(title, chips) {
  const heading = document.createElement("h3");
  heading.textContent = title;
  const row = document.createElement("div");
  row.className = "chips";
  row.append(...chips);
  return [heading, row];
}

export function showChips(record, categories) {
  const holder = byId("chips");
  holder.replaceChildren();
  const by = {};
  for (const [tag, score] of Object.entries(record.tags)) {
    (by[categories[tag] || "other"] ??= []).push(chip(tag, score, () => chooseRow(tag, true)));
  }
  for (const [category, chips] of Object.entries(by)) holder.append(...titled(category, chips));
  if (!holder.children.length) holder.textContent = "No tag is over its threshold.";
}

export function showGenres(record) {
  const words = Object.entries(record.genres || {}).map(([word, score]) => chip(word, score));
  byId("genres").replaceChildren(...(words.length ? titled("genres by the map", words) : []));
}

export function showCompared(record, other) {
  const holder = byId("compared");
  holder.replaceChildren();
  if (!other) return;
  const tags = [...new Set([...Object.keys(record.tags), ...Object.keys(other.tags)])];
  const table = document.createElement("table");
  const line = (cells, kind) => {
    const row = table.insertRow();
    for (const text of cells) {
      const cell = document.createElement(kind);
      cell.textContent = text;
      row.append(cell);
    }
  };
  line(["tag", record.model, other.model], "th");
  const told = (score) => (score === undefined ? "–" : score.toFixed(2));
  for (const tag of tags) line([tag, told(record.tags[tag]), told(other.tags[tag])], "td");
  holder.append(...titled("two models", [table]));
}

function quoted(text) {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function offerFiles(record) {
  const { picture, scores, ...rest } = record;
  const rows = Object.entries(record.tags).map(([tag, score]) =>
    [quoted(record.file), 0, record.seconds, quoted(tag), score].join(","));
  const files = {
    json: [JSON.stringify(rest, null, 2), "application/json"],
    csv: [["file,start,end,tag,score", ...rows, ""].join("\n"), "text/csv"],
  };
  for (const [id, [text, type]] of Object.entries(files)) {
    if (byId(id).href.startsWith("blob:")) URL.revokeObjectURL(byId(id).href);
    byId(id).href = URL.createObjectURL(new Blob([text], { type }));
  }
}
