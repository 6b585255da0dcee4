// Pictures of a sound on canvases, sharp on every screen: waveform, mel-spectrogram, rows of tags.

const SHADES = [[15, 32, 39], [32, 82, 90], [58, 141, 126], [163, 196, 117], [253, 231, 155]];

function bytes(base64) {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

function shade(value) {
  const place = (value / 255) * (SHADES.length - 1);
  const low = Math.min(SHADES.length - 2, Math.floor(place));
  return [0, 1, 2].map((i) => SHADES[low][i] + (place - low) * (SHADES[low + 1][i] - SHADES[low][i]));
}

export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function sized(canvas) {
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.max(1, Math.round(canvas.clientWidth * scale));
  canvas.height = Math.max(1, Math.round(canvas.clientHeight * scale));
  return canvas.getContext("2d");
}

export function drawWave(canvas, peaks) {
  const out = sized(canvas);
  const { width, height } = canvas;
  out.fillStyle = colour("--mark");
  for (let x = 0; x < width; x += 1) {
    const from = Math.floor((x / width) * peaks.length);
    const to = Math.max(from + 1, Math.floor(((x + 1) / width) * peaks.length));
    let peak = 0;
    for (let i = from; i < to; i += 1) peak = Math.max(peak, peaks[i] || 0);
    const size = Math.max(1, peak * height);
    out.fillRect(x, (height - size) / 2, 1, size);
  }
}

// A grid of bytes as an image, stretched over the canvas. `at(column, row)` gives 0 to 255.
function drawGrid(canvas, columns, rows, at) {
  const out = sized(canvas);
  if (!columns) return;
  const image = new ImageData(columns, rows);
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      const place = 4 * (y * columns + x);
      image.data.set([...shade(at(x, y)), 255], place);
    }
  }
  const small = document.createElement("canvas");
  small.width = columns;
  small.height = rows;
  small.getContext("2d").putImageData(image, 0, 0);
  out.imageSmoothingEnabled = false;
  out.drawImage(small, 0, 0, canvas.width, canvas.height);
}

export function drawMel(canvas, mel) {
  const data = bytes(mel.data);
  drawGrid(canvas, mel.columns, mel.bands, (x, y) => data[x * mel.bands + (mel.bands - 1 - y)]);
}

export function taggramRows(taggram) {
  const data = bytes(taggram.data);
  const count = taggram.tags.length;
  return taggram.tags.map((tag, row) => ({
    tag,
    values: Uint8Array.from({ length: taggram.columns }, (_, x) => data[x * count + row]),
  }));
}

export function drawRow(canvas, values) {
  drawGrid(canvas, values.length, 1, (x) => values[x]);
}
