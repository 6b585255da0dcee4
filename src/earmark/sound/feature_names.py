"""Names of the features of a sound and how many bands each has, before any is computed.

The features themselves are in :mod:`earmark.sound.features`, a file each.
"""

from earmark.near_name import near_or_all

COEFFICIENTS = 20  # of the MFCC, at most
PITCH_CLASSES = 12
LAGS = 384  # of the tempogram, in frames
SLOWEST, FASTEST, TEMPO_STEP = 40, 240, 5  # of the beat histogram, in BPM
CONTRAST_HZ, CONTRAST_OCTAVES = 200, 6  # lowest edge of the spectral contrast, octaves above it

FEATURES = (
    "melspectrogram",
    "mfcc",
    "chroma",
    "chroma_cqt",
    "onset",
    "tempogram",
    "beat_histogram",
    "contrast",
    "hpss",
)


def require_feature(name: str) -> None:
    """ValueError with the nearest name if there is no such feature."""
    if name not in FEATURES:
        raise ValueError(f"no feature {name!r}; {near_or_all(str(name), FEATURES, 0.5)}")


def contrast_octaves(sample_rate: int) -> int:
    """Octaves from 200 Hz on that begin below half the sample rate, 6 at most."""
    starts = [CONTRAST_HZ * 2**octave for octave in range(CONTRAST_OCTAVES)]
    return sum(start < sample_rate / 2 for start in starts)


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
    return {
        "melspectrogram": n_mels,
        "mfcc": min(COEFFICIENTS, n_mels),
        "chroma": PITCH_CLASSES,
        "chroma_cqt": PITCH_CLASSES,
        "onset": 1,
        "tempogram": LAGS,
        "beat_histogram": 1 + (FASTEST - SLOWEST) // TEMPO_STEP,
        "contrast": 1 + contrast_octaves(sample_rate),
        "hpss": 2 * n_mels,
    }[name]
