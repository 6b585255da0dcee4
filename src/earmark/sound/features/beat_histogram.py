"""Beat histogram: how strongly onsets repeat at each tempo from 40 to 240 BPM, in steps of 5.

A summary of the tempogram, after the idea of Tzanetakis and Cook (2002, *Musical genre
classification of audio signals*). The strength of a tempo is the mean of the tempogram at the lags
of one, two, three and four beats, as far as its window reaches, each between two whole lags by a
straight line. Four beats tell a tempo from its half, which the first two alone do not.
"""

from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np

from earmark.sound.feature_names import FASTEST, LAGS, SLOWEST, TEMPO_STEP
from earmark.sound.features.spectrum import whole
from earmark.sound.features.tempogram import tempogram_stream
from earmark.sound.melspectrogram import FrontEnd

TEMPI = np.arange(SLOWEST, FASTEST + 1, TEMPO_STEP)  # BPM
BEATS = 4


def beat_histogram_stream(
    blocks: Iterable[np.ndarray], front_end: FrontEnd
) -> Iterator[np.ndarray]:
    """Beat histogram around each frame of a stream of samples.

    Parameters
    ----------
    blocks : iterable of np.ndarray [shape=(n,), float32]
        Mono samples in [-1, 1] at ``front_end.sample_rate``, in blocks of any length.
    front_end : FrontEnd

    Yields
    ------
    np.ndarray [shape=(t, 41), float32, t >= 1]
        In [0, 1]; bin ``k`` is ``40 + 5 * k`` BPM. A hop of 32 ms leaves few lags a beat above 140
        BPM, where a neighbour or half the tempo may come out.
    """
    beats = _beats(front_end)
    for strengths in tempogram_stream(blocks, front_end):
        yield strengths @ beats


def beat_histogram(samples: np.ndarray, front_end: FrontEnd) -> np.ndarray:
    """Beat histogram around each frame of a sound [shape=(1 + n // hop_length, 41), float32]."""
    return whole(beat_histogram_stream([samples], front_end))


def mean_beat_histogram(blocks: Iterable[np.ndarray], front_end: FrontEnd) -> np.ndarray:
    """Beat histogram of a whole stream, the mean over its frames [shape=(41,), float32]."""
    total, frames = np.zeros(len(TEMPI)), 0
    for chunk in beat_histogram_stream(blocks, front_end):
        total, frames = total + chunk.sum(axis=0), frames + len(chunk)
    mean: np.ndarray = (total / frames).astype(np.float32)
    return mean


@cache
def _beats(front_end: FrontEnd) -> np.ndarray:
    """Weight of each lag in each tempo [shape=(384, 41), float32]."""
    lags = 60 / TEMPI / front_end.seconds(1) * np.arange(1, BEATS + 1)[:, None]
    places = np.arange(LAGS)[:, None, None]
    weights = np.maximum(0, 1 - np.abs(places - lags)) * (lags <= LAGS - 1)
    within = np.maximum(1, (lags <= LAGS - 1).sum(axis=0))
    beats: np.ndarray = (weights.sum(axis=1) / within).astype(np.float32)
    return beats
