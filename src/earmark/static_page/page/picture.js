// Pictures of bounded size, as earmark/serve/picture.py makes them: peaks, log-mel, taggram.

export const COLUMNS = 1200;
export const PEAK_RATE = 100; // peaks a second, before any are joined
export const PICTURE_BANDS = 64;
const ROWS = 24; // of a taggram

// Columns that come one after the other, joined in pairs where they become too many.
export class Columns {
  constructor(join) {
    Object.assign(this, { join, kept: [], rest: [], step: 1 });
  }

  add(column) {
    this.rest.push(column);
    if (this.rest.length < this.step) return;
    this.kept.push(this.join(this.rest));
    this.rest = [];
    if (this.kept.length < 2 * COLUMNS) return;
    this.kept = Array.from({ length: COLUMNS }, (_, i) => this.join(this.kept.slice(2 * i, 2 * i + 2)));
    this.step *= 2;
  }

  all() {
    return this.rest.length ? [...this.kept, this.join(this.rest)] : this.kept;
  }
}

export function largest(columns) {
  return columns.reduce((a, b) => Math.max(a, b), 0);
}

export function average(columns) {
  return Float32Array.from(columns[0], (_, i) =>
    columns.reduce((sum, column) => sum + column[i], 0) / columns.length);
}

function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(text);
}

export function melPicture(columns) {
  const top = columns.reduce((most, column) => Math.max(most, ...column), 0) || 1;
  const data = new Uint8Array(columns.length * PICTURE_BANDS);
  columns.forEach((column, x) => column.forEach((value, band) => {
    data[x * PICTURE_BANDS + band] = Math.min(255, (value / top) * 255);
  }));
  return { bands: PICTURE_BANDS, columns: columns.length, data: base64(data) };
}

// When the tags that matter are heard: those shown first, then others that are clear somewhere.
export function taggram(rows, shownTags, tags) {
  const over = (row, i) => row[i] / Math.max(tags[i].threshold, 1e-6);
  const most = tags.map((_, i) => rows.reduce((best, row) => Math.max(best, over(row, i)), 0));
  const places = new Map(tags.map(({ name }, i) => [name, i]));
  const chosen = shownTags.map((name) => places.get(name));
  const groups = new Set(chosen.map((i) => tags[i].group));
  const more = tags.map((_, i) => i).sort((a, b) => most[b] - most[a])
    .filter((i) => most[i] >= 1 && !groups.has(tags[i].group));
  const rowsShown = [...chosen, ...more].slice(0, ROWS);
  const columns = Math.min(COLUMNS, rows.length);
  const data = new Uint8Array(columns * rowsShown.length);
  for (let x = 0; x < columns; x += 1) {
    const part = rows.slice(Math.floor((x * rows.length) / columns), Math.floor(((x + 1) * rows.length) / columns));
    rowsShown.forEach((i, y) => {
      const strength = part.reduce((best, row) => Math.max(best, over(row, i)), 0);
      data[x * rowsShown.length + y] = Math.min(255, (strength / (strength + 1)) * 256);
    });
  }
  return { tags: rowsShown.map((i) => tags[i].name), columns, data: base64(data) };
}
