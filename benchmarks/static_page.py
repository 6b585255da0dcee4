"""How fast and how exact the static page is: a song and files of yours, in Chromium.

    python benchmarks/static_page.py RUNTIME [FILE ...]

RUNTIME is an unpacked onnxruntime-web. Prints for each sound times real time by the clock and by
processor time of all of Chromium's processes, which is what a machine with nothing else to do
needs, and the largest difference of a score from Python's.
"""

import functools
import http.server
import shutil
import sys
import tempfile
import threading
from pathlib import Path

import av
import numpy as np
import soundfile
from playwright.sync_api import sync_playwright

from earmark.examples import example_paths
from earmark.sound import decode
from earmark.static_page.export import export
from earmark.tagging import Tagger

TICKS = 100  # of processor time a second, as Linux counts
SONG_SECONDS = 240

HEAR = """async ([address, name]) => {
    const { hear } = await import(new URL("page/hear.js", location));
    const blob = await (await fetch(address)).blob();
    const began = performance.now();
    const { scores } = await hear(blob, name);
    return { scores: Array.from(scores), took: (performance.now() - began) / 1000 };
}"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A static host without a log."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def processor_seconds(name: str) -> float:
    """Processor time so far of all processes whose command line holds a text."""
    total = 0.0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if name.encode() in (folder / "cmdline").read_bytes():
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                total += (int(fields[11]) + int(fields[12])) / TICKS
        except OSError:
            continue
    return total


def encoded(path: Path, samples: np.ndarray, rate: int, codec: str) -> Path:
    """Stereo samples [shape=(n, 2)] by an encoder of FFmpeg, in the container of the suffix."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout="stereo")
        for first in range(0, len(samples), rate):
            block = np.ascontiguousarray(samples[first : first + rate].T, np.float32)
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts = rate, first
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def songs(folder: Path) -> list[Path]:
    """A song of four minutes, stereo at 44.1 kHz, as FLAC and as WAV, and as WAV of 16 kHz mono.

    The first of the examples, too, in three containers that tell their beginning in their own way.
    """
    once = np.concatenate(list(decode(example_paths()[0], 48000)))
    both = np.stack([once, np.roll(once, 40)], 1)
    made = [
        encoded(folder / "aac.m4a", both, 48000, "aac"),
        encoded(folder / "opus.webm", both, 48000, "libopus"),
        encoded(folder / "opus.mp4", both, 48000, "libopus"),
    ]
    kinds = (("44100.flac", 44100, 2), ("44100.wav", 44100, 2), ("16000.wav", 16000, 1))
    for name, rate, channels in kinds:
        parts = [np.concatenate(list(decode(path, rate))) for path in example_paths()]
        once = np.concatenate(parts)
        samples = np.resize(once, SONG_SECONDS * rate)
        if channels == 2:
            samples = np.stack([samples, np.roll(samples, 40)], 1)
        soundfile.write(folder / name, samples, rate)
        made.append(folder / name)
    return made


def main(runtime: str, *files: str) -> None:
    """Hear all of them."""
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        folder = Path(temporary)
        export(folder / "site", "small", Path(runtime))
        handler = functools.partial(Quiet, directory=folder)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        own = f"--user-agent=Chromium earmark-{folder.name}"
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", own])
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_address[1]}/site/")
        page.wait_for_selector("#still", state="hidden")
        (folder / "sounds").mkdir()
        tagger = Tagger("small")
        for path in [example_paths()[0], *songs(folder), *map(Path, files)]:
            shutil.copy(path, folder / "sounds")
            before = processor_seconds(own)
            found = page.evaluate(HEAR, [f"../sounds/{path.name}", path.name])
            used = processor_seconds(own) - before
            tagging = tagger(path)
            far = np.abs(np.array(found["scores"]) - tagging.scores).max()
            clock, processor = tagging.seconds / found["took"], tagging.seconds / used
            print(
                f"{path.name:40} {tagging.seconds:7.1f} s  by the clock {clock:6.1f} x, "
                f"by processor time {processor:6.1f} x, furthest score {far:.6f}",
                flush=True,
            )
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
