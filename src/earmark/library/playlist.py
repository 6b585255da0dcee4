"""A playlist from one song of the library to another, in small steps."""

import os
from pathlib import Path

import numpy as np

from earmark.errors import LibraryError
from earmark.library.path import way
from earmark.library.songs import Songs
from earmark.library.where import where


def playlist(
    songs: Songs,
    start: str | os.PathLike,
    end: str | os.PathLike,
    length: int = 20,
    *,
    among: str | None = None,
) -> np.ndarray:
    """Songs that lead from one to another.

    No recording comes twice, and at most two songs are of one artist: the file's own word, or else
    its folder, unless both ends lie in that folder and name no artist, so that it is no artist's.

    Parameters
    ----------
    songs : Songs
    start, end : path, of files of the library
    length : int > 1, songs with both ends
    among : str or None, an expression that must be true of the songs between

    Returns
    -------
    np.ndarray [shape=(at most length,), int64], rows of `songs`

    Raises
    ------
    LibraryError
        The library has not heard one of the two, or they are one recording.
    ExpressionError
        `among` makes no sense.
    """
    first, last = songs.needed(start), songs.needed(end)
    if first == last or songs.recordings.same(first, np.array([last]))[0]:
        raise LibraryError(f"{end}: the same recording as {start}, so no way leads to it")
    chosen = None if among is None else where(songs, among)
    ends = songs.tracks([first, last])
    homes = {str(Path(one.path).parent) for one in ends}
    flat = len(homes) == 1 and not any(one.artist for one in ends)
    everybody = homes.pop() if flat else None
    return way(
        songs.vectors,
        first,
        last,
        length,
        artist=lambda place: "" if (name := songs.artist(place)) == everybody else name,
        recordings=songs.recordings,
        among=chosen,
    )
