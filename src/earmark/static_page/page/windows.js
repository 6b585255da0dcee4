// Log-mel frames in, windows out, side by side: as earmark/tagging/windows.py cuts them.

const LEAST_SHARE = 0.05; // a rest shorter than this share of a window is not worth one of its own

export class Windows {
  // `take(window, added)` gets frames x bands numbers, and how many frames no earlier one held.
  constructor(frames, bands, take) {
    Object.assign(this, { frames, bands, take });
    this.rest = new Float32Array(frames * bands);
    this.count = 0;
    this.last = null;
  }

  feed(frame) {
    this.rest.set(frame, this.count * this.bands);
    this.count += 1;
    if (this.count < this.frames) return;
    this.last = this.rest;
    this.rest = new Float32Array(this.last.length);
    this.count = 0;
    this.take(this.last, this.frames);
  }

  end() {
    const size = this.count * this.bands;
    if (!this.last && this.count) {
      const window = new Float32Array(this.rest.length);
      for (let i = 0; i < window.length; i += 1) window[i] = this.rest[i % size];
      this.take(window, this.count);
    } else if (this.last && this.count > LEAST_SHARE * this.frames) {
      const window = new Float32Array(this.rest.length);
      window.set(this.last.subarray(size));
      window.set(this.rest.subarray(0, size), this.last.length - size);
      this.take(window, this.count);
    }
  }
}
