// A sound to its record, in this browser alone: decoded here, heard by the worker.

import { ownRate } from "./rate.js";
import { extent } from "./start.js";
import { openWav } from "./wav.js";

const MOST_MINUTES = 90; // of a sound that the browser has to decode at once

let worker = null;

// Load the model before there is a sound.
export function wake() {
  worker ??= new Worker(new URL("listen.js", import.meta.url), { type: "module" });
  return worker;
}

function sleep() {
  worker?.terminate();
  worker = null;
}

// Minutes of a sound by its header, 0 where the browser cannot tell.
function minutes(blob) {
  return new Promise((resolve) => {
    const audio = new Audio();
    const url = URL.createObjectURL(blob);
    const end = (time) => { URL.revokeObjectURL(url); resolve(Number.isFinite(time) ? time / 60 : 0); };
    audio.preload = "metadata";
    audio.onloadedmetadata = () => end(audio.duration);
    audio.onerror = () => end(0);
    audio.src = url;
  });
}

async function decoded(blob, name) {
  if (await minutes(blob) > MOST_MINUTES) {
    throw new Error(`${name}: longer than ${MOST_MINUTES} minutes, which only a WAV file may be here; `
      + "earmark tag takes any length");
  }
  try {
    const bytes = await blob.arrayBuffer();
    const rate = ownRate(new Uint8Array(bytes));
    const { lost, length } = extent(new Uint8Array(bytes));
    const sound = await new OfflineAudioContext(1, 1, rate).decodeAudioData(bytes);
    const channels = Array.from({ length: sound.numberOfChannels }, (_, i) => {
      const channel = new Float32Array(Math.min(length, lost + sound.length));
      channel.set(sound.getChannelData(i).subarray(0, channel.length - lost), lost);
      return channel;
    });
    return { channels, rate: sound.sampleRate };
  } catch (error) {
    if (error.name !== "EncodingError") throw error;
    throw new Error(`${name}: not a sound that this browser can read`);
  }
}

function answered(sound, transfer, signal, report) {
  return new Promise((resolve, reject) => {
    const mine = wake();
    signal?.addEventListener("abort", () => { sleep(); reject(new DOMException("stopped", "AbortError")); });
    mine.onmessage = ({ data }) => {
      if (data.answer) resolve(data.answer);
      else if (data.error) reject(new Error(data.error));
      else report("hearing", data.share, data.seconds);
    };
    mine.onerror = () => { sleep(); reject(new Error("this browser cannot run the model")); };
    mine.postMessage(sound, transfer);
  });
}

// `report(what, share, seconds)` while it goes on; at last {record, scores}.
export async function hear(blob, name, signal, report = () => {}) {
  report("decoding");
  const sound = await openWav(blob) ? { blob } : await decoded(blob, name);
  signal?.throwIfAborted();
  return answered({ ...sound, name }, (sound.channels || []).map((one) => one.buffer), signal, report);
}
