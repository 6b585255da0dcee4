"""A sound that changes where we say: ten seconds of a piano, ten of a band, ten of the piano."""

import functools

import numpy as np
import soxr

from earmark.examples import example_path
from earmark.sound import decode

DRUMS = (10.0, 20.0)  # where the band plays


@functools.cache
def _changing(rate: int) -> np.ndarray:
    sounds = {name: decode(example_path(name), 16000) for name in ("piano", "band")}
    parts = {name: np.concatenate(list(sound))[:160000] for name, sound in sounds.items()}
    whole = np.concatenate([parts["piano"], parts["band"], parts["piano"]])
    return whole if rate == 16000 else soxr.resample(whole, 16000, rate)


def changing(rate: int = 16000, channels: int = 1) -> np.ndarray:
    """Samples [shape=(n, channels), float32]; channels differ in loudness."""
    loudness = 0.9 ** np.arange(channels)
    return (_changing(rate)[:, None] * loudness).astype(np.float32)
