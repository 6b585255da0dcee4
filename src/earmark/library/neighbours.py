"""Songs of a library that sound like a song, in it or not."""

import os

from earmark.library.query import listen
from earmark.library.similar import Neighbours, nearest
from earmark.library.songs import Songs
from earmark.library.where import where


def similar(
    songs: Songs,
    path: str | os.PathLike,
    n: int = 10,
    *,
    among: str | None = None,
    model: str | os.PathLike | None = None,
) -> Neighbours:
    """The songs most like a file, the nearest first, each recording once and not the file's own.

    Parameters
    ----------
    songs : Songs
    path : path
        A file of the library, or any other, which is then heard.
    n : int > 0
    among : str or None, an expression that must be true of the answers
    model : str, path or None
        To hear a file outside the library, where the name of the library's model is not enough.

    Returns
    -------
    Neighbours
        ``places`` are rows of `songs`.

    Raises
    ------
    SoundError, LibraryError
        The file cannot be heard, or not as the library was.
    ExpressionError
        `among` makes no sense.
    """
    chosen = None if among is None else where(songs, among)
    query = listen(songs, path, model)
    return nearest(
        songs.vectors,
        query.vector,
        n,
        recordings=songs.recordings,
        seconds=query.seconds,
        leave_out=[] if query.place is None else [query.place],
        among=chosen,
    )
