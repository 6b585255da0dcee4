"""How fast a library is scanned and searched, with generated names and scores.

Run ``python benchmarks/library.py [--files 100000] [--songs 40]``. It prints:

* a rescan of unchanged files as a command, warm: seconds and peak memory, for a quarter of the
  files and for all of them, which tells whether memory grows with their number
* a search with three terms, warm in one process and as a cold command
* a scan of songs that are new, in one process and in two, as a ratio
* how large the library is

Each time is the least of a few rounds; on a machine that has other work, the seconds of processors
tell more than those of the clock. The files are made in a temporary folder, empty but for
their names; the library is filled as if they had been heard.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from earmark.library import Catalogue
from earmark.library.record import Recorder
from earmark.library.search import Search
from earmark.zoo import find_model

ROUNDS = 3
IN_FOLDER = 12  # files of an album
QUESTION = "violin and slow and not female"
TAGS, DIMENSIONS = 188, 192
SECONDS, RATE = 200, 44100  # of a song


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--songs", type=int, default=40, help="new songs for one and two processes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        for files in (options.files // 4, options.files):
            folder = Path(place, str(files))
            library = Path(place, f"{files}.db")
            fill(library, folder, files)
            told = in_words(*least(scan_command(folder, library)))
            print(f"rescan of {files:,} unchanged files: {told}")
            print(f"  library: {1e3 * library.stat().st_size / files / 1e6:.2f} MB per 1,000 files")
        search(library)
        two_processes(Path(place), options.songs)


def names(folder: Path, files: int) -> Iterator[Path]:
    """Paths as a collection has them: artist, album, number and title."""
    for i in range(files):
        album = i // IN_FOLDER
        yield folder / f"Artist {album // 7:05d}" / f"Album {album:06d}" / f"{i:07d} Title.mp3"


def fill(library: Path, folder: Path, files: int) -> None:
    """Files, and a library that has heard them."""
    random = np.random.default_rng(0)
    with Recorder(library) as recorder, recorder.transaction():
        model = recorder.model(find_model("default"))
        for i, path in enumerate(names(folder, files)):
            if i % IN_FOLDER == 0:
                path.parent.mkdir(parents=True)
            path.touch()
            status = path.stat()
            scores = random.beta(0.4, 4, TAGS).astype(np.float32)
            sound = recorder.sound(i.to_bytes(16, "big"), 200.0)
            recorder.hear(model, sound, scores, random.standard_normal(DIMENSIONS, np.float32))
            place = os.path.realpath(path)
            recorder.track(place, status.st_size, status.st_mtime_ns, sound=sound, title=f"{i}")


def scan_command(folder: Path, library: Path, *more: object) -> list[str]:
    """The command that scans."""
    command = [sys.executable, "-m", "earmark", "scan", folder, "--library", library, *more]
    return list(map(str, command))


def least(command: list[str], rounds: int = ROUNDS) -> tuple[float, float, float]:
    """Least seconds of a command over a few rounds, of the clock and of processors; peak MB."""
    times, work, memory = [], [], []
    for _ in range(rounds):
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        times.append(time.perf_counter() - started)
        work.append(usage.ru_utime + usage.ru_stime)
        memory.append(usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3))
        if status:
            raise SystemExit(f"{' '.join(command)}: exit code {status}")
    return min(times), min(work), max(memory)


def in_words(seconds: float, work: float, megabytes: float) -> str:
    """What :func:`least` found."""
    return f"{seconds:.2f} s ({work:.2f} s of processors), {megabytes:.0f} MB"


def search(library: Path) -> None:
    """Three terms, warm and cold."""
    with Catalogue(library) as catalogue:
        ask = Search(catalogue, keep=True)
        found, times = len(ask(QUESTION)), []
        for _ in range(20):
            started = time.perf_counter()
            ask(QUESTION)
            times.append(time.perf_counter() - started)
    print(f"search, {found:,} answers: warm {1e3 * min(times):.0f} ms", end=", ")
    command = [sys.executable, "-m", "earmark", "search", QUESTION, "--library", str(library)]
    print(f"as a command {in_words(*least(command))}")


def two_processes(place: Path, songs: int) -> None:
    """Songs that are new, in one process and in two."""
    folder = place / "songs"
    folder.mkdir()
    for i in range(songs):
        random = np.random.default_rng(i)
        noise = 0.1 * random.standard_normal((SECONDS * RATE, 2), np.float32)
        soundfile.write(folder / f"{i}.flac", noise, RATE)
    times = {}
    for jobs in (1, 2):
        rounds = []
        for _ in range(ROUNDS):
            library = place / f"new {jobs} {len(rounds)}.db"
            rounds.append(least(scan_command(folder, library, "--jobs", jobs), 1)[0])
        times[jobs] = min(rounds)
    hour = 3600 * songs / times[2]
    print(f"{songs} new songs of {SECONDS} s: one process {times[1]:.1f} s, ", end="")
    print(f"two {times[2]:.1f} s, {times[1] / times[2]:.2f}x, {hour:,.0f} songs an hour")
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"largest process: {memory / (1e6 if sys.platform == 'darwin' else 1e3):.0f} MB")


if __name__ == "__main__":
    main()
