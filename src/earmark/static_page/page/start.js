// Where a sound of Opus begins and ends, in samples at 48 kHz, where Chromium does not count them.
//
// It knows a WebM's clock in whole milliseconds only, and so leaves out 7 of them for the 6.5 that an
// encoder has put before the sound; in an MP4 it leaves them out twice, and plays what fills the end.

import { find } from "./rate.js";

const SAMPLES = 48; // in a millisecond
const EXACT = { lost: 0, length: Infinity };

function webm(bytes) {
  const at = find(bytes, "OpusHead", 0, 65536);
  if (at < 0) return EXACT;
  const before = bytes[at + 10] | (bytes[at + 11] << 8);
  return { ...EXACT, lost: Math.max(0, Math.round(before / SAMPLES) * SAMPLES - before) };
}

function mp4(bytes) {
  const head = find(bytes, "dOps");
  const [edit, times] = [find(bytes, "elst"), find(bytes, "stts", Math.max(0, head))];
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (Math.min(head, edit, times) < 0 || Math.max(edit, times) + 20 > bytes.length) return EXACT;
  const before = data.getUint16(head + 6);
  if (data.getUint32(edit + 16) !== before) return EXACT;
  const entries = Math.min(data.getUint32(times + 8), Math.floor((bytes.length - times - 12) / 8));
  let length = -before;
  for (let i = 0; i < entries; i += 1) {
    length += data.getUint32(times + 12 + 8 * i) * data.getUint32(times + 16 + 8 * i);
  }
  return length > 0 ? { lost: before, length } : EXACT;
}

// How many samples are missing at the beginning, and how long the sound is with them.
export function extent(bytes) {
  if (!navigator.userAgent.includes("Chrom")) return EXACT;
  if (bytes[0] === 0x1a && bytes[1] === 0x45) return webm(bytes);
  return find(bytes, "ftyp", 4, 8) === 4 ? mp4(bytes) : EXACT;
}
