// The worker: a sound comes in, progress and at last a record go out; the page stays awake.

import { Mixer, SILENT_PEAK } from "./mix.js";
import { Resampler } from "./resample.js";
import { loadTagger } from "./tagger.js";
import { openWav, wavBlocks } from "./wav.js";

const BLOCK = 65536;
const loading = loadTagger();
loading.catch(() => {}); // told when a sound comes

function* decodedBlocks(channels) {
  for (let first = 0; first < channels[0].length; first += BLOCK) {
    yield channels.map((channel) => channel.subarray(first, first + BLOCK));
  }
}

async function opened({ blob, channels, rate }) {
  if (channels) return { rate, frames: channels[0].length, blocks: decodedBlocks(channels), short: 0 };
  const wav = await openWav(blob);
  return { ...wav, blocks: wavBlocks(blob, wav, BLOCK) };
}

function warnings(mixer, seconds, short, rate) {
  const said = [];
  if (short > rate / 2) {
    const promised = seconds + short / rate;
    said.push(`cut short or damaged: ${seconds.toFixed(1)} of ${promised.toFixed(1)} seconds could be decoded`);
  }
  if (mixer.bad) said.push(`${mixer.bad} samples are not finite numbers and count as silence`);
  if (mixer.peak < SILENT_PEAK) said.push("silent throughout");
  else if (mixer.cancelled > Math.max(1, 0.02 * seconds)) {
    said.push(`its channels cancel each other for ${mixer.cancelled.toFixed(1)} seconds, `
      + "in which the loudest is heard alone");
  }
  return said;
}

async function hear(sound) {
  const tagger = await loading;
  const { rate, frames, blocks, short } = await opened(sound);
  if (!frames) throw new Error(`${sound.name}: not a sound that can be read (it holds no samples)`);
  const hearing = tagger.begin();
  const wanted = tagger.card.front_end.sample_rate;
  const ready = [];
  const resampler = rate === wanted ? null : new Resampler(rate, wanted, (some) => ready.push(some));
  const mixer = new Mixer(rate);
  let done = 0;
  for await (const block of blocks) {
    const mono = mixer.mix(block);
    if (resampler) resampler.feed(mono);
    else ready.push(mono);
    done += mono.length;
    while (ready.length) await hearing.feed(ready.shift());
    postMessage({ share: done / frames, seconds: done / rate });
  }
  resampler?.end();
  while (ready.length) await hearing.feed(ready.shift());
  const seconds = done / rate;
  return hearing.end(sound.name, seconds, warnings(mixer, seconds, short, rate));
}

addEventListener("message", async ({ data }) => {
  try {
    postMessage({ answer: await hear(data) });
  } catch (error) {
    postMessage({ error: error.message });
  }
});
