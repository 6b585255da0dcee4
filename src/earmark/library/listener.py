"""What a worker process does with a file: its digest, its own words, and hearing it if need be."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from earmark.errors import EarmarkError
from earmark.library.catalogue import Catalogue
from earmark.library.own_words import Words, own_words
from earmark.sound.payload import payload_digest
from earmark.tagging import Tagger


@dataclass(frozen=True)
class Item:
    """A file to listen to.

    Attributes
    ----------
    path : str, absolute
    size, mtime_ns : int, as they were when it was found
    track : int or None, id of its row in the library, if it has one
    heard : bool, whether the model had heard what the file held before
    """

    path: str
    size: int
    mtime_ns: int
    track: int | None
    heard: bool = False

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True)
class Found:
    """What was found out about a file.

    Attributes
    ----------
    digest : bytes, of the sound
    words : Words, the file's own
    seconds : float
    warning : str or None, without the file's name
    scores, embedding : np.ndarray or None
        None where the library has them already.
    """

    digest: bytes
    words: Words
    seconds: float = 0.0
    warning: str | None = None
    scores: np.ndarray | None = None
    embedding: np.ndarray | None = None


def make_listener(library: Path, model: Path, known: tuple[int, ...]) -> "Listener":
    """What work_in_processes wants: see :class:`Listener`."""
    return Listener(library, partial(Tagger, model), known)


class Listener:
    """Finds out about files; decodes only what none of the known models has heard.

    Parameters
    ----------
    library : Path
    make_tagger : callable, makes the tagger when it is first needed
    known : tuple of int, ids of models of the library whose hearing is good enough
    """

    def __init__(
        self, library: Path, make_tagger: Callable[[], Tagger], known: tuple[int, ...]
    ) -> None:
        self._catalogue, self._known = Catalogue(library), known
        self._make_tagger, self._tagger = make_tagger, None

    def close(self) -> None:
        """Close the library."""
        self._catalogue.close()

    def __call__(self, item: Item) -> Found:
        """Digest, words and, unless the library has them, scores of a file.

        Raises
        ------
        EarmarkError
            The file cannot be read or decoded.
        """
        digest, words = payload_digest(item.path), own_words(item.path)
        if self._catalogue.is_heard(digest, self._known):
            return Found(digest, words)
        if self._tagger is None:
            self._tagger = self._make_tagger()
        tagging = self._tagger(item.path)
        warning = reason(tagging.warning, item.path) if tagging.warning else None
        return Found(digest, words, tagging.seconds, warning, tagging.scores, tagging.embedding)


def reason(sentence: str | EarmarkError, path: str | os.PathLike) -> str:
    """A sentence about a file without the name of the file."""
    return str(sentence).removeprefix(f"{os.fspath(path)}: ")
