// The sample rate that a file was made with, from its first bytes.
//
// A browser resamples what it decodes to a rate that it is told; told the file's own, it does not.

const MPEG = [[11025, 12000, 8000], null, [22050, 24000, 16000], [44100, 48000, 32000]];
const ADTS = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];
const HEAD = 65536;

// Where a text begins, -1 where it is not.
export function find(bytes, text, from = 0, to = bytes.length) {
  const codes = [...text].map((c) => c.charCodeAt(0));
  for (let at = bytes.indexOf(codes[0], from); at >= 0 && at + codes.length <= to;
    at = bytes.indexOf(codes[0], at + 1)) {
    if (codes.every((code, i) => bytes[at + i] === code)) return at;
  }
  return -1;
}

function flac(bytes, at) {
  return (bytes[at + 18] << 12) | (bytes[at + 19] << 4) | (bytes[at + 20] >> 4);
}

function ogg(bytes) {
  if (find(bytes, "OpusHead", 0, HEAD) >= 0) return 48000;
  const vorbis = find(bytes, "\x01vorbis", 0, HEAD);
  if (vorbis >= 0) return new DataView(bytes.buffer, bytes.byteOffset).getUint32(vorbis + 12, true);
  const at = find(bytes, "fLaC", 0, HEAD);
  return at >= 0 ? flac(bytes, at) : null;
}

function mpeg(bytes) {
  let at = 0;
  if (find(bytes, "ID3", 0, 3) === 0) {
    at = 10 + [6, 7, 8, 9].reduce((size, i) => (size << 7) | (bytes[i] & 127), 0);
  }
  for (const end = Math.min(bytes.length - 4, at + HEAD); at < end; at += 1) {
    if (bytes[at] !== 0xff || (bytes[at + 1] & 0xe0) !== 0xe0) continue;
    const [layer, code] = [(bytes[at + 1] >> 1) & 3, (bytes[at + 2] >> 2) & 15];
    if (layer === 0) {
      if (ADTS[code]) return ADTS[code];
    } else if ((code & 3) < 3 && bytes[at + 2] >> 4 < 15) {
      const rate = MPEG[(bytes[at + 1] >> 3) & 3]?.[code & 3];
      if (rate) return rate;
    }
  }
  return null;
}

function mp4(bytes) {
  for (let at = find(bytes, "stsd"); at >= 0; at = find(bytes, "stsd", at + 4)) {
    const kind = String.fromCharCode(...bytes.subarray(at + 16, at + 20));
    if (kind === "Opus") return 48000;
    if (["mp4a", "alac", "fLaC"].includes(kind)) return (bytes[at + 44] << 8) | bytes[at + 45];
  }
  return null;
}

function matroska(bytes) {
  if (find(bytes, "A_OPUS", 0, HEAD) >= 0) return 48000;
  const data = new DataView(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEAD));
  for (let at = bytes.indexOf(0xb5); at >= 0 && at + 10 < data.byteLength; at = bytes.indexOf(0xb5, at + 1)) {
    const size = bytes[at + 1] & 127;
    const rate = size === 8 ? data.getFloat64(at + 2) : size === 4 ? data.getFloat32(at + 2) : 0;
    if (Number.isInteger(rate) && rate >= 8000 && rate <= 192000) return rate;
  }
  return null;
}

// Hz, or 48000 where the file does not say.
export function ownRate(bytes) {
  let rate = null;
  if (find(bytes, "fLaC", 0, 4) === 0) rate = flac(bytes, 0);
  else if (find(bytes, "OggS", 0, 4) === 0) rate = ogg(bytes);
  else if (find(bytes, "ftyp", 4, 8) === 4) rate = mp4(bytes);
  else if (bytes[0] === 0x1a && bytes[1] === 0x45) rate = matroska(bytes);
  else rate = mpeg(bytes);
  return rate >= 3000 && rate <= 384000 ? rate : 48000;
}
