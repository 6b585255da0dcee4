"""How much of the time that tagging a file takes is decoding: ratios, measured in one run.

Run ``python benchmarks/pipeline.py [--model default small] [--minutes 4]``. On one core, on a
stereo 192 kbit/s mp3 made from the bundled examples, it takes turns between decoding only, decoding
and log-mel, and the whole pipeline of each model, several rounds, and prints the best of each as
times real time and as a ratio to decoding only; then what a fresh process costs. Processor seconds
count, so that other work on the machine disturbs less. Ratios hold on other machines; speeds do
not.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import av
import numpy as np
import soundfile
import soxr

from earmark.examples import example_paths
from earmark.sound import decode, melspectrogram_stream
from earmark.tagging import Tagger

SAMPLE_RATE = 44100
BIT_RATE = 192_000
ROUNDS = 7
STARTS = 7


def write_mp3(
    path: Path,
    seconds: float,
    rate: int = SAMPLE_RATE,
    layout: str = "stereo",
    bit_rate: int = BIT_RATE,
) -> None:
    """An mp3 of that length from the bundled examples, one after the other."""
    pieces = []
    for example in example_paths():
        samples, own = soundfile.read(example, dtype="float32")
        samples = samples if layout == "stereo" else samples.mean(1, keepdims=True)
        pieces.append(soxr.resample(samples, own, rate))
    music = np.concatenate(pieces)
    music = np.resize(music, (round(seconds * rate), music.shape[1]))
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libmp3lame", rate=rate, layout=layout)
        stream.bit_rate = bit_rate
        for first in range(0, len(music), 1152):
            block = np.ascontiguousarray(music[first : first + 1152].T)
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=layout)
            frame.sample_rate, frame.pts = rate, first
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def one_shot(path: Path, rate: int) -> None:
    """What most people write: read everything, average, resample."""
    samples, own = soundfile.read(path, dtype="float32", always_2d=True)
    soxr.resample(samples.mean(1), own, rate, quality="HQ")


def best_times(stages: dict[str, Callable[[], None]]) -> dict[str, float]:
    """Shortest time of each stage in processor seconds, the stages taking turns."""
    times: dict[str, list[float]] = {name: [] for name in stages}
    for _ in range(ROUNDS):
        for name, stage in stages.items():
            started = time.process_time()
            stage()
            times[name].append(time.process_time() - started)
    return {name: min(values) for name, values in times.items()}


def exhaust(blocks) -> None:
    """Run through a stream and drop it."""
    for _ in blocks:
        pass


def stages(song: Path, taggers: dict[str, Tagger]) -> dict[str, Callable[[], None]]:
    """What is timed: decoding, with the log-mel of each model's front end, all of each model."""
    fronts = {tagger.card.front_end: None for tagger in taggers.values()}
    rate = next(iter(fronts)).sample_rate
    timed = {
        "decode": lambda: exhaust(decode(song, rate)),
        "soundfile + soxr, one shot": lambda: one_shot(song, rate),
    }
    for front in fronts:
        name = f"decode + mel, {front.n_mels} bands, hop {1000 * front.seconds(1):.0f} ms"
        timed[name] = lambda front=front: exhaust(
            melspectrogram_stream(decode(song, front.sample_rate), front)
        )
    return timed | {f"all of {name}": partial(tagger, song) for name, tagger in taggers.items()}


def start_time(*command: str) -> float:
    """Median seconds of a fresh process, the first start left out."""
    times = []
    for _ in range(STARTS + 1):
        started = time.perf_counter()
        subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--model", nargs="+", default=["default", "small"], help="names or folders")
    parser.add_argument("--minutes", type=float, default=4.0)
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    taggers = {model: Tagger(model) for model in options.model}
    seconds = options.minutes * 60
    with tempfile.TemporaryDirectory() as folder:
        song, clip = Path(folder, "song.mp3"), Path(folder, "clip.mp3")
        write_mp3(song, seconds)
        write_mp3(clip, 30)
        times = best_times(stages(song, taggers))
        print(f"stereo mp3 of {seconds:.0f} s at 192 kbit/s, one core")
        for name, spent in times.items():
            ratio = spent / times["decode"]
            print(f"  {name:<36} {seconds / spent:7.0f} x real time   {ratio:5.2f} x decode")
        print("a fresh process, seconds (median)")
        nothing = start_time("-c", "pass")
        rows = {
            "python -c pass": nothing,
            "import earmark": start_time("-c", "import earmark"),
            "earmark --help": start_time("-m", "earmark", "--help"),
            "earmark tag, 30 s clip": start_time(
                "-m", "earmark", "tag", str(clip), "-m", options.model[0]
            ),
        }
        for name, spent in rows.items():
            print(f"  {name:<28} {spent:7.3f}   {spent - nothing:+7.3f}")


if __name__ == "__main__":
    main()
