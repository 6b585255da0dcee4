"""The median of every 31 rows in a row, fast: a sorting network on whole arrays.

Four neighbouring medians share 28 of their rows. Those are sorted once, as far as needed, by
Batcher's merge exchange (Knuth, *The Art of Computer Programming* 3, 5.2.2, algorithm M); then each
median is the middle of the four middle ones and its own three.
"""

from functools import cache

import numpy as np

WIDTH = 31  # rows of a median
TOGETHER = 4
SHARED = WIDTH - TOGETHER + 1
MIDDLE = range(SHARED // 2 - 2, SHARED // 2 + 2)


def sliding_median(rows: np.ndarray) -> np.ndarray:
    """Medians of 31 rows in a row, column by column.

    Parameters
    ----------
    rows : np.ndarray [shape=(n + 30, m), float32, n >= 1]

    Returns
    -------
    np.ndarray [shape=(n, m), float32]
    """
    count = len(rows) - WIDTH + 1
    missing = -count % TOGETHER
    if missing:
        rows = np.concatenate([rows, np.repeat(rows[-1:], missing, axis=0)])
    groups = (count + missing) // TOGETHER
    # Plane j holds row j of every group's stretch.
    planes = [rows[j::TOGETHER][:groups].copy() for j in range(WIDTH + TOGETHER - 1)]
    first = TOGETHER - 1
    a, b, c, d = _middle_of_shared([plane.copy() for plane in planes[first : first + SHARED]])
    medians = np.empty((groups, TOGETHER, rows.shape[1]), rows.dtype)
    for j in range(TOGETHER):
        low, mid, high = _sorted_three(*planes[j:first], *planes[WIDTH : WIDTH + j])
        # The fourth of seven, of which four and three are sorted.
        best = np.minimum(d, np.maximum(c, low))
        np.minimum(best, np.maximum(b, mid), out=best)
        np.minimum(best, np.maximum(a, high), out=medians[:, j])
    return medians.reshape(-1, rows.shape[1])[:count]


def _sorted_three(
    x: np.ndarray, y: np.ndarray, z: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    low, high = np.minimum(x, y), np.maximum(x, y)
    return np.minimum(low, z), np.maximum(low, np.minimum(high, z)), np.maximum(high, z)


def _middle_of_shared(planes: list[np.ndarray]) -> list[np.ndarray]:
    """The four middle ones of 28 planes, which are overwritten."""
    spare = np.empty_like(planes[0])
    for low, high, both in _network():
        if both == "both":
            np.minimum(planes[low], planes[high], out=spare)
            np.maximum(planes[low], planes[high], out=planes[high])
            planes[low], spare = spare, planes[low]
        elif both == "low":
            np.minimum(planes[low], planes[high], out=planes[low])
        else:
            np.maximum(planes[low], planes[high], out=planes[high])
    return [planes[rank] for rank in MIDDLE]


@cache
def _network() -> list[tuple[int, int, str]]:
    """Comparisons that put the middle ones in their places, and which of their results matter."""
    wanted, kept = set(MIDDLE), []
    for low, high in reversed(merge_exchange(SHARED)):
        if low in wanted or high in wanted:
            both = "both" if {low, high} <= wanted else "low" if low in wanted else "high"
            kept.append((low, high, both))
            wanted |= {low, high}
    return kept[::-1]


def merge_exchange(count: int) -> list[tuple[int, int]]:
    """Comparisons (low, high) that sort so many numbers."""
    top = 1 << ((count - 1).bit_length() - 1)
    pairs, p = [], top
    while p:
        q, r, d = top, 0, p
        while True:
            pairs += [(i, i + d) for i in range(count - d) if i & p == r]
            if q == p:
                break
            d, q, r = q - p, q >> 1, p
        p >>= 1
    return pairs
