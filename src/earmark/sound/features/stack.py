"""The features that a front end names, side by side, in about the range of log-mel (0 to 4).

Log-mel and HPSS stay as they are. The others are scaled by constants, so that a network that adds
and pools over all bands hears each of them:

==================================  ==========================================
chroma, chroma_cqt                  times 4
tempogram, beat_histogram           times 4
onset                               over 5 dB
contrast                            over 15 dB
mfcc, first coefficient             over ``sqrt(n_mels)``, from -100 dB on, over 30 dB
mfcc, others                        over ``10 * sqrt(n_mels)``, plus 2
==================================  ==========================================
"""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from itertools import tee

import numpy as np

from earmark.sound.feature_names import FEATURES, require_feature
from earmark.sound.features.abreast import abreast
from earmark.sound.features.spectrum import whole
from earmark.sound.melspectrogram import MEL_ONLY, FrontEnd, melspectrogram_stream

Stream = Callable[[Iterable[np.ndarray], FrontEnd], Iterator[np.ndarray]]


def stream_of(name: str) -> Stream:
    """The function that computes a feature of a stream of samples.

    Raises
    ------
    ValueError
        No such feature; the text has the nearest name.
    """
    require_feature(name)
    if name == "melspectrogram":
        return melspectrogram_stream
    stream: Stream = getattr(import_module(f"{__package__}.{name}"), f"{name}_stream")
    return stream


def feature_stream(
    name: str, blocks: Iterable[np.ndarray], front_end: FrontEnd
) -> Iterator[np.ndarray]:
    """One feature of a stream of samples by its name, unscaled.

    Raises
    ------
    ValueError
        No such feature; the text has the nearest name.
    """
    return stream_of(name)(blocks, front_end)


def features_stream(blocks: Iterable[np.ndarray], front_end: FrontEnd) -> Iterator[np.ndarray]:
    """All features of a front end, for a network.

    Parameters
    ----------
    blocks : iterable of np.ndarray [shape=(n,), float32]
        Mono samples in [-1, 1] at ``front_end.sample_rate``, in blocks of any length.
    front_end : FrontEnd

    Returns
    -------
    iterator of np.ndarray [shape=(t, front_end.bands), float32, t >= 1]
        The very frames of :func:`melspectrogram_stream` where log-mel is the only feature. As many
        samples are kept as the slowest feature lags behind, six seconds for a tempogram at a hop of
        32 ms.
    """
    if front_end.features == MEL_ONLY:
        return melspectrogram_stream(blocks, front_end)
    copies = tee(map(np.copy, blocks), len(front_end.features))
    pairs = zip(front_end.features, copies, strict=True)
    return abreast([_scaled(name, copy, front_end) for name, copy in pairs])


def features(samples: np.ndarray, front_end: FrontEnd) -> np.ndarray:
    """All features of a whole sound [shape=(1 + n // hop_length, front_end.bands), float32]."""
    return whole(features_stream([samples], front_end))


def _scaled(name: str, blocks: Iterable[np.ndarray], front_end: FrontEnd) -> Iterator[np.ndarray]:
    stream, gain = stream_of(name)(blocks, front_end), FEATURES[name].gain
    if name == "mfcc":
        return (_scaled_mfcc(chunk, front_end.n_mels) for chunk in stream)
    return stream if gain == 1 else (chunk * np.float32(gain) for chunk in stream)


def _scaled_mfcc(chunk: np.ndarray, n_mels: int) -> np.ndarray:
    mean = chunk / np.float32(np.sqrt(n_mels))
    return np.concatenate([mean[:, :1] / 30 + np.float32(100 / 30), mean[:, 1:] / 10 + 2], axis=1)
