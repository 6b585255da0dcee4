"""The short-time spectrum that the features begin with, as a stream of chunks of frames."""

from collections.abc import Iterable, Iterator

import numpy as np

from earmark.sound.frames import frames_stream
from earmark.sound.melspectrogram import FrontEnd, hann, mel_filterbank

FAINTEST = 1e-10  # power that counts as -100 dB


def power_stream(blocks: Iterable[np.ndarray], front_end: FrontEnd) -> Iterator[np.ndarray]:
    """Power of the short-time Fourier transform, periodic Hann window, centred, zero padding.

    Yields
    ------
    np.ndarray [shape=(t, 1 + n_fft // 2), float32, t >= 1]
    """
    window = hann(front_end.n_fft)
    for frames in frames_stream(blocks, front_end.n_fft, front_end.hop_length):
        spectrum = np.fft.rfft(frames * window, axis=1)
        yield spectrum.real**2 + spectrum.imag**2


def decibel_mel_stream(blocks: Iterable[np.ndarray], front_end: FrontEnd) -> Iterator[np.ndarray]:
    """Mel-spectrogram in dB relative to a power of 1, never below -100 dB.

    Yields
    ------
    np.ndarray [shape=(t, n_mels), float32, t >= 1]
    """
    filterbank = mel_filterbank(front_end)
    for power in power_stream(blocks, front_end):
        yield decibels(power @ filterbank)


def decibels(power: np.ndarray) -> np.ndarray:
    """``10 * log10(power)``, never below -100 dB: no loudest value is asked for, nor any floor."""
    return 10 * np.log10(np.maximum(power, power.dtype.type(FAINTEST)))


def strongest_is_one(rows: np.ndarray) -> np.ndarray:
    """Each row over its largest magnitude; silent rows stay as they are."""
    largest = np.abs(rows).max(axis=1, keepdims=True)
    silent = largest < np.finfo(np.float32).tiny
    return (rows / np.where(silent, 1, largest)).astype(np.float32)


def whole(chunks: Iterator[np.ndarray]) -> np.ndarray:
    """All chunks joined."""
    return np.concatenate(list(chunks))
