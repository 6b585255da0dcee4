"""What people hand to a tagger: a sound as it is, or samples in whatever holds them."""

import io
import os
from typing import Any

import numpy as np

from earmark.errors import SoundError
from earmark.sound import Samples
from earmark.sound.decode import Sound

WHOLE = (str, os.PathLike, bytes, bytearray, Samples)
MOST_CHANNELS_FIRST = 64  # rows that are taken for channels where there are more columns


def sound_given(sound: Any, sample_rate: int | None) -> Sound:
    """The sound to decode.

    Parameters
    ----------
    sound : path, bytes, binary file object, Samples, or samples
        Samples are an array, list or tensor [shape=(n,), (n, channels) or (channels, n)].
    sample_rate : int or None, in Hz
        Samples need it, and nothing else has a use for it.

    Raises
    ------
    SoundError
        One sentence: what was handed over instead, and what is expected.
    """
    if isinstance(sound, WHOLE) or _reads(sound):
        if sample_rate is not None:
            name = os.fspath(sound) if isinstance(sound, (str, os.PathLike)) else "this sound"
            raise SoundError(f"{name}: has its own sample rate; sample_rate is for samples alone")
        return bytes(sound) if isinstance(sound, bytearray) else sound
    samples = _array(sound)
    if samples is None:
        raise SoundError(
            f"{type(sound).__name__}: not a sound; expected a path, bytes, a binary file object, "
            "or samples and their sample_rate"
        )
    if samples.dtype.kind in "UO":
        raise SoundError(
            f"{type(sound).__name__} of {len(samples) if samples.ndim else 1}: not one sound; "
            "Tagger.files(paths) tags many files"
        )
    if sample_rate is None:
        raise SoundError("samples need their sample rate: tagger(samples, sample_rate)")
    if samples.ndim == 2 and samples.shape[0] < min(samples.shape[1], MOST_CHANNELS_FIRST + 1):
        samples = samples.T
    return Samples(samples, sample_rate)


def _reads(sound: Any) -> bool:
    if isinstance(sound, io.TextIOBase):
        raise SoundError("a file opened as text: not a sound; open it with mode 'rb'")
    return hasattr(sound, "read")


def _array(sound: Any) -> np.ndarray | None:
    """Numbers as an array; None for what is no collection at all."""
    for step in ("detach", "cpu"):  # of a tensor that learns, or lies on another device
        if hasattr(sound, step):
            sound = getattr(sound, step)()
    if not isinstance(sound, (list, tuple)) and not hasattr(sound, "__array__"):
        try:
            memoryview(sound)
        except TypeError:
            return None
    try:
        return np.asarray(sound)
    except (TypeError, ValueError) as error:
        raise SoundError(f"{type(sound).__name__}: no samples come out of it ({error})") from error
