// Power of the Fourier transform of real numbers, for lengths that are powers of two.

export function makePower(length) {
  const half = length / 2;
  const re = new Float64Array(half);
  const im = new Float64Array(half);
  const cos = new Float64Array(half);
  const sin = new Float64Array(half);
  for (let k = 0; k < half; k += 1) {
    cos[k] = Math.cos((2 * Math.PI * k) / length);
    sin[k] = Math.sin((2 * Math.PI * k) / length);
  }
  const places = new Uint32Array(half);
  const bits = Math.log2(half);
  for (let i = 0; i < half; i += 1) {
    for (let bit = 0; bit < bits; bit += 1) places[i] |= ((i >> bit) & 1) << (bits - 1 - bit);
  }

  // Even and odd samples as one complex sequence of half the length, transformed in place.
  function transform(frame) {
    for (let i = 0; i < half; i += 1) {
      re[i] = frame[2 * places[i]];
      im[i] = frame[2 * places[i] + 1];
    }
    for (let size = 1; size < half; size *= 2) {
      const step = half / size;
      for (let first = 0; first < half; first += 2 * size) {
        for (let k = 0; k < size; k += 1) {
          const a = first + k;
          const b = a + size;
          const c = cos[k * step];
          const s = sin[k * step];
          const x = re[b] * c + im[b] * s;
          const y = im[b] * c - re[b] * s;
          re[b] = re[a] - x;
          im[b] = im[a] - y;
          re[a] += x;
          im[a] += y;
        }
      }
    }
  }

  // `frame` has `length` numbers, `power` room for 1 + length / 2.
  return (frame, power) => {
    transform(frame);
    power[0] = (re[0] + im[0]) ** 2;
    power[half] = (re[0] - im[0]) ** 2;
    for (let k = 1; k < half; k += 1) {
      const other = half - k;
      const evenRe = (re[k] + re[other]) / 2;
      const evenIm = (im[k] - im[other]) / 2;
      const oddRe = (im[k] + im[other]) / 2;
      const oddIm = (re[other] - re[k]) / 2;
      const x = evenRe + oddRe * cos[k] + oddIm * sin[k];
      const y = evenIm + oddIm * cos[k] - oddRe * sin[k];
      power[k] = x * x + y * y;
    }
  };
}
