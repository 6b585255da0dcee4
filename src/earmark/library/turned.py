"""Songs seen from where they differ most: principal components, of any number of songs."""

import numpy as np

BLOCK = 8192  # songs that are looked at in double precision at once


def turn(vectors: np.ndarray, directions: int) -> np.ndarray:
    """Places of songs along the directions in which they spread most.

    Parameters
    ----------
    vectors : np.ndarray [shape=(songs, d), float32]
    directions : int > 0; fewer come out where `d` is less

    Returns
    -------
    np.ndarray [shape=(songs, directions), float32]
        Around 0, the direction of the largest spread first. Signs are fixed, so that the same songs
        give the same places everywhere.
    """
    middle = vectors.mean(0, dtype=np.float64)
    spread = np.zeros((vectors.shape[1],) * 2)
    for start in range(0, len(vectors), BLOCK):
        block = vectors[start : start + BLOCK] - middle
        spread += block.T @ block
    _, axes = np.linalg.eigh(spread)
    axes = axes[:, ::-1][:, :directions]
    axes = axes * np.sign(axes[np.abs(axes).argmax(0), np.arange(axes.shape[1])])
    return ((vectors - middle.astype(np.float32)) @ axes.astype(np.float32)).astype(np.float32)
