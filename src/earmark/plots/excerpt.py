"""A part of a sound, made as coarse as a picture can show, in bounded memory.

Blocks of samples or of log-mel frames come in, of a sound of any length; at most `2 * COLUMNS` rows
come out, each of which stands for the same number of the original ones.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from earmark.errors import SoundError
from earmark.sound import FrontEnd, decode
from earmark.sound.decode import Sound, sound_name
from earmark.sound.features import feature_stream

COLUMNS = 1200  # that a picture shows at least, if the sound has as many

# That of the default model, so that a picture shows what its network hears.
FRONT_END = FrontEnd(sample_rate=16000, n_fft=1024, hop_length=512, n_mels=96)


@dataclass(frozen=True)
class Excerpt:
    """Rows over time.

    Attributes
    ----------
    rows : np.ndarray [shape=(n, d), float32]
    start, seconds : float, where in the sound it begins, and how long it is
    """

    rows: np.ndarray
    start: float
    seconds: float


def envelope(sound: Sound, start: float, seconds: float | None, sample_rate: int) -> Excerpt:
    """Lowest and highest sample of each column; rows [shape=(n, 2)].

    Parameters
    ----------
    sound : anything that :func:`earmark.sound.decode` takes
    start : float >= 0, in seconds
    seconds : float > 0 or None, length; None to the end
    sample_rate : int > 0, in Hz

    Raises
    ------
    SoundError
        The sound cannot be read, or ends before `start`.
    """
    blocks = cut(sound, start, seconds, sample_rate)
    pairs = (np.stack([block, block], axis=1) for block in blocks)
    rows, _, samples = thinned(pairs, COLUMNS, _extremes)
    _require(samples, sound, start)
    return Excerpt(rows, start, samples / sample_rate)


def log_mel(sound: Sound, start: float, seconds: float | None, front_end: FrontEnd) -> Excerpt:
    """Mean log-mel frame of each column; rows [shape=(n, n_mels)]; parameters as above."""
    return feature_of("melspectrogram", sound, start, seconds, front_end)


def feature_of(
    name: str, sound: Sound, start: float, seconds: float | None, front_end: FrontEnd
) -> Excerpt:
    """Mean frame of a feature in each column; rows [shape=(n, bands)]; parameters as above."""
    blocks = cut(sound, start, seconds, front_end.sample_rate)
    samples = 0

    def counted() -> Iterator[np.ndarray]:
        nonlocal samples
        for block in blocks:
            samples += len(block)
            yield block

    rows, _, _ = thinned(feature_stream(name, counted(), front_end), COLUMNS, _mean)
    _require(samples, sound, start)
    return Excerpt(rows, start, samples / front_end.sample_rate)


def cut(
    sound: Sound, start: float, seconds: float | None, sample_rate: int
) -> Iterator[np.ndarray]:
    """Blocks of samples from `start` on; decoding stops where the part ends."""
    place, first = 0, round(start * sample_rate)
    end = None if seconds is None else first + max(1, round(seconds * sample_rate))
    with closing(iter(decode(sound, sample_rate))) as blocks:
        for block in blocks:
            part = block[max(0, first - place) : None if end is None else max(0, end - place)]
            place += len(block)
            if len(part):
                yield part
            if end is not None and place >= end:
                return


def thinned(
    blocks: Iterable[np.ndarray], columns: int, join: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, int, int]:
    """Rows, joined in twos as often as needed to stay below ``2 * columns``.

    Parameters
    ----------
    blocks : iterable of np.ndarray [shape=(n, d)]
    columns : int > 0
    join : callable, (n, factor, d) -> (n, d)

    Returns
    -------
    rows : np.ndarray [shape=(m, d)]
    factor : int, original rows in each (the last may have fewer)
    total : int, original rows
    """
    kept: list[np.ndarray] = []
    rest, count, factor, total = None, 0, 1, 0
    for block in blocks:
        total += len(block)
        rest = block if rest is None else np.concatenate([rest, block])
        while whole := min(len(rest) // factor, 2 * columns - count):
            kept.append(join(rest[: whole * factor].reshape(whole, factor, -1)))
            rest, count = rest[whole * factor :], count + whole
            if count == 2 * columns:
                kept = [join(np.concatenate(kept).reshape(columns, 2, -1))]
                count, factor = columns, 2 * factor
    if rest is not None and len(rest):
        kept.append(join(rest[None]))
    return np.concatenate(kept) if kept else np.zeros((0, 0), np.float32), factor, total


def _extremes(rows: np.ndarray) -> np.ndarray:
    return np.stack([rows[..., 0].min(1), rows[..., 1].max(1)], axis=1)


def _mean(rows: np.ndarray) -> np.ndarray:
    return rows.mean(1)


def title_of(sound: Sound) -> str:
    """File name of a sound, for a title."""
    return os.path.basename(sound_name(sound))


def _require(samples: int, sound: Sound, start: float) -> None:
    if not samples:
        raise SoundError(f"{sound_name(sound)}: it ends before second {start:g}")
