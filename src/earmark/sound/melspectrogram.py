"""Samples in, log-mel frames out: the numpy front end of every model.

The mel-spectrogram is the power kind with Slaney's mel scale and area normalisation (Slaney 1998,
*Auditory Toolbox*), centred frames, zero padding and a periodic Hann window: the same numbers as
``librosa.feature.melspectrogram`` with its defaults. It is compressed as ``log10(1 + 10000 * mel)``
(Pons et al. 2018, *End-to-end learning for music audio tagging at scale*).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from earmark.sound.bands import banded
from earmark.sound.feature_names import feature_bands, require_feature
from earmark.sound.frames import CHUNK_FRAMES, frames_stream
from earmark.sound.rates import checked_rate

LOG_GAIN = 10_000.0
MEL_ONLY = ("melspectrogram",)
MEL_CHUNK = 24  # frames at once: with more the processor's cache overflows, with fewer calls cost


@dataclass(frozen=True)
class FrontEnd:
    """How samples become frames of log-mel, or of other features.

    Attributes
    ----------
    sample_rate : int > 0, in Hz
    n_fft : even int > 0, length of one frame in samples
    hop_length : int > 0, samples from one frame to the next
    n_mels : int > 0, mel bands from 0 Hz to half the sample rate
    features : tuple of str, side by side in this order
        Names in ``earmark.sound.feature_names.FEATURES``.
    """

    sample_rate: int
    n_fft: int
    hop_length: int
    n_mels: int
    features: tuple[str, ...] = MEL_ONLY

    def __post_init__(self) -> None:
        object.__setattr__(self, "sample_rate", checked_rate(self.sample_rate))
        sizes = (self.sample_rate, self.n_fft, self.hop_length, self.n_mels)
        if min(sizes) <= 0 or self.n_fft % 2 or self.hop_length > self.n_fft:
            raise ValueError(
                f"front end needs positive sizes, an even n_fft and a hop within it, not {self}"
            )
        object.__setattr__(self, "features", tuple(self.features))  # TOML has lists
        if not self.features or len(set(self.features)) < len(self.features):
            raise ValueError(f"front end needs features, each once, not {list(self.features)}")
        for name in self.features:
            require_feature(name)

    @property
    def bands(self) -> int:
        """Numbers in a frame: the bands of all features."""
        widths = (feature_bands(name, self.sample_rate, self.n_mels) for name in self.features)
        return sum(widths)

    def frames(self, samples: int) -> int:
        """Number of frames of a sound of that many samples, ``1 + samples // hop_length``."""
        return 1 + samples // self.hop_length

    def seconds(self, frames: int) -> float:
        """Seconds that this many hops last."""
        return frames * self.hop_length / self.sample_rate


def hz_to_mel(hz: np.ndarray | float) -> np.ndarray:
    """Slaney's mel scale: linear below 1 kHz (15 mel), logarithmic (27 steps to 6.4 kHz) above."""
    hz = np.asarray(hz, dtype=np.float64)
    above = 15 + 27 * np.log(np.maximum(hz, 1e-9) / 1000) / np.log(6.4)
    return np.where(hz < 1000, hz * 3 / 200, above)


def mel_to_hz(mel: np.ndarray) -> np.ndarray:
    """Inverse of :func:`hz_to_mel`."""
    mel = np.asarray(mel, dtype=np.float64)
    return np.where(mel < 15, mel * 200 / 3, 1000 * 6.4 ** ((mel - 15) / 27))


@cache
def mel_filterbank(front_end: FrontEnd) -> np.ndarray:
    """Triangular filters, each of area 1 in Hz.

    Returns
    -------
    np.ndarray [shape=(1 + n_fft // 2, n_mels), float32]
        One column a band; ``power_spectrum @ filterbank`` is the mel-spectrogram, which
        :func:`to_mel` computes faster.
    """
    half = front_end.sample_rate / 2
    bins = np.linspace(0, half, 1 + front_end.n_fft // 2)
    edges = mel_to_hz(np.linspace(0, hz_to_mel(half), front_end.n_mels + 2))
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    rising = (bins[:, None] - low) / (centre - low)
    falling = (high - bins[:, None]) / (high - centre)
    triangles = np.maximum(0, np.minimum(rising, falling))
    filterbank: np.ndarray = (triangles * 2 / (high - low)).astype(np.float32)
    return filterbank


@cache
def to_mel(front_end: FrontEnd) -> Callable[[np.ndarray], np.ndarray]:
    """A function from power [shape=(t, 1 + n_fft // 2)] to mel bands [shape=(t, n_mels)]."""
    return banded(mel_filterbank(front_end))


@cache
def hann(length: int, kind: type = np.float32) -> np.ndarray:
    """Periodic Hann window [shape=(length,)] of that kind of number."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)).astype(kind)


def log_compressed(mel: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """``log10(1 + 10000 * mel)`` of a mel-spectrogram of power, in `out` if that is given."""
    louder: np.ndarray = np.multiply(mel, LOG_GAIN, out=out)
    louder += 1
    np.log10(louder, out=louder)
    return louder


def power_stream(blocks: Iterable[np.ndarray], front_end: FrontEnd) -> Iterator[np.ndarray]:
    """Power of the short-time Fourier transform, periodic Hann window, centred, zero padding.

    Yields
    ------
    np.ndarray [shape=(t, 1 + n_fft // 2), float32, t >= 1]
    """
    return map(np.copy, _passing_power(blocks, front_end, CHUNK_FRAMES))


def _passing_power(
    blocks: Iterable[np.ndarray], front_end: FrontEnd, most: int
) -> Iterator[np.ndarray]:
    """The same in chunks of at most `most`, each in the memory of the one before."""
    window, bins = hann(front_end.n_fft), 1 + front_end.n_fft // 2
    windowed = np.empty((most, front_end.n_fft), np.float32)
    spectrum: np.ndarray = np.empty((most, bins), np.complex64)
    power, imaginary = np.empty((2, most, bins), np.float32)
    for frames in frames_stream(blocks, front_end.n_fft, front_end.hop_length, most):
        here = slice(len(frames))
        np.multiply(frames, window, out=windowed[here])
        np.fft.rfft(windowed[here], axis=1, out=spectrum[here])
        np.square(spectrum.real[here], out=power[here])
        np.square(spectrum.imag[here], out=imaginary[here])
        power[here] += imaginary[here]
        yield power[here]


def melspectrogram_stream(
    blocks: Iterable[np.ndarray], front_end: FrontEnd
) -> Iterator[np.ndarray]:
    """Log-mel frames of a stream of samples.

    Parameters
    ----------
    blocks : iterable of np.ndarray [shape=(n,), float32]
        Mono samples in [-1, 1] at ``front_end.sample_rate``, in blocks of any length.
    front_end : FrontEnd

    Yields
    ------
    np.ndarray [shape=(t, n_mels), float32, t >= 1]
        ``log10(1 + 10000 * mel)``, time first. All chunks joined equal
        :func:`melspectrogram` of all blocks joined.
    """
    mel = to_mel(front_end)
    for power in _passing_power(blocks, front_end, MEL_CHUNK):
        bands = mel(power)
        yield log_compressed(bands, out=bands)


def melspectrogram(samples: np.ndarray, front_end: FrontEnd) -> np.ndarray:
    """Log-mel frames of a whole sound.

    Parameters
    ----------
    samples : np.ndarray [shape=(n,), float32]
        Mono samples in [-1, 1] at ``front_end.sample_rate``.
    front_end : FrontEnd

    Returns
    -------
    np.ndarray [shape=(1 + n // hop_length, n_mels), float32]
        ``log10(1 + 10000 * mel)``, time first. Frame ``t`` is centred on sample
        ``t * hop_length``; what lies outside the sound counts as silence.

    Examples
    --------
    >>> front_end = FrontEnd(sample_rate=16000, n_fft=1024, hop_length=512, n_mels=96)
    >>> melspectrogram(np.zeros(16000, dtype=np.float32), front_end).shape
    (32, 96)
    """
    return np.concatenate(list(melspectrogram_stream([samples], front_end)))
