// How much of a sound's beginning a browser takes away beyond what its file says.
//
// Chromium knows a WebM's clock in whole milliseconds only, and so leaves out 7 of them for the 6.5
// that an Opus encoder has put before the sound.

import { find } from "./rate.js";

const SAMPLES = 48; // of Opus in a millisecond

// Samples at 48 kHz that are missing.
export function lostSamples(bytes) {
  if (bytes[0] !== 0x1a || bytes[1] !== 0x45 || !navigator.userAgent.includes("Chrom")) return 0;
  const at = find(bytes, "OpusHead", 0, 65536);
  if (at < 0) return 0;
  const before = bytes[at + 10] | (bytes[at + 11] << 8);
  return Math.max(0, Math.round(before / SAMPLES) * SAMPLES - before);
}
