"""Log-mel beside decoding where numpy may use all cores, alone and with busy processes beside it.

Run ``python benchmarks/busy.py [--beside 2]``. It imports Earmark as anybody would, without a
variable that limits numpy's threads, and takes turns between decoding a stereo mp3, decoding and
log-mel, and decoding and log-mel by one product with the whole filterbank; first alone, then with
processes beside that do nothing but count. Medians of several rounds, as ratios to decoding.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from pipeline import exhaust, write_mp3

from earmark.cores import available_cores
from earmark.sound import FrontEnd, decode, melspectrogram_stream
from earmark.sound.melspectrogram import log_compressed, mel_filterbank, power_stream
from earmark.threads import VARIABLES

FRONT_END = FrontEnd(sample_rate=16000, n_fft=1024, hop_length=512, n_mels=96)
ROUNDS = 7


def whole(song: Path) -> Iterator[np.ndarray]:
    """Log-mel by one product a chunk of frames."""
    filterbank = mel_filterbank(FRONT_END)
    for power in power_stream(decode(song, FRONT_END.sample_rate), FRONT_END):
        yield log_compressed(power @ filterbank)


def ratios(song: Path) -> dict[str, float]:
    """Median time of each stage over that of decoding, the stages taking turns."""
    rate = FRONT_END.sample_rate
    stages = {
        "decode": lambda: decode(song, rate),
        "decode + mel": lambda: melspectrogram_stream(decode(song, rate), FRONT_END),
        "decode + mel, one product": lambda: whole(song),
    }
    times: dict[str, list[float]] = {name: [] for name in stages}
    for _ in range(ROUNDS):
        for name, stage in stages.items():
            started = time.perf_counter()
            exhaust(stage())
            times[name].append(time.perf_counter() - started)
    medians = {name: statistics.median(values) for name, values in times.items()}
    return {name: value / medians["decode"] for name, value in medians.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--beside", type=int, default=available_cores(), help="busy processes")
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    if limited := [name for name in VARIABLES if name in os.environ]:
        sys.exit(f"{', '.join(limited)}: without these, please")
    with tempfile.TemporaryDirectory() as folder:
        song = Path(folder, "song.mp3")
        write_mp3(song, options.seconds)
        for count in (0, options.beside):
            command = [sys.executable, "-c", "while True: pass"]
            beside = [subprocess.Popen(command) for _ in range(count)]
            try:
                found = ratios(song)
            finally:
                for process in beside:
                    process.kill()
            print(f"{count} busy processes beside")
            for name, ratio in found.items():
                print(f"  {name:<26} {ratio:5.2f} x decode")


if __name__ == "__main__":
    main()
