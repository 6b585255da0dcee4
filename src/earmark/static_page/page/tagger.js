// Mono samples in, a record out: front end, windows, network, judgement, and pictures on the way.

import * as ort from "../runtime/ort.wasm.bundle.min.mjs";
import { calibrated, powerMean, shown } from "./judge.js";
import { Frames, logMel, melFilters } from "./mel.js";
import { average, Columns, largest, melPicture, PEAK_RATE, PICTURE_BANDS, taggram } from "./picture.js";
import { Windows } from "./windows.js";

const BATCH_SECONDS = 30;

async function bytes(path) {
  const answer = await fetch(new URL(path, import.meta.url));
  if (!answer.ok) throw new Error(`the page is not complete: ${path} cannot be loaded`);
  return answer.arrayBuffer();
}

// Load a model; `tagger.begin()` then hears one sound.
export async function loadTagger() {
  const [card, network, wasm] = await Promise.all(
    ["../model/card.json", "../model/model.onnx", "../runtime/ort-wasm-simd-threaded.wasm"].map(bytes),
  );
  ort.env.wasm.numThreads = 1; // more would need a page that is isolated from others
  ort.env.wasm.wasmBinary = wasm;
  ort.env.logLevel = "error";
  const session = await ort.InferenceSession.create(network, { executionProviders: ["wasm"] });
  return new Tagger(JSON.parse(new TextDecoder().decode(card)), session);
}

class Tagger {
  constructor(card, session) {
    Object.assign(this, { card, session });
    const { sample_rate: rate, n_fft: length, n_mels: bands } = card.front_end;
    this.filters = melFilters(rate, length, bands);
    this.pictured = melFilters(rate, length, PICTURE_BANDS);
  }

  begin() {
    return new Hearing(this);
  }

  async scores(windows) {
    const { frames, front_end: { n_mels: bands } } = this.card;
    const stack = new Float32Array(windows.length * frames * bands);
    windows.forEach((window, i) => stack.set(window, i * window.length));
    const input = new ort.Tensor("float32", stack, [windows.length, frames, bands]);
    const answer = await this.session.run({ [this.session.inputNames[0]]: input }, ["scores"]);
    const count = this.card.tags.length;
    return windows.map((_, i) => answer.scores.data.slice(i * count, (i + 1) * count));
  }
}

// One sound: `await feed(samples)` at the model's rate as often as there are some, then `end`.
class Hearing {
  constructor(tagger) {
    this.tagger = tagger;
    const { front_end: frontEnd, frames } = tagger.card;
    this.batch = Math.max(1, Math.round((BATCH_SECONDS * frontEnd.sample_rate) / frontEnd.hop_length / frames));
    Object.assign(this, { waiting: [], rows: [], added: [], peakRest: new Float32Array(0) });
    this.windows = new Windows(frames, frontEnd.n_mels, (window, added) => {
      this.waiting.push(window);
      this.added.push(added);
    });
    this.mels = new Columns(average);
    this.peaks = new Columns(largest);
    this.frames = new Frames(frontEnd, (power) => {
      this.windows.feed(logMel(power, tagger.filters));
      this.mels.add(logMel(power, tagger.pictured));
    });
  }

  async feed(samples) {
    this.watch(samples);
    this.frames.feed(samples);
    while (this.waiting.length >= this.batch) await this.run(this.waiting.splice(0, this.batch));
  }

  async run(windows) {
    this.rows.push(...await this.tagger.scores(windows));
  }

  watch(samples) {
    const size = Math.floor(this.tagger.card.front_end.sample_rate / PEAK_RATE);
    const all = new Float32Array(this.peakRest.length + samples.length);
    all.set(this.peakRest);
    all.set(samples, this.peakRest.length);
    let at = 0;
    for (; at + size <= all.length; at += size) {
      let peak = 0;
      for (let i = at; i < at + size; i += 1) peak = Math.max(peak, Math.abs(all[i]));
      this.peaks.add(Math.min(1, Math.round(peak * 1000) / 1000));
    }
    this.peakRest = all.slice(at);
  }

  // The record, and `scores` of all tags beside it.
  async end(file, seconds, warnings) {
    this.frames.end();
    this.windows.end();
    if (this.waiting.length) await this.run(this.waiting);
    const { card } = this.tagger;
    const { tags } = card;
    const scores = calibrated(powerMean(this.rows, this.added, card.exponent), tags);
    const rows = this.rows.map((row) => calibrated(row, tags));
    const hop = card.front_end.hop_length / card.front_end.sample_rate;
    let at = 0;
    const timeline = rows.map((row, i) => {
      const start = at;
      at = i === rows.length - 1 ? seconds : at + this.added[i] * hop;
      const [from, to] = [start, at].map((time) => Math.round(time * 1000) / 1000);
      return { start: from, end: to, tags: shown(row, card) };
    });
    const window = card.frames * hop;
    if (seconds < window) {
      const [length, whole] = [seconds, window].map((time) => Number(time.toPrecision(2)));
      warnings.push(`only ${length} seconds long, padded to ${whole} by repeating it`);
    }
    const heard = shown(scores, card);
    const picture = {
      peaks: this.peaks.all(),
      mel: melPicture(this.mels.all()),
      taggram: taggram(rows, Object.keys(heard), tags),
    };
    const record = {
      file, model: card.name, seconds: Math.round(seconds * 1000) / 1000, tags: heard, timeline, picture,
    };
    if (warnings.length) record.warning = `${file}: ${warnings.join("; ")}`;
    return { record, scores };
  }
}
