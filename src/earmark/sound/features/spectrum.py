"""What several features begin or end with: mel-spectrogram in dB, decibels, rows scaled to 1."""

from collections.abc import Iterable, Iterator

import numpy as np

from earmark.sound.melspectrogram import FrontEnd, power_stream, to_mel

FAINTEST = 1e-10  # power that counts as -100 dB


def decibel_mel_stream(blocks: Iterable[np.ndarray], front_end: FrontEnd) -> Iterator[np.ndarray]:
    """Mel-spectrogram in dB relative to a power of 1, never below -100 dB.

    Yields
    ------
    np.ndarray [shape=(t, n_mels), float32, t >= 1]
    """
    mel = to_mel(front_end)
    for power in power_stream(blocks, front_end):
        yield decibels(mel(power))


def decibels(power: np.ndarray) -> np.ndarray:
    """``10 * log10(power)``, never below -100 dB: no loudest value is asked for, nor any floor."""
    levels: np.ndarray = 10 * np.log10(np.maximum(power, power.dtype.type(FAINTEST)))
    return levels


def strongest_is_one(rows: np.ndarray) -> np.ndarray:
    """Each row over its largest magnitude; silent rows stay as they are."""
    largest = np.abs(rows).max(axis=1, keepdims=True)
    silent = largest < np.finfo(np.float32).tiny
    return (rows / np.where(silent, 1, largest)).astype(np.float32)


def whole(chunks: Iterator[np.ndarray]) -> np.ndarray:
    """All chunks joined."""
    return np.concatenate(list(chunks))
