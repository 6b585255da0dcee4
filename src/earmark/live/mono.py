"""Blocks with any rate and channels to mono at the model's rate, in the way files go."""

from collections.abc import Iterable, Iterator

import numpy as np

from earmark.live.wire import Block
from earmark.sound.condition import Condition
from earmark.sound.mix import Mixer


def mono(blocks: Iterable[Block], rate: int) -> Iterator[np.ndarray]:
    """Mono samples of unbroken sound.

    Parameters
    ----------
    blocks : iterable of Block; rate and channels may change
    rate : int, wanted, in Hz

    Yields
    ------
    np.ndarray [shape=(n,), float32, n > 0]
    """
    import soxr

    mix, condition = Mixer(), Condition()
    resampler, current = None, None
    for block in blocks:
        if block.rate != current:
            if resampler is not None:
                yield from _some(resampler.resample_chunk(np.zeros(0, np.float32), last=True))
            current = block.rate
            resampler = (
                soxr.ResampleStream(current, rate, 1, "float32", "HQ") if current != rate else None
            )
        samples = condition(mix(block.samples, block.rate), block.rate, 0.0)
        condition.silences.clear()  # or they would be kept for ever
        yield from _some(samples if resampler is None else resampler.resample_chunk(samples))
    if resampler is not None:
        yield from _some(resampler.resample_chunk(np.zeros(0, np.float32), last=True))


def _some(samples: np.ndarray) -> Iterator[np.ndarray]:
    if len(samples):
        yield samples
