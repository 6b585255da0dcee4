"""What a library gives back: tracks, the models that heard them, matrices aligned with tracks."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from earmark.vocabulary import Vocabulary, official_vocabulary


@dataclass(frozen=True, slots=True)
class Track:
    """A file of the library.

    Attributes
    ----------
    id : int, stays the same when the file is moved or retagged
    path : str, absolute; bytes that are no UTF-8 are escaped as :func:`os.fsdecode` does
    size : int, in bytes
    mtime_ns : int, of its last change as the system counts
    digest : bytes or None, of the sound apart from metadata; None where nothing was heard
    seconds : float or None, duration
    warning : str or None, what was wrong with the sound but bearable
    error : str or None, why nothing could be heard
    title, artist, album : str or None, the file's own words
    added : float, when it was first seen, in seconds since 1970
    """

    id: int
    path: str
    size: int
    mtime_ns: int
    digest: bytes | None
    seconds: float | None
    warning: str | None
    error: str | None
    title: str | None
    artist: str | None
    album: str | None
    added: float


@dataclass(frozen=True)
class Hearing:
    """A model that heard sounds of the library, one version of it.

    Attributes
    ----------
    id : int, in the library
    name, sha256 : str, of the model and its network file
    names : tuple of str, its tags in the order of the scores
    thresholds : np.ndarray [shape=(tags,), float32], score from which a tag is true
    dimensions : int, of an embedding
    sounds : int, how many it heard
    """

    id: int
    name: str
    sha256: str
    names: tuple[str, ...]
    thresholds: np.ndarray = field(repr=False, compare=False)
    dimensions: int
    sounds: int = field(compare=False)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The tags, with what is known of them."""
        return official_vocabulary().ordered(self.names)


@dataclass(frozen=True)
class Matrix:
    """A row of numbers for each track.

    Attributes
    ----------
    ids : np.ndarray [shape=(n,), int64], of the tracks, rising
    rows : np.ndarray [shape=(n, d), float32]
    """

    ids: np.ndarray
    rows: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)
