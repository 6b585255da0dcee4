"""Tempogram: after how many frames the onsets of the surroundings repeat themselves.

The autocorrelation of the onset strength within a Hann window of 384 frames around each frame
(Grosche, Müller and Kurth 2010, *Cyclic tempogram*). A stream keeps the onset strength of one
window. Before the sound there is silence; after it, the last strength fades to 0 within half a
window.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from earmark.sound.feature_names import LAGS
from earmark.sound.features.onset import onset_stream
from earmark.sound.features.spectrum import strongest_is_one, whole
from earmark.sound.frames import CHUNK_FRAMES
from earmark.sound.melspectrogram import FrontEnd, hann

TRANSFORM = 768  # at least 2 * LAGS - 1, so that nothing wraps around


def tempogram_stream(blocks: Iterable[np.ndarray], front_end: FrontEnd) -> Iterator[np.ndarray]:
    """Tempogram of a stream of samples.

    Parameters
    ----------
    blocks : iterable of np.ndarray [shape=(n,), float32]
        Mono samples in [-1, 1] at ``front_end.sample_rate``, in blocks of any length.
    front_end : FrontEnd

    Yields
    ------
    np.ndarray [shape=(t, 384), float32, t >= 1]
        By lag from 0 frames on; the largest of a frame, that of lag 0, is 1 (0 where no onset is
        near). Within 1e-3 of ``librosa.feature.tempogram`` of the onset strength that
        :func:`onset_stream` is compared with.
    """
    kept = np.zeros(LAGS // 2, np.float32)
    last = np.float32(0)
    for chunk in onset_stream(blocks, front_end):
        kept, last = np.concatenate([kept, chunk[:, 0]]), chunk[-1, 0]
        ready = len(kept) - LAGS + 1
        if ready >= CHUNK_FRAMES:
            yield _autocorrelation(kept)
            kept = kept[ready:]
    fading = last * np.arange(LAGS // 2 - 1, 0, -1, dtype=np.float32) / (LAGS // 2)
    yield from _rest(np.concatenate([kept, fading]))


def tempogram(samples: np.ndarray, front_end: FrontEnd) -> np.ndarray:
    """Tempogram of a whole sound [shape=(1 + n // hop_length, 384), float32]."""
    return whole(tempogram_stream([samples], front_end))


def lag_tempi(front_end: FrontEnd) -> np.ndarray:
    """Tempo of each lag in BPM [shape=(384,), float64]; infinite for lag 0."""
    with np.errstate(divide="ignore"):
        return 60 / front_end.seconds(1) / np.arange(LAGS)


def _rest(strengths: np.ndarray) -> Iterator[np.ndarray]:
    frames = len(strengths) - LAGS + 1
    for first in range(0, frames, CHUNK_FRAMES):
        yield _autocorrelation(strengths[first : first + CHUNK_FRAMES + LAGS - 1])


def _autocorrelation(strengths: np.ndarray) -> np.ndarray:
    """Of every window that lies within these strengths."""
    windows = np.lib.stride_tricks.sliding_window_view(strengths, LAGS) * hann(LAGS)
    spectrum = np.fft.rfft(windows, TRANSFORM, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    return strongest_is_one(np.fft.irfft(power, TRANSFORM, axis=1)[:, :LAGS])
