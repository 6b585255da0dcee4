"""Songs that nobody recorded: points around centres, as vectors of length 1."""

import numpy as np


def cloud(
    songs: int, d: int, centres: int, spread: float = 0.35, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Vectors [shape=(songs, d), float32] and the centre of each [shape=(songs,), int]."""
    rng = np.random.default_rng(seed)
    middles = _unit(rng.standard_normal((centres, d), np.float32))
    which = rng.integers(centres, size=songs)
    noise = rng.standard_normal((songs, d), np.float32) * np.float32(spread / np.sqrt(d))
    return _unit(middles[which] + noise), which


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
