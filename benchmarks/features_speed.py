"""How long each feature of sound takes, as times real time and as a ratio to log-mel.

Run ``OMP_NUM_THREADS=1 python benchmarks/features_speed.py [--seconds 60]``. On the bundled
examples, decoded before, it takes turns between all features, several rounds, and prints the best
of each in time of the processor. Ratios hold on other machines; speeds do not.
"""

import argparse
import time

import numpy as np

from earmark.examples import example_paths
from earmark.sound import FrontEnd, decode
from earmark.sound.feature_names import FEATURES
from earmark.sound.features import feature_stream

FRONT_END = FrontEnd(sample_rate=16000, n_fft=1024, hop_length=512, n_mels=96)
ROUNDS = 7


def processor_seconds(name: str, blocks: list[np.ndarray]) -> float:
    """Seconds of processor time that one feature of the blocks takes."""
    started = time.process_time()
    for _ in feature_stream(name, blocks, FRONT_END):
        pass
    return time.process_time() - started


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="length of the music")
    seconds = parser.parse_args().seconds
    rate = FRONT_END.sample_rate
    music = np.concatenate([block for path in example_paths() for block in decode(path, rate)])
    music = np.resize(music, round(seconds * rate))
    blocks = [music[first : first + 65536] for first in range(0, len(music), 65536)]
    best = dict.fromkeys(FEATURES, np.inf)
    for _ in range(ROUNDS):
        for name in FEATURES:
            best[name] = min(best[name], processor_seconds(name, blocks))
    print(f"{'feature':16} {'times real time':>15} {'times log-mel':>14}")
    for name, taken in best.items():
        print(f"{name:16} {seconds / taken:15,.0f} {taken / best['melspectrogram']:14.1f}")


if __name__ == "__main__":
    main()
