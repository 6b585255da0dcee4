// Samples in, log-mel frames out: the same numbers as earmark/sound/melspectrogram.py.

import { makePower } from "./fft.js";

const LOG_GAIN = 10000;

function hzToMel(hz) {
  return hz < 1000 ? (hz * 3) / 200 : 15 + (27 * Math.log(hz / 1000)) / Math.log(6.4);
}

function melToHz(mel) {
  return mel < 15 ? (mel * 200) / 3 : 1000 * 6.4 ** ((mel - 15) / 27);
}

// Triangular filters of area 1 in Hz, each as the first bin that it hears and weights from there.
export function melFilters(rate, length, bands) {
  const top = hzToMel(rate / 2);
  const edges = Array.from({ length: bands + 2 }, (_, i) => melToHz((top * i) / (bands + 1)));
  const bin = rate / length;
  return Array.from({ length: bands }, (_, band) => {
    const [low, centre, high] = edges.slice(band, band + 3);
    let first = -1;
    const weights = [];
    for (let k = 0; k <= length / 2; k += 1) {
      const hz = k * bin;
      const height = Math.min((hz - low) / (centre - low), (high - hz) / (high - centre));
      if (height > 0) {
        if (first < 0) first = k;
        weights.push((height * 2) / (high - low));
      }
    }
    return { first: Math.max(first, 0), weights: Float32Array.from(weights) };
  });
}

// `log10(1 + 10000 * mel)` of one frame's power.
export function logMel(power, filters) {
  const frame = new Float32Array(filters.length);
  for (let band = 0; band < filters.length; band += 1) {
    const { first, weights } = filters[band];
    let sum = 0;
    for (let i = 0; i < weights.length; i += 1) sum += power[first + i] * weights[i];
    frame[band] = Math.log10(1 + LOG_GAIN * sum);
  }
  return frame;
}

// A stream of samples to frames of power, centred, with silence outside; `take(power)` gets each.
export class Frames {
  constructor({ n_fft: length, hop_length: hop }, take) {
    Object.assign(this, { length, hop, take });
    this.kept = new Float32Array(length / 2);
    this.window = Float32Array.from({ length }, (_, i) =>
      0.5 - 0.5 * Math.cos((2 * Math.PI * i) / length));
    this.frame = new Float64Array(length);
    this.power = new Float64Array(1 + length / 2);
    this.toPower = makePower(length);
  }

  feed(samples) {
    const all = new Float32Array(this.kept.length + samples.length);
    all.set(this.kept);
    all.set(samples, this.kept.length);
    let at = 0;
    for (; at + this.length <= all.length; at += this.hop) {
      for (let i = 0; i < this.length; i += 1) this.frame[i] = all[at + i] * this.window[i];
      this.toPower(this.frame, this.power);
      this.take(this.power);
    }
    this.kept = all.slice(at);
  }

  end() {
    this.feed(new Float32Array(this.length / 2));
  }
}
