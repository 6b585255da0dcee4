"""Mel-frequency cepstral coefficients: the shape of the spectrum, apart from pitch.

The discrete cosine transform (kind II, orthonormal) of the mel-spectrogram in dB (Davis and
Mermelstein 1980, *Comparison of parametric representations for monosyllabic word recognition*).
The first coefficient is the loudness, the next the balance of low and high, and so on.
"""

from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np

from earmark.sound.feature_names import COEFFICIENTS
from earmark.sound.features.spectrum import decibel_mel_stream, whole
from earmark.sound.melspectrogram import FrontEnd


def mfcc_stream(blocks: Iterable[np.ndarray], front_end: FrontEnd) -> Iterator[np.ndarray]:
    """MFCC of a stream of samples.

    Parameters
    ----------
    blocks : iterable of np.ndarray [shape=(n,), float32]
        Mono samples in [-1, 1] at ``front_end.sample_rate``, in blocks of any length.
    front_end : FrontEnd

    Yields
    ------
    np.ndarray [shape=(t, min(20, n_mels)), float32, t >= 1]
        Within 0.01 of ``librosa.feature.mfcc`` of ``power_to_db(mel, top_db=None)``, whose values
        go to hundreds.
    """
    cosines = dct_basis(front_end.n_mels, min(COEFFICIENTS, front_end.n_mels))
    for mel in decibel_mel_stream(blocks, front_end):
        yield mel @ cosines


def mfcc(samples: np.ndarray, front_end: FrontEnd) -> np.ndarray:
    """MFCC of a whole sound [shape=(1 + n // hop_length, min(20, n_mels)), float32]."""
    return whole(mfcc_stream([samples], front_end))


@cache
def dct_basis(bands: int, coefficients: int) -> np.ndarray:
    """First columns of the orthonormal DCT-II [shape=(bands, coefficients), float32]."""
    order = np.arange(coefficients)
    waves = np.cos(np.pi / bands * (np.arange(bands)[:, None] + 0.5) * order)
    scale = np.where(order == 0, np.sqrt(1 / bands), np.sqrt(2 / bands))
    basis: np.ndarray = (waves * scale).astype(np.float32)
    return basis
