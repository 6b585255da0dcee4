// The map of the library on a canvas: a dot a song, zoomed with wheel or keys, played by a click.

import { colour, sized } from "./pictures.js";

let songs = null;
let canvas = null;
let view = { x: 0, y: 0, scale: 1 };

function place(i) {
  const pad = 10 * (window.devicePixelRatio || 1);
  return [
    pad + (songs.x[i] - view.x) * view.scale * (canvas.width - 2 * pad),
    pad + (songs.y[i] - view.y) * view.scale * (canvas.height - 2 * pad),
  ];
}

function hue(i) {
  if (songs.scores) return `hsl(${200 - 180 * Math.min(1, 2 * songs.scores[i])} 70% 50%)`;
  return songs.groups[i] ? `hsl(${(songs.groups[i] * 137.5) % 360} 60% 50%)` : colour("--soft");
}

function paint() {
  if (!songs) return;
  const out = sized(canvas);
  const size = (songs.ids.length > 5000 ? 2 : 4) * (window.devicePixelRatio || 1);
  for (let i = 0; i < songs.ids.length; i += 1) {
    const [x, y] = place(i);
    out.fillStyle = hue(i);
    out.beginPath();
    out.arc(x, y, size, 0, 2 * Math.PI);
    out.fill();
  }
}

export function drawMap(where, found) {
  canvas = where;
  songs = found;
  paint();
}

function nearest(event) {
  const box = canvas.getBoundingClientRect();
  const scale = canvas.width / box.width;
  const [x, y] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  let best = -1;
  let least = (20 * scale) ** 2;
  for (let i = 0; i < songs.ids.length; i += 1) {
    const [a, b] = place(i);
    const far = (a - x) ** 2 + (b - y) ** 2;
    if (far < least) [best, least] = [i, far];
  }
  return best;
}

function zoom(factor, x = 0.5, y = 0.5) {
  const scale = Math.min(200, Math.max(1, view.scale * factor));
  view = {
    x: view.x + x / view.scale - x / scale,
    y: view.y + y / view.scale - y / scale,
    scale,
  };
  paint();
}

export function follow(where, tell, play) {
  where.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = where.getBoundingClientRect();
    zoom(event.deltaY < 0 ? 1.25 : 0.8, (event.clientX - box.left) / box.width,
      (event.clientY - box.top) / box.height);
  }, { passive: false });
  where.addEventListener("pointermove", (event) => {
    const i = songs ? nearest(event) : -1;
    tell(i < 0 ? "" : songs.titles[i]);
  });
  where.addEventListener("click", (event) => {
    const i = songs ? nearest(event) : -1;
    if (i >= 0) play({ id: songs.ids[i], title: songs.titles[i] });
  });
  where.addEventListener("keydown", (event) => {
    const step = 0.1 / view.scale;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-") zoom(0.8);
    else if (moves[event.key]) {
      view.x += moves[event.key][0];
      view.y += moves[event.key][1];
      paint();
    } else return;
    event.preventDefault();
  });
  addEventListener("resize", paint);
}
