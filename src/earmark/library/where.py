"""Which songs of a library an expression is true of."""

import numpy as np

from earmark.library.search import Search
from earmark.library.songs import Songs


def where(songs: Songs, text: str) -> np.ndarray:
    """Songs that `text` is true of.

    Parameters
    ----------
    songs : Songs
    text : str, as ``violin and slow and not group:3``; docs/expressions.md has the grammar

    Returns
    -------
    np.ndarray [shape=(songs,), bool]

    Raises
    ------
    ExpressionError
        The expression makes no sense.
    LibraryError
        A group is not kept.
    """
    found = Search(songs.catalogue)(text, songs.hearing.name)
    return np.isin(songs.ids, found.ids)
