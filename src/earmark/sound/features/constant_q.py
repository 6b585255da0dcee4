"""A constant-Q transform, streaming: three bins a semitone, from C1 up seven octaves.

Each bin is the inner product with a Hann-windowed wave of some 52 periods (Brown 1991,
*Calculation of a constant Q spectral transform*). An octave's waves are twice as long as those of
the octave above, so the sound is halved in rate from octave to octave, as often as the hop length
can be halved (Schörkhuber and Klapuri 2010, *Constant-Q transform toolbox for music processing*),
and the same short waves do for all. Low notes need three quarters of a second of sound around them.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import tee

import numpy as np

from earmark.sound.features.abreast import abreast
from earmark.sound.frames import frames_stream
from earmark.sound.melspectrogram import FrontEnd, hann

C1 = 440 * 2 ** (-45 / 12)  # Hz
BINS = 36  # an octave
OCTAVES = 7
RATIO = 2 ** (2 / BINS)
PERIODS = (RATIO + 1) / (RATIO - 1)
HIGHEST = 0.95  # share of half the sample rate that the top bin may reach
TAPS = 127  # of the low pass


def octaves(sample_rate: int) -> int:
    """Octaves from C1 on that the sample rate has room for, from 1 to 7."""
    return int(np.clip(np.floor(np.log2(HIGHEST * sample_rate / 2 / C1)), 1, OCTAVES))


def constant_q_stream(blocks: Iterable[np.ndarray], front_end: FrontEnd) -> Iterator[np.ndarray]:
    """Magnitudes of the constant-Q transform of a stream of samples.

    Parameters
    ----------
    blocks : iterable of np.ndarray [shape=(n,), float32]
        Mono samples in [-1, 1] at ``front_end.sample_rate``, in blocks of any length.
    front_end : FrontEnd, of which the rate and the hop length count

    Yields
    ------
    np.ndarray [shape=(t, 36 * octaves), float32, t >= 1]
        Low to high. Scaled as ``librosa.cqt(fmin=C1, bins_per_octave=36, tuning=0)``, by the root
        of each wave's length.
    """
    top = octaves(front_end.sample_rate)
    hop, streams = front_end.hop_length, []
    rest: Iterable[np.ndarray] = map(np.copy, blocks)
    for level, group in enumerate(_levels(top, hop)):
        if level:
            rest = _halved(rest)
        here, rest = tee(rest)
        waves = _waves(front_end.sample_rate, level, hop >> level, *group)
        streams.append(_products(here, waves, hop >> level))
    del rest, here  # or what they have not read would pile up
    # A halved stream may come to one frame more at its end, which is left out.
    yield from abreast(streams[::-1])


def _levels(top: int, hop: int) -> list[tuple[int, int]]:
    """For each halving of the rate, from none on, its lowest octave and the one above its highest.

    Where the hop length cannot be halved again, the last one takes all octaves that are left.
    """
    halvings = min(top - 1, (hop & -hop).bit_length() - 1)
    return [(0 if k == halvings else top - 1 - k, top - k) for k in range(halvings + 1)]


@cache
def _waves(sample_rate: int, level: int, hop: int, lowest: int, above: int) -> np.ndarray:
    """Waves of some octaves [shape=(length, 2 * bins), float32]: all real parts, then imaginary.

    They are padded to at least a hop, since frames leave no gaps.
    """
    hz = C1 * 2.0 ** (np.arange(lowest * BINS, above * BINS) / BINS)
    lengths = PERIODS * sample_rate / hz / 2**level
    longest = max(int(np.ceil(lengths[0])), hop)
    waves = np.zeros((2 * (longest // 2 + 1), len(hz)), np.complex64)
    for column, (length, pitch) in enumerate(zip(lengths, hz, strict=True)):
        start = int(np.floor(-length / 2))
        count = int(np.ceil(length / 2 - start))
        place = np.arange(start, start + count)
        window = hann(count, np.float64)
        wave = window * np.exp(-2j * np.pi * pitch * 2**level / sample_rate * place)
        scale = np.sqrt(length * 2**level) / window.sum()
        first = len(waves) // 2 + start
        waves[first : first + count, column] = wave * scale
    return np.concatenate([waves.real, waves.imag], axis=1)


def _products(blocks: Iterable[np.ndarray], waves: np.ndarray, hop: int) -> Iterator[np.ndarray]:
    """Magnitude of each frame's product with each wave."""
    for frames in frames_stream(blocks, len(waves), hop):
        both = frames @ waves
        real, imaginary = np.split(both, 2, axis=1)
        yield np.sqrt(real**2 + imaginary**2)


def _halved(blocks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """Every second sample, after a low pass that moves nothing in time."""
    taps = _low_pass()
    kept = np.zeros(TAPS // 2, np.float32)
    ends = [np.zeros(TAPS // 2, np.float32)]
    for part in (blocks, ends):
        for block in part:
            kept = np.concatenate([kept, block])
            ready = (len(kept) - TAPS + 2) // 2
            if ready > 0:
                yield np.convolve(kept, taps, "valid")[: 2 * ready : 2]
                kept = kept[2 * ready :]


@cache
def _low_pass() -> np.ndarray:
    """A windowed sinc that lets half of the frequencies pass."""
    place = np.arange(TAPS) - TAPS // 2
    taps = np.sinc(place / 2) * np.kaiser(TAPS, 8)
    scaled: np.ndarray = (taps / taps.sum()).astype(np.float32)
    return scaled
