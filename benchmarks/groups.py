"""How long groups of a large library take, and how much memory: ``python benchmarks/groups.py``."""

import argparse
import resource
import time

import numpy as np

from earmark.library.groups import find_groups


def clouds(songs: int, d: int = 192, centres: int = 60) -> np.ndarray:
    """Songs around centres, as vectors of length 1."""
    rng = np.random.default_rng(0)
    middles = rng.standard_normal((centres, d), np.float32)
    vectors = middles[rng.integers(centres, size=songs)]
    vectors += 0.9 * rng.standard_normal((songs, d), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--songs", type=int, default=100_000)
    given = parser.parse_args()
    vectors = clouds(given.songs)
    find_groups(vectors[:500])  # loads scikit-learn
    begin, clock = time.process_time(), time.perf_counter()
    found = find_groups(vectors)
    cpu, wall = time.process_time() - begin, time.perf_counter() - clock
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{given.songs:,} songs: {len(found)} groups, {(found.numbers >= 0).mean():.0%} in one, ")
    print(f"{cpu:.0f} s of the processor, {wall:.0f} s on the clock, {memory:.2f} GB at most")
