"""The features of a sound: what each is called, how many numbers it has, in what units.

What computes feature ``x`` is ``x_stream`` in :mod:`earmark.sound.features`, a file each, which is
loaded with the first use. docs/contributing.md shows how to add one.
"""

from collections.abc import Callable
from dataclasses import dataclass

from earmark.near_name import near_or_all

COEFFICIENTS = 20  # of the MFCC, at most
PITCH_CLASSES = 12
LAGS = 384  # of the tempogram, in frames
SLOWEST, FASTEST, TEMPO_STEP = 40, 240, 5  # of the beat histogram, in BPM
CONTRAST_HZ, CONTRAST_OCTAVES = 200, 6  # lowest edge of the spectral contrast, octaves above it

HZ, LOG_MEL = "frequency in Hz", "log10(1 + 10,000 · mel power)"


@dataclass(frozen=True)
class Feature:
    """What is known of a feature before it is computed.

    Attributes
    ----------
    bands : callable, sample rate in Hz and mel bands of the front end -> numbers in each frame
    axis : str, what the numbers of a frame are, beside a picture
    unit : str, in what they are
    gain : float, by which a network's input is multiplied to be in about the range of log-mel
    """

    bands: Callable[[int, int], int]
    axis: str
    unit: str
    gain: float = 1


def require_feature(name: str) -> None:
    """ValueError with the nearest name if there is no such feature."""
    if name not in FEATURES:
        raise ValueError(f"no feature {name!r}; {near_or_all(str(name), FEATURES, 0.5)}")


def contrast_octaves(sample_rate: int) -> int:
    """Octaves from 200 Hz on that begin below half the sample rate, 6 at most."""
    starts = [CONTRAST_HZ * 2**octave for octave in range(CONTRAST_OCTAVES)]
    return sum(start < sample_rate / 2 for start in starts)


FEATURES = {
    "melspectrogram": Feature(lambda _, mels: mels, HZ, LOG_MEL),
    "mfcc": Feature(
        lambda _, mels: min(COEFFICIENTS, mels),
        "coefficient",
        "decibels of the mel spectrum, transformed",
    ),
    "chroma": Feature(lambda *_: PITCH_CLASSES, "pitch class", "share of the strongest", 4),
    "chroma_cqt": Feature(lambda *_: PITCH_CLASSES, "pitch class", "share of the strongest", 4),
    "onset": Feature(lambda *_: 1, "", "onset strength in dB", 1 / 5),
    "tempogram": Feature(lambda *_: LAGS, "BPM of the lag", "autocorrelation of onset strength", 4),
    "beat_histogram": Feature(
        lambda *_: 1 + (FASTEST - SLOWEST) // TEMPO_STEP,
        "tempo in BPM",
        "mean autocorrelation at its beats",
        4,
    ),
    "contrast": Feature(
        lambda rate, _: 1 + contrast_octaves(rate), "band in Hz", "peaks over valleys in dB", 1 / 15
    ),
    "hpss": Feature(lambda _, mels: 2 * mels, f"percussive above harmonic, {HZ}", LOG_MEL),
}


def feature_bands(name: str, sample_rate: int, n_mels: int) -> int:
    """How many numbers a feature has in each frame.

    Parameters
    ----------
    name : str, one of ``FEATURES``
    sample_rate : int > 0, in Hz
    n_mels : int > 0, mel bands of the front end

    Raises
    ------
    ValueError
        No such feature; the text has the nearest name.
    """
    require_feature(name)
    return FEATURES[name].bands(sample_rate, n_mels)
