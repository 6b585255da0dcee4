"""Raw samples on standard input: 16 bits each, the lower byte first, channels side by side."""

import os
from collections.abc import Iterator

import numpy as np

from earmark.live.wire import Block, End

BLOCK_SECONDS = 0.2


class Raw:
    """Standard input as samples; attributes as in Opened."""

    def __init__(self, rate: int, channels: int) -> None:
        self._rate, self._channels = rate, channels
        self.end = End(True)

    def blocks(self) -> Iterator[Block]:
        """Blocks of at most a fifth of a second, each as soon as it has come."""
        size, kept = 2 * self._channels, b""
        most = max(1, round(BLOCK_SECONDS * self._rate)) * size
        while data := os.read(0, most):
            kept += data
            whole = len(kept) // size * size
            if whole:
                yield Block(from_pcm(kept[:whole], self._channels), self._rate)
                kept = kept[whole:]


def from_pcm(data: bytes, channels: int) -> np.ndarray:
    """Samples [shape=(n, channels), float32, in [-1, 1)]."""
    return np.frombuffer(data, "<i2").reshape(-1, channels).astype(np.float32) / np.float32(32768)


def to_pcm(samples: np.ndarray) -> bytes:
    """The bytes of samples [shape=(n, channels), float]; what came by :func:`from_pcm` stays."""
    scaled = np.rint(np.clip(samples, -1, 1) * 32768)
    return np.clip(scaled, -32768, 32767).astype("<i2").tobytes()
