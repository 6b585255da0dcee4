"""Sound that is in memory already: arrays, lists and tensors of any layout and number type.

In: what people have in their variables. Out: blocks [shape=(n, channels), float32, in [-1, 1]].
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from earmark.sound.levels import full_scale, held_bits
from earmark.sound.rates import checked_rate
from earmark.sound.unreadable import BLOCK, UnreadableError

MOST_CHANNELS = 64


@dataclass(frozen=True)
class Samples:
    """Sound that is in memory already.

    Attributes
    ----------
    samples : array, list or tensor [shape=(n,), (n, channels) or (channels, n)]
        Floats in [-1, 1], or integers of which the largest is full scale. Where floats or wide
        integers hold smaller integers (16 or 24 bits), that is noticed and said. Channels come
        first where only the first size can be a number of channels (64 at most).
    sample_rate : int, in Hz, from 1 kHz to 1 MHz
    """

    samples: Any
    sample_rate: int


def as_array(samples: Any) -> np.ndarray:
    """Samples of any kind as an array [shape=(n, channels)]; UnreadableError where that fails."""
    if hasattr(samples, "detach"):  # a torch tensor, which may need gradients or live on a GPU
        samples = samples.detach().cpu()
        samples = samples.numpy() if hasattr(samples, "numpy") else samples
    try:
        array = np.asarray(samples)
    except (ValueError, TypeError, RuntimeError) as error:
        raise UnreadableError(f"samples that are no array ({error})") from None
    if array.dtype.kind not in "fiu":
        raise UnreadableError(f"samples of type {array.dtype}; expected floats or integers")
    columns = array[:, None] if array.ndim == 1 else array
    if columns.ndim == 2 and 1 <= columns.shape[0] <= MOST_CHANNELS < columns.shape[1]:
        columns = columns.T
    if columns.ndim != 2 or not 1 <= columns.shape[1] <= MOST_CHANNELS:
        raise UnreadableError(
            f"samples of shape {array.shape}; expected (n,), (n, channels) or (channels, n)"
        )
    return columns


class SamplesReader:
    """Samples in memory; attributes as in SoundfileReader."""

    def __init__(self, source: Samples) -> None:
        self._samples = as_array(source.samples)
        try:
            self._rate = checked_rate(source.sample_rate)
        except ValueError as error:
            raise UnreadableError(str(error)) from None
        self.declared_seconds: float | None = None
        self.complete = True
        self.findings: list[str] = []
        self.lost_seconds = 0.0
        self._bits = None
        if self._samples.dtype.kind in "iu" and self._samples.size:
            self._bits = held_bits(self._samples)
        if self._bits:
            kind = self._samples.dtype
            self.findings.append(f"its {kind} samples hold numbers of {self._bits} bits, as such")

    def blocks(self) -> Iterator[tuple[np.ndarray, int]]:
        """Samples [shape=(n, channels)] and their rate, block by block."""
        for first in range(0, len(self._samples), BLOCK):
            yield full_scale(self._samples[first : first + BLOCK], self._bits), self._rate

    def close(self) -> None:
        """Nothing to close."""
