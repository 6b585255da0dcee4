"""Channels to mono: the mean of those that sound, and another mix where they cancel each other.

Channels are averaged here: FFmpeg would add them with 3 dB more, which changes log-mel features and
tags. A silent channel does not count, as half the level is another sound to a model; nor does one
without numbers. Where the channels cancel (opposite polarity), the loudest alone is heard.
"""

import numpy as np

from earmark.sound.levels import PROBE

SOUNDING = 1e-4  # energy below the loudest channel's from which a channel counts as silent
CANCELLING = 0.1  # energy of the mix below that of unrelated channels, from which it is lost
SILENT_ENERGY = 1e-8  # of a sample, -80 dB
FADE = 512  # samples from one mix to the next

Parts = tuple[int, ...]  # the channels of which the mean is taken


def mean_of(samples: np.ndarray, parts: Parts) -> np.ndarray:
    """Mean of some channels [shape=(n,)] of samples [shape=(n, channels), float32]."""
    if len(parts) == 1:
        only: np.ndarray = samples[:, parts[0]]
        return only
    with np.errstate(invalid="ignore", over="ignore"):
        total: np.ndarray = samples[:, parts[0]] + samples[:, parts[1]]
        for channel in parts[2:]:
            total += samples[:, channel]
        total *= np.float32(1 / len(parts))
    return total


class Mixer:
    """Mixes the blocks of one sound; remembers which channels have sounded so far.

    Attributes
    ----------
    cancelled_seconds : float
        For how long the channels cancelled each other, so that one was heard alone.
    void_channels : int
        How many channels held no numbers.
    """

    def __init__(self) -> None:
        self.cancelled_seconds = 0.0
        self.void_channels = 0
        self._energy = np.zeros(0)
        self._parts: Parts | None = None

    def __call__(self, samples: np.ndarray, rate: int) -> np.ndarray:
        """Mono samples [shape=(n,)] of a block [shape=(n, channels), float32, n > 0]."""
        channels = samples.shape[1]
        if channels == 1:
            return samples[:, 0]
        if len(self._energy) != channels:
            self._energy, self._parts = np.zeros(channels), None
        probe = samples[::PROBE] if len(samples) > 100 * PROBE else samples
        energy, void = _energies(probe)
        self._energy += energy
        parts = self._sounding(void)
        mixed = mean_of(samples, parts)
        if len(parts) > 1 and self._cancel(mixed, energy[list(parts)].mean(), len(parts)):
            self.cancelled_seconds += len(samples) / rate
            parts = (int(np.argmax(self._energy > 0.9 * self._energy.max())),)  # no flutter
            mixed = mean_of(samples, parts)
        before, self._parts = self._parts, parts
        if before is not None and before != parts:
            mixed = _faded(mean_of(samples[:FADE], before), mixed)
        return mixed

    def _sounding(self, void: np.ndarray | None) -> Parts:
        """The channels to average: those that have sounded, all if none has."""
        sounding = self._energy > SOUNDING * self._energy.max()
        if void is not None:
            self.void_channels = max(self.void_channels, int(void.sum()))
            sounding &= ~void
        if sounding.all() or not sounding.any():
            return tuple(range(len(sounding)))
        return tuple(int(channel) for channel in np.flatnonzero(sounding))

    @staticmethod
    def _cancel(mixed: np.ndarray, energy: float, count: int) -> bool:
        """Whether a mix has lost much of the energy that its channels have on average."""
        probe = mixed[::PROBE] if len(mixed) > 100 * PROBE else mixed
        length = len(probe)
        with np.errstate(over="ignore", invalid="ignore"):
            left = float(np.dot(probe, probe))
        return energy > SILENT_ENERGY * length and left < CANCELLING / count * energy


def _energies(probe: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Energy of each channel, and which of them hold no numbers (None: all hold numbers)."""
    with np.errstate(over="ignore", invalid="ignore"):
        energy = np.einsum("ij,ij->j", probe, probe)
    if np.isfinite(energy).all():
        return energy.astype(np.float64), None
    good = np.isfinite(probe)
    squares = np.where(good, probe, 0).astype(np.float64) ** 2
    return squares.sum(axis=0), good.mean(axis=0) < 0.5


def _faded(before: np.ndarray, mixed: np.ndarray) -> np.ndarray:
    """The mix, coming from another one within its first samples."""
    mixed = mixed.copy()
    with np.errstate(invalid="ignore", over="ignore"):
        share = np.linspace(0, 1, len(before), dtype=np.float32)
        mixed[: len(before)] = (1 - share) * before + share * mixed[: len(before)]
    return mixed
