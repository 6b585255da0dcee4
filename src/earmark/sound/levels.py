"""Full scale is 1: integers of any width, floats in the scale of integers, and an offset from zero.

A model hears ``log(1 + 10000 * mel)``, which is not free of scale: sound that is 90 dB too loud or
48 dB too quiet gets other tags, and so does one that is shifted away from zero.
"""

import numpy as np

WIDTHS = (16, 24, 32)  # bits of the integers that other types hold
LOUDEST_FLOAT = 64.0  # no float sound that means 1 by full scale gets here
PROBE = 17  # every 17th sample is enough to see a level, and 17 has no part in common with a rate
OFFSET = 0.05  # mean of a block from which on it is no music but an offset
OFFSET_SECONDS = 0.3  # a shorter block has no mean worth the name


def full_scale(samples: np.ndarray, bits: int | None = None) -> np.ndarray:
    """Integers of any width as float32 in [-1, 1]; floats as they are.

    Parameters
    ----------
    samples : np.ndarray of floats or integers
    bits : int or None, of the numbers that integers hold; None for the width of their type
    """
    if samples.dtype.kind == "f":
        with np.errstate(over="ignore"):
            return samples.astype(np.float32, copy=False)
    half = np.float32(2.0 ** ((bits or 8 * samples.dtype.itemsize) - 1))
    middle = half if samples.dtype.kind == "u" else np.float32(0)
    return (samples.astype(np.float32) - middle) / half


def held_bits(samples: np.ndarray) -> int | None:
    """How many bits the numbers of a wider integer type have, None where they fill it.

    An int32 array whose largest value is 32767 comes from 16-bit sound: as 32 bits it would be
    96 dB too quiet, which nobody records.
    """
    kind = samples.dtype
    if kind.itemsize < 4:
        return None
    low, high = int(samples.min()), int(samples.max())
    if low == high:
        return None
    for bits in WIDTHS:
        if bits >= 8 * kind.itemsize:
            return None
        half = 2 ** (bits - 1)
        if high < 2 * half if kind.kind == "u" else -half <= low and high <= half:
            return bits
    return None


def float_scale(samples: np.ndarray) -> float | None:
    """Full scale of floats that hold integers of 16, 24 or 32 bits; None for floats as usual.

    Parameters
    ----------
    samples : np.ndarray [shape=(n,), float32], the first that are not silent
    """
    size = np.abs(samples[np.isfinite(samples) & (samples != 0)])
    if not len(size) or np.mean(size > 1.5) < 0.5:  # a few wild samples are damage, not scale
        return None
    peak = size.max()
    if peak <= LOUDEST_FLOAT and not np.array_equal(size, np.rint(size)):
        return None
    for bits in WIDTHS:
        if peak <= 2.0**bits:  # twice full scale, as lossy and resampled sound goes beyond
            return 2.0 ** (bits - 1)
    return None


class OffsetRemover:
    """Takes a constant offset out of mono blocks; sound without one passes as it is."""

    def __init__(self) -> None:
        self._offset: float | None = None

    def __call__(self, samples: np.ndarray, rate: int) -> np.ndarray:
        """The block [shape=(n,)] around zero."""
        before = self._offset or 0.0
        offset = before
        if len(samples) >= OFFSET_SECONDS * rate:
            offset = float(samples[::PROBE].mean())
            offset = float(samples.mean()) if abs(offset) > OFFSET else 0.0
            if self._offset is None:
                before = offset
            self._offset = offset
        if not offset and not before:
            return samples
        ramp = np.linspace(before, offset, len(samples), dtype=np.float32)
        return samples - ramp
