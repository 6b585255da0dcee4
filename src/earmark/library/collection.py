"""The songs of a library that a folder or a playlist names."""

import os
from pathlib import Path

import numpy as np

from earmark.errors import LibraryError
from earmark.library.m3u8 import read_m3u
from earmark.library.songs import Songs
from earmark.messages import say

LISTS = (".m3u8", ".m3u")


def collection(songs: Songs, source: str | os.PathLike) -> np.ndarray:
    """Rows of the songs below a folder or in an M3U8, rising, each once.

    Parameters
    ----------
    songs : Songs
    source : path

    Raises
    ------
    LibraryError
        The library has heard none of them.
    DataError
        The playlist cannot be read.
    """
    path = Path(source)
    if path.suffix.lower() in LISTS:
        places = [songs.place(file) for file in read_m3u(path)]
        found = sorted({place for place in places if place is not None})
        if found and (missing := places.count(None)):
            say(f"{path}: {missing} of its files are not in the library")
    else:
        folder = os.path.join(os.path.abspath(path), "")
        rows = (songs.row(track.id) for track in songs.catalogue if track.path.startswith(folder))
        found = sorted(row for row in rows if row is not None)
    if not found:
        raise LibraryError(f"{source}: the library has heard none of its songs")
    return np.array(found, np.int64)
