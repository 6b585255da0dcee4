// Writing into the library's files: what would be written, edited by a person, written, taken back.

import { get, post } from "./api.js";

const byId = (id) => document.getElementById(id);
const MOST = 200; // tracks that one request may have
let tracks = [];
let lines = [];

function say(sentence) {
  byId("written").textContent = sentence;
}

function counted(count, word) {
  return `${count} ${count === 1 ? "file" : "files"} ${word}`;
}

// One field of a file: a box to leave it out, and its values to edit, one a line.
function field(line, name) {
  const row = document.createElement("div");
  row.className = "row";
  const id = `write-${line.track}-${name}`;
  const take = document.createElement("input");
  take.type = "checkbox";
  take.checked = true;
  take.setAttribute("aria-label", `Write ${name} of ${line.file}`);
  const label = document.createElement("label");
  label.htmlFor = id;
  label.textContent = name;
  const values = document.createElement("textarea");
  values.id = id;
  values.rows = Math.min(4, Math.max(1, line.then[name].length));
  values.value = line.then[name].join("\n");
  const now = document.createElement("small");
  now.id = `${id}-now`;
  now.textContent = `now: ${line.now[name].join("; ") || "nothing"}`;
  values.setAttribute("aria-describedby", now.id);
  row.append(take, label, values, now);
  const read = () => (values.value === line.then[name].join("\n")
    ? line.then[name]
    : values.value.split("\n").map((text) => text.trim()).filter(Boolean));
  return { row, wanted: () => (take.checked ? read() : null) };
}

function shown(plan) {
  lines = plan.lines.map((line) => {
    const set = document.createElement("fieldset");
    const legend = document.createElement("legend");
    legend.textContent = line.file;
    set.append(legend);
    const fields = Object.keys(line.then).map((name) => [name, field(line, name)]);
    set.append(...fields.map(([, { row }]) => row));
    const edited = () => {
      const then = {};
      for (const [name, { wanted }] of fields) if (wanted() !== null) then[name] = wanted();
      return { track: line.track, state: line.state, now: line.now, then };
    };
    return { set, edited };
  });
  byId("lines").replaceChildren(...lines.map(({ set }) => set));
  byId("write").hidden = !lines.length;
  const others = plan.same + plan.unheard;
  say([`${counted(lines.length, "would be written")}`, others && `${others} stay as they are`,
    ...plan.failed].filter(Boolean).join("; "));
}

function wait(so) {
  for (const id of ["plan", "write", "undo"]) byId(id).disabled = so;
}

async function asked(path, body, told) {
  wait(true);
  say("working");
  try {
    const answer = await post(`library/${path}`, body);
    wait(false);
    told(answer);
  } catch (error) {
    say(error.message);
  } finally {
    wait(false);
  }
}

function gone() {
  lines = [];
  byId("lines").replaceChildren();
  byId("write").hidden = true;
}

// The songs in the list are those that are written to.
export function offer(found) {
  tracks = found.slice(0, MOST).map((track) => track.id);
  gone();
  say("");
  byId("pen").hidden = !byId("pen").dataset.may || !tracks.length;
}

export async function begin() {
  try {
    await get("library/written");
  } catch {
    return; // this server does not write
  }
  byId("pen").dataset.may = "yes";
  byId("plan").addEventListener("click", () => {
    const wish = { tracks, mode: byId("mode").value };
    if (byId("map").value && byId("mapped").checked) wish.map = byId("map").value;
    asked("plan", wish, shown);
  });
  byId("write").addEventListener("click", () => {
    const edited = lines.map((line) => line.edited()).filter((line) => Object.keys(line.then).length);
    if (!edited.length) { say("nothing is chosen"); return; }
    asked("write", { lines: edited }, ({ written, failed }) => {
      gone();
      say([counted(written.length, "written"), ...failed].join("; "));
      byId("undo").focus();
    });
  });
  byId("undo").addEventListener("click", () => asked("undo", { tracks }, ({ undone, notes }) => {
    gone();
    say([counted(undone.length, "as before"), ...notes.slice(0, 5)].join("; "));
  }));
}
