"""How fast the store is built and read, as ratios in one run.

Run ``python benchmarks/store.py``. Building is compared with decoding alone: the same files, the
same processes, the same chunks, and nothing kept; the start of the processes is left out of both.
Random crops are compared with reading as many bytes from start to end. The files are the bundled
examples as stereo mp3 of 192 kbit/s, and as clips like MagnaTagATune's (mono, 16 kHz, 32 kbit/s, 29
s). Rounds are interleaved and the median counts.
"""

import multiprocessing
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from pipeline import write_mp3

from earmark.cores import available_cores
from earmark.datasets.chunk import Built, store_chunk
from earmark.datasets.store import Store, Waveform, room
from earmark.sound import FrontEnd, decode
from earmark.threads import use_one_blas_thread

MEL = FrontEnd(sample_rate=16000, n_fft=1024, hop_length=512, n_mels=96)
WAVES = Waveform(16000)
JOBS = available_cores()
ROUNDS = 7
CROPS = 20_000
CROP = 94  # frames, 3 s


def decode_chunk(files: list[str]) -> Built:
    """Decode files and keep nothing."""
    for file in files:
        for _ in decode(file, 16000):
            pass
    return Built(stored=len(files))


def timed(
    pool: ProcessPoolExecutor, chunks: list[list[str]], task: Callable, *more: object
) -> float:
    """Seconds until a task is done with all chunks."""
    started = time.perf_counter()
    for built in [pool.submit(task, chunk, *more) for chunk in chunks]:
        assert not built.result().failed
    return time.perf_counter() - started


def building(pool: ProcessPoolExecutor, files: list[str], folder: Path) -> dict[str, float]:
    """Median seconds of decoding alone, of storing waveforms and of storing log-mel frames."""
    size = -(-len(files) // (JOBS * 4))
    chunks = [files[i : i + size] for i in range(0, len(files), size)]
    times: dict[str, list[float]] = {"decode": [], "waveforms": [], "mel": []}
    for _ in range(ROUNDS):
        times["decode"].append(timed(pool, chunks, decode_chunk))
        for name, kind in (("waveforms", WAVES), ("mel", MEL)):
            place = folder / room(kind)
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            times[name].append(timed(pool, chunks, store_chunk, place, kind))
    return {name: statistics.median(values) for name, values in times.items()}


def crops(store: Store, files: list[str]) -> tuple[float, float]:
    """Crops a second, and how many times longer that takes than reading the same bytes in order."""
    entries, rng = store.find_all(files), np.random.default_rng(0)
    data = sorted(store.folder.glob("*.data"))
    size = CROPS * CROP * MEL.n_mels * 2
    rates, ratios = [], []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for which in rng.integers(len(entries), size=CROPS):
            store.crop(entries[which], CROP, rng).copy()
        taken = time.perf_counter() - started
        started, left = time.perf_counter(), size
        while left > 0:
            for path in data:
                with open(path, "rb", buffering=0) as file:
                    while left > 0 and (block := file.read(min(left, CROP * MEL.n_mels * 2))):
                        left -= len(block)
        rates.append(CROPS / taken)
        ratios.append(taken / (time.perf_counter() - started))
    return statistics.median(rates), statistics.median(ratios)


def copies(folder: Path, first: Path, count: int) -> list[str]:
    """The same sound under many names."""
    paths = [folder / f"{first.stem}-{i}.mp3" for i in range(count)]
    for path in paths:
        shutil.copyfile(first, path)
    return [str(path) for path in paths]


def main() -> None:
    """Print the table."""
    use_one_blas_thread()
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor(JOBS, spawn) as pool:
        folder = Path(name)
        write_mp3(folder / "song.mp3", 240)
        write_mp3(folder / "clip.mp3", 29.1, 16000, "mono", 32_000)
        sets = {
            "stereo mp3, 240 s": (copies(folder, folder / "song.mp3", 8 * JOBS), 240.0),
            "MagnaTagATune clip": (copies(folder, folder / "clip.mp3", 200 * JOBS), 29.1),
        }
        print(f"{JOBS} processes; share of the speed of decoding alone\n")
        print("| files | decoding, x real time | waveforms | log-mel |")
        print("|---|---|---|---|")
        for title, (files, seconds) in sets.items():
            timed(pool, [files[:JOBS]] * JOBS, decode_chunk)  # processes are up and warm
            times = building(pool, files, folder / "store")
            speed = len(files) * seconds / times["decode"]
            shares = [f"{times['decode'] / times[kind]:.0%}" for kind in ("waveforms", "mel")]
            print(f"| {title}, {len(files)} | {speed:,.0f} | {' | '.join(shares)} |", flush=True)
        rate, ratio = crops(Store(folder / "store", MEL), sets["MagnaTagATune clip"][0])
        print(
            f"\n{rate:,.0f} random crops of 3 s a second in one process, {ratio:.2f} x the time of"
        )
        print("reading as many bytes in order")


if __name__ == "__main__":
    main()
