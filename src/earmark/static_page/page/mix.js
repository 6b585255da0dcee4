// Channels to mono, block by block: as earmark/sound/mix.py and earmark/sound/levels.py.

const PROBE = 17;
const SOUNDING = 1e-4; // energy below the loudest channel's from which a channel counts as silent
const CANCELLING = 0.1; // energy of the mix below that of unrelated channels, from which it is lost
const SILENT_ENERGY = 1e-8; // of a sample
const FADE = 512; // samples from one mix to the next
const OFFSET = 0.05; // mean of a block from which on it is no music but an offset
const OFFSET_SECONDS = 0.3;
export const SILENT_PEAK = 1e-4;
const LOUDEST = 1e6;

function energy(samples) {
  const step = samples.length > 100 * PROBE ? PROBE : 1;
  let sum = 0;
  let bad = 0;
  let count = 0;
  for (let i = 0; i < samples.length; i += step) {
    count += 1;
    if (Number.isFinite(samples[i])) sum += samples[i] ** 2;
    else bad += 1;
  }
  return { sum, count, empty: bad > 0 && 2 * bad > count };
}

function mean(channels, parts) {
  const mixed = Float32Array.from(channels[parts[0]]);
  for (const part of parts.slice(1)) {
    const channel = channels[part];
    for (let i = 0; i < mixed.length; i += 1) mixed[i] += channel[i];
  }
  if (parts.length > 1) for (let i = 0; i < mixed.length; i += 1) mixed[i] /= parts.length;
  return mixed;
}

export class Mixer {
  constructor(rate) {
    Object.assign(this, { rate, cancelled: 0, parts: null, energies: null, offset: null });
    Object.assign(this, { peak: 0, bad: 0 });
  }

  // Mono samples of a block of channels, finite and around zero.
  mix(channels) {
    return this.centred(this.finite(this.mixed(channels)));
  }

  mixed(channels) {
    if (channels.length === 1) return Float32Array.from(channels[0]);
    const found = channels.map(energy);
    this.energies ??= channels.map(() => 0);
    found.forEach(({ sum }, i) => { this.energies[i] += sum; });
    const most = Math.max(...this.energies);
    const all = channels.map((_, i) => i);
    let parts = all.filter((i) => this.energies[i] > SOUNDING * most && !found[i].empty);
    if (!parts.length) parts = all;
    let mixed = mean(channels, parts);
    const each = parts.reduce((sum, i) => sum + found[i].sum, 0) / parts.length;
    const left = energy(mixed);
    if (parts.length > 1 && each > SILENT_ENERGY * left.count
      && left.sum < (CANCELLING / parts.length) * each) {
      this.cancelled += mixed.length / this.rate;
      parts = [this.energies.findIndex((one) => one > 0.9 * most)]; // no flutter
      mixed = mean(channels, parts);
    }
    if (this.parts && String(this.parts) !== String(parts)) {
      const before = mean(channels.map((one) => one.subarray(0, FADE)), this.parts);
      before.forEach((sample, i) => {
        const share = before.length > 1 ? i / (before.length - 1) : 0;
        mixed[i] = (1 - share) * sample + share * mixed[i];
      });
    }
    this.parts = parts;
    return mixed;
  }

  finite(samples) {
    for (let i = 0; i < samples.length; i += 1) {
      if (!(Math.abs(samples[i]) < LOUDEST)) {
        samples[i] = 0;
        this.bad += 1;
      }
    }
    return samples;
  }

  // Without a constant offset; sound that has none stays as it is.
  centred(samples) {
    const before = this.offset || 0;
    let offset = before;
    if (samples.length >= OFFSET_SECONDS * this.rate) {
      const average = (step) => {
        let [sum, count] = [0, 0];
        for (let i = 0; i < samples.length; i += step) [sum, count] = [sum + samples[i], count + 1];
        return sum / count;
      };
      offset = Math.abs(average(PROBE)) > OFFSET ? average(1) : 0;
    }
    const from = this.offset === null ? offset : before;
    if (samples.length >= OFFSET_SECONDS * this.rate) this.offset = offset;
    for (let i = 0; i < samples.length; i += 1) {
      if (from || offset) samples[i] -= from + ((offset - from) * i) / Math.max(1, samples.length - 1);
      this.peak = Math.max(this.peak, Math.abs(samples[i]));
    }
    return samples;
  }
}
