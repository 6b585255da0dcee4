"""Spectral contrast: in each octave, how far the peaks stand above the valleys.

Tones give much, noise little (Jiang et al. 2002, *Music type classification by spectral contrast
feature*). A peak is the mean of the highest 2 % of the magnitudes in the octave, at least one, a
valley the mean of the lowest. The first band lies below 200 Hz, the last reaches to the top.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise

import numpy as np

from earmark.sound.feature_names import CONTRAST_HZ, contrast_octaves
from earmark.sound.features.spectrum import decibels, whole
from earmark.sound.frames import frames_stream
from earmark.sound.melspectrogram import FrontEnd, hann

QUANTILE = 0.02


def contrast_stream(blocks: Iterable[np.ndarray], front_end: FrontEnd) -> Iterator[np.ndarray]:
    """Spectral contrast of a stream of samples.

    Parameters
    ----------
    blocks : iterable of np.ndarray [shape=(n,), float32]
        Mono samples in [-1, 1] at ``front_end.sample_rate``, in blocks of any length.
    front_end : FrontEnd

    Yields
    ------
    np.ndarray [shape=(t, 1 + octaves), float32, t >= 1]
        ``10 * log10(peak / valley)`` of magnitudes; six octaves from 13 kHz of sample rate on.
        Within 1e-3 dB of ``librosa.feature.spectral_contrast`` without its limit of 80 dB below the
        loudest. A peak or valley below 1e-10 counts as that. The spectrum is computed in double
        precision, or the valleys of a pure tone would be rounding errors.
    """
    bands, window = _bands(front_end), hann(front_end.n_fft, np.float64)
    for frames in frames_stream(blocks, front_end.n_fft, front_end.hop_length):
        magnitudes = np.abs(np.fft.rfft(frames * window, axis=1))
        edges = []
        for start, stop, count in bands:
            ordered = np.sort(magnitudes[:, start:stop], axis=1)
            edges.append((ordered[:, -count:].mean(axis=1), ordered[:, :count].mean(axis=1)))
        peaks, valleys = np.array(edges).transpose(1, 2, 0)
        yield (decibels(peaks) - decibels(valleys)).astype(np.float32)


def contrast(samples: np.ndarray, front_end: FrontEnd) -> np.ndarray:
    """Spectral contrast of a whole sound [shape=(1 + n // hop_length, 1 + octaves), float32]."""
    return whole(contrast_stream([samples], front_end))


def contrast_edges(sample_rate: int) -> np.ndarray:
    """Edges of the bands in Hz [shape=(2 + octaves,), float64]; the last may be beyond the top."""
    octaves = CONTRAST_HZ * 2.0 ** np.arange(contrast_octaves(sample_rate) + 1)
    return np.concatenate([[0], octaves])


@cache
def _bands(front_end: FrontEnd) -> list[tuple[int, int, int]]:
    """Of each band the first bin, the bin after the last, and how many are its peak or valley."""
    hz = np.arange(1 + front_end.n_fft // 2) * front_end.sample_rate / front_end.n_fft
    edges = contrast_edges(front_end.sample_rate)
    last, bands = len(edges) - 2, []
    for band, (low, high) in enumerate(pairwise(edges)):
        inside = np.flatnonzero((hz >= low) & (hz <= high))
        start = inside[0] - (band > 0) if len(inside) else np.searchsorted(hz, low) - 1
        stop = len(hz) if band == last else (inside[-1] + 1 if len(inside) else start + 1)
        count = max(1, round(QUANTILE * (stop - start)))
        # Neighbours share the bin at their border, which the lower one leaves to the upper.
        stop -= band < last and stop - start > 1
        bands.append((int(start), int(stop), count))
    return bands
