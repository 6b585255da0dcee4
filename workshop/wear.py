"""What happens to sound on its way to a listener: rooms, small loudspeakers, noise, low bitrates.

In: samples and a random generator. Out: as many samples, as loud as before, in which the same music
plays. :mod:`workshop.worn` teaches networks with it, and ``benchmarks/robustness.py``
measures how much of what a model hears survives it.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import soundfile

from workshop.corpus import SAMPLE_RATE

Wear = Callable[[np.ndarray, np.random.Generator], np.ndarray]

DECAY = (0.2, 1.0)  # seconds in which a room's echo falls by 60 dB
HIGH_DECAY = 0.5  # share of it at the highest frequencies, which walls and air swallow
DIRECT_DB = (-2.0, 10.0)  # level of the direct sound over the echo's
LOW_CUT, HIGH_CUT = (80.0, 400.0), (3000.0, 7500.0)  # Hz
SLOPE_DB = (6.0, 24.0)  # an octave
NOISE_DB = (-35.0, -12.0)  # against the music
MP3_DELAY = 1105  # samples that LAME and its decoder add where a file is too small to say so


@dataclass(frozen=True)
class Codec:
    """A file format with its least compression and its most.

    Attributes
    ----------
    format, subtype : str, as libsndfile names them
    least, most : float in [0, 1], libsndfile's compression level
    """

    format: str
    subtype: str
    least: float
    most: float


CODECS = (
    Codec("MP3", "MPEG_LAYER_III", 0.7, 0.9),  # about 30 kbit/s at 16 kHz, one channel
    Codec("OGG", "VORBIS", 0.7, 1.0),  # 36 to 27
    Codec("OGG", "OPUS", 0.9, 0.98),  # 33 to 12
)


def rms(samples: np.ndarray) -> float:
    """Root of the mean square, a little over 0 for silence."""
    return float(np.sqrt(np.mean(samples**2))) + 1e-6


def as_loud(samples: np.ndarray, level: float) -> np.ndarray:
    """The sound at that root mean square, float32."""
    return (samples * (level / rms(samples))).astype(np.float32)


def in_a_room(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Heard across a room, whose echo is noise that decays exponentially.

    High frequencies decay sooner: the echo is the sum of a low and a high half of the noise, each
    with its time. Moorer 1979, *About this reverberation business*.
    """
    seconds = rng.uniform(*DECAY)
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    noise = np.fft.rfft(rng.standard_normal(len(time)))
    high = np.linspace(0, 1, len(noise))
    halves = [np.fft.irfft(noise * share, len(time)) for share in (1 - high, high)]
    sixty_db = np.log(1000)
    echo = sum(
        half * np.exp(-sixty_db * time / (seconds * share))
        for half, share in zip(halves, (1.0, HIGH_DECAY), strict=True)
    )
    direct = 10 ** (rng.uniform(*DIRECT_DB) / 20)
    echo = echo / np.sqrt(np.sum(echo**2))
    echo[0] += direct
    length = len(samples) + len(echo) - 1
    size = 1 << (length - 1).bit_length()
    heard = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(echo, size), size)
    return as_loud(heard[: len(samples)], rms(samples))


def through_a_loudspeaker(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Played by something small: without its lowest and highest frequencies."""
    hz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    low, high = rng.uniform(*LOW_CUT), np.exp(rng.uniform(*np.log(HIGH_CUT)))
    slope = rng.uniform(*SLOPE_DB)
    octaves = np.log2(low / np.maximum(hz, 1)).clip(0) + np.log2(np.maximum(hz, 1) / high).clip(0)
    spectrum = np.fft.rfft(samples) * 10 ** (-slope * octaves / 20)
    return as_loud(np.fft.irfft(spectrum, len(samples)), rms(samples))


def over_noise(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Beside pink noise, as of a street or a fan: as much power in each octave."""
    hz = np.arange(1, len(samples) // 2 + 2)
    spectrum = np.fft.rfft(rng.standard_normal(len(samples)))[: len(hz)] / np.sqrt(hz)
    noise = np.fft.irfft(spectrum, len(samples))
    level = 10 ** (rng.uniform(*NOISE_DB) / 20) * rms(samples)
    return (samples + as_loud(noise, level)).astype(np.float32)


def through_a_codec(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Stored as MP3, Vorbis or Opus at about 12 to 36 kbit/s, and read again."""
    codec = CODECS[rng.integers(len(CODECS))]
    level = rng.uniform(codec.least, codec.most)
    file = io.BytesIO()
    with soundfile.SoundFile(
        file, "w", SAMPLE_RATE, 1, codec.subtype, format=codec.format, compression_level=level
    ) as writer:
        writer.write(samples)
    file.seek(0)
    heard, _ = soundfile.read(file, dtype="float32")
    late = MP3_DELAY if len(heard) > len(samples) + MP3_DELAY else 0
    heard = heard[late : late + len(samples)]
    return np.pad(heard, (0, len(samples) - len(heard)))


KINDS: dict[str, Wear] = {
    "room": in_a_room,
    "loudspeaker": through_a_loudspeaker,
    "noise": over_noise,
    "codec": through_a_codec,
}
SHARES = {"room": 0.4, "loudspeaker": 0.3, "noise": 0.3, "codec": 0.5}


def worn(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The sound after some of the kinds of wear, in the order in which it meets them.

    Parameters
    ----------
    samples : np.ndarray [shape=(n,), float32], mono at 16 kHz
    rng : np.random.Generator

    Returns
    -------
    np.ndarray [shape=(n,), float32, in [-1, 1]]
    """
    for kind, wear in KINDS.items():
        if rng.random() < SHARES[kind]:
            samples = wear(samples, rng)
    return np.clip(samples, -1, 1)
