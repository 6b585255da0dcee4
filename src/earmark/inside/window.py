"""One window of a sound: the log-mel frames that a network hears from a second on."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from earmark.errors import SoundError
from earmark.sound import decode
from earmark.sound.decode import Sound, sound_name
from earmark.sound.features import features_stream
from earmark.sound.melspectrogram import MEL_ONLY
from earmark.zoo.card import Card


@dataclass(frozen=True)
class Window:
    """What a network hears at once.

    Attributes
    ----------
    frames : np.ndarray [shape=(card.window_frames, bands), float32], log-mel or what the card names
    start, seconds : float, where in the sound it begins, and how long it is
    """

    frames: np.ndarray
    start: float
    seconds: float


def window_at(card: Card, sound: Sound, start: float = 0.0) -> Window:
    """The window that begins at a second of a sound.

    It is the tagger's own for each second at which a row of the tagger's timeline starts: where
    the sound ends too early the window reaches back, and a sound that is shorter than a window is
    repeated until it fills one. Memory does not grow with the sound's length.

    Parameters
    ----------
    card : Card, of the model
    sound : path, bytes, binary file object or Samples
    start : float >= 0, in seconds; frames are whole, so the window begins up to half a hop off

    Raises
    ------
    SoundError
        The sound cannot be read, or has no such second.
    """
    front_end, length = card.front_end, card.window_frames
    first = round(start / front_end.seconds(1))
    # The stream takes what lies before it for silence, which the first few frames still touch.
    touched = -(-front_end.n_fft // (2 * front_end.hop_length))
    # Other features hear farther back, so their stream begins with the sound.
    skipped = max(0, first - length - touched) if front_end.features == MEL_ONLY else 0
    kept, end = np.zeros((0, front_end.bands), np.float32), skipped
    with closing(iter(decode(sound, front_end.sample_rate))) as blocks:
        rest = _after(blocks, skipped * front_end.hop_length)
        for chunk in features_stream(rest, front_end):
            chunk = chunk[: first + length - end]
            end += len(chunk)
            kept = np.concatenate([kept, chunk])[-length:]
            if end == first + length:
                break
    if start < 0 or end <= first:
        raise SoundError(f"{sound_name(sound)}: it has no second {start:g}")
    seconds = front_end.seconds(1)
    return Window(
        np.resize(kept, (length, front_end.bands)),
        (end - len(kept)) * seconds,
        length * seconds,
    )


def _after(blocks: Iterable[np.ndarray], samples: int) -> Iterator[np.ndarray]:
    """Blocks without the first so many samples."""
    for block in blocks:
        yield block[samples:]
        samples = max(0, samples - len(block))
