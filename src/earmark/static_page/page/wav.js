// WAV files, read exactly and block by block, so that a long one needs no memory.

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

async function view(blob, from, size) {
  return new DataView(await blob.slice(from, from + size).arrayBuffer());
}

function word(data, at) {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => data.getUint8(at + i)));
}

function reader(kind, bits) {
  if (kind === FLOAT && bits === 32) return (data, at) => data.getFloat32(at, true);
  if (kind === FLOAT && bits === 64) return (data, at) => data.getFloat64(at, true);
  if (kind !== PCM) return null;
  if (bits === 8) return (data, at) => (data.getUint8(at) - 128) / 128;
  if (bits === 16) return (data, at) => data.getInt16(at, true) / 32768;
  if (bits === 24) {
    return (data, at) => (data.getUint16(at, true) + 65536 * data.getInt8(at + 2)) / 8388608;
  }
  return bits === 32 ? (data, at) => data.getInt32(at, true) / 2147483648 : null;
}

// What a WAV file holds; null where this is none, or one of another kind.
export async function openWav(blob) {
  if (blob.size < 44) return null;
  const head = await view(blob, 0, 12);
  if (word(head, 0) !== "RIFF" || word(head, 8) !== "WAVE") return null;
  let format = null;
  for (let at = 12; at + 8 <= blob.size;) {
    const chunk = await view(blob, at, 8);
    const size = chunk.getUint32(4, true);
    const kind = word(chunk, 0);
    if (kind === "fmt ") {
      const data = await view(blob, at + 8, Math.min(size, 40));
      if (data.byteLength < 16) return null;
      let code = data.getUint16(0, true);
      if (code === EXTENSIBLE && data.byteLength >= 26) code = data.getUint16(24, true);
      const [channels, rate, bits] = [data.getUint16(2, true), data.getUint32(4, true), data.getUint16(14, true)];
      format = { channels, rate, bytes: bits / 8, read: reader(code, bits) };
    } else if (kind === "data") {
      if (!format?.read || !format.channels || format.rate < 1000 || format.rate > 1e6) return null;
      const frame = format.channels * format.bytes;
      const room = blob.size - at - 8;
      const promised = size && size < 0xffffff00 ? size : room;
      const frames = Math.floor(Math.min(promised, room) / frame);
      return { ...format, start: at + 8, frames, short: Math.floor(promised / frame) - frames };
    }
    at += 8 + size + (size % 2);
  }
  return null;
}

// Blocks of channels, each of at most `length` samples.
export async function* wavBlocks(blob, { channels, bytes, read, start, frames }, length) {
  const frame = channels * bytes;
  for (let first = 0; first < frames; first += length) {
    const count = Math.min(length, frames - first);
    const data = await view(blob, start + first * frame, count * frame);
    yield Array.from({ length: channels }, (_, channel) =>
      Float32Array.from({ length: count }, (__, i) => read(data, i * frame + channel * bytes)));
  }
}
