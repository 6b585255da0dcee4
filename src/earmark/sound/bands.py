"""Power times a filterbank whose filters are narrow: in small products, without what is zero.

Each filter covers few of the bins, so neighbours are taken together with the bins that they cover.
One product with the whole filterbank would be two to three times the arithmetic, and large enough
that numpy wakes a thread a core for it, which on a busy machine wait for each other far longer than
they work.
"""

from collections.abc import Callable

import numpy as np

SMALL = 8192  # bins x bands of one product; OpenBLAS wakes threads from 262,144 x 1 frame on


def banded(filterbank: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """A function that multiplies by a filterbank.

    Parameters
    ----------
    filterbank : np.ndarray [shape=(bins, bands), float32]
        Mostly zero; the filters of neighbouring bands cover neighbouring bins.

    Returns
    -------
    callable, power [shape=(t, bins), float32] -> [shape=(t, bands), float32]
        ``power @ filterbank`` but for rounding, within 1e-6 of it for power that is nowhere
        negative.
    """
    parts, first = [], 0
    while first < filterbank.shape[1]:
        last = first + 1
        while last < filterbank.shape[1] and _size(filterbank[:, first : last + 1]) <= SMALL:
            last += 1
        bins = _covered(filterbank[:, first:last])
        block = np.ascontiguousarray(filterbank[bins, first:last])
        parts.append((bins, slice(first, last), block))
        first = last

    def multiply(power: np.ndarray) -> np.ndarray:
        product = np.empty((len(power), filterbank.shape[1]), np.float32)
        for bins, bands, block in parts:
            np.matmul(power[:, bins], block, out=product[:, bands])
        return product

    return multiply


def _covered(filters: np.ndarray) -> slice:
    """The bins from the first to the last that some of the filters let through."""
    bins = np.flatnonzero(filters.any(axis=1))
    return slice(int(bins[0]), int(bins[-1]) + 1) if len(bins) else slice(0, 0)


def _size(filters: np.ndarray) -> int:
    bins = _covered(filters)
    return len(filters[bins]) * len(filters.T)
