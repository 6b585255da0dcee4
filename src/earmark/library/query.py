"""A sound that may be outside the library, heard as the library was heard."""

import os
from dataclasses import dataclass

import numpy as np

from earmark.errors import LibraryError, UnknownModelError
from earmark.library.songs import Songs


@dataclass(frozen=True)
class Query:
    """A song that others are held against.

    Attributes
    ----------
    vector : np.ndarray [shape=(d,), float32], of length 1
    seconds : float, how long it is
    place : int or None, its row if the library has it
    """

    vector: np.ndarray
    seconds: float
    place: int | None = None


def listen(songs: Songs, path: str | os.PathLike, model: str | os.PathLike | None = None) -> Query:
    """A file of the library by what was heard, or any other by listening to it now.

    Parameters
    ----------
    songs : Songs
    path : path
    model : str, path or None
        The model that heard the library, where its name alone does not lead to it.

    Raises
    ------
    LibraryError
        The model is not there, or is not the one that heard the library.
    SoundError
        The file cannot be heard.
    """
    place = songs.place(path)
    if place is not None:
        return Query(songs.vectors[place], float(songs.recordings.seconds[place]), place)
    from earmark.tagging import Tagger

    heard = songs.hearing
    try:
        tagger = Tagger(heard.name if model is None else model)
    except UnknownModelError as error:
        raise LibraryError(
            f"{path}: to hear it as the library was, say -m FOLDER: {error}"
        ) from error
    if not tagger.card.is_of(heard.sha256):
        raise LibraryError(
            f"{path}: the library was heard by another version of {heard.name!r}; scan it again"
        )
    tagging = tagger(os.fspath(path))
    return Query(songs.space(tagging.embedding), tagging.seconds)
