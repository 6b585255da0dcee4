"""Chroma: how strong each of the twelve pitch classes is, C first, whatever the octave.

Each bin of the short-time spectrum goes to the pitch classes near its frequency by a Gaussian, and
counts less the farther it is from 440 Hz (Ellis 2007, *Chroma feature analysis and synthesis*).
Tuning is taken to be A = 440 Hz, since a stream cannot wait until it is known.
"""

from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np

from earmark.sound.feature_names import PITCH_CLASSES
from earmark.sound.features.spectrum import strongest_is_one, whole
from earmark.sound.melspectrogram import FrontEnd, power_stream

LOWEST_A = 27.5  # Hz, from which octaves are counted
CENTRE, SPREAD = 5.0, 2.0  # octave that counts most, and standard deviation in octaves
A_ABOVE_C = 9  # semitones


def chroma_stream(blocks: Iterable[np.ndarray], front_end: FrontEnd) -> Iterator[np.ndarray]:
    """Chroma of a stream of samples.

    Parameters
    ----------
    blocks : iterable of np.ndarray [shape=(n,), float32]
        Mono samples in [-1, 1] at ``front_end.sample_rate``, in blocks of any length.
    front_end : FrontEnd

    Yields
    ------
    np.ndarray [shape=(t, 12), float32, t >= 1]
        In [0, 1]; the strongest pitch class of a frame is 1, silence 0 throughout. Within 1e-4 of
        ``librosa.feature.chroma_stft(tuning=0)``.
    """
    filterbank = chroma_filterbank(front_end)
    for power in power_stream(blocks, front_end):
        yield strongest_is_one(power @ filterbank)


def chroma(samples: np.ndarray, front_end: FrontEnd) -> np.ndarray:
    """Chroma of a whole sound [shape=(1 + n // hop_length, 12), float32]."""
    return whole(chroma_stream([samples], front_end))


@cache
def chroma_filterbank(front_end: FrontEnd) -> np.ndarray:
    """Weight of each bin in each pitch class [shape=(1 + n_fft // 2, 12), float32].

    The weights of a bin have norm 1 before they are scaled by its octave. The bin at 0 Hz stands
    one and a half octaves below the next.
    """
    hz = np.arange(1, front_end.n_fft // 2 + 2) * front_end.sample_rate / front_end.n_fft
    semitones = PITCH_CLASSES * np.log2(hz / LOWEST_A)
    semitones = np.concatenate([[semitones[0] - 1.5 * PITCH_CLASSES], semitones])
    widths = np.maximum(np.diff(semitones), 1)[:, None]
    semitones = semitones[:-1, None]
    from_a = np.arange(PITCH_CLASSES) - A_ABOVE_C
    half = PITCH_CLASSES // 2
    distance = np.remainder(semitones - from_a + half, PITCH_CLASSES) - half
    weights = np.exp(-0.5 * (2 * distance / widths) ** 2)
    weights /= np.linalg.norm(weights, axis=1, keepdims=True)
    octave = semitones / PITCH_CLASSES
    return (weights * np.exp(-0.5 * ((octave - CENTRE) / SPREAD) ** 2)).astype(np.float32)
