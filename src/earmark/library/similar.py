"""The nearest songs to a song: exact, best first, and no recording twice.

Vectors in, places and similarities out. Every song is looked at: one product of the matrix with the
query, which at a million songs is as fast as memory can be read. Similarity is the cosine in the
space of :mod:`earmark.library.space`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from earmark.library.recording import Recordings

FIRST = 4  # times as many candidates as wanted at first; more where recordings repeat


@dataclass(frozen=True)
class Neighbours:
    """Songs near a query, the nearest first.

    Attributes
    ----------
    places : np.ndarray [shape=(n,), int64], rows of the matrix
    similarities : np.ndarray [shape=(n,), float32, in [-1, 1]], cosines
    """

    places: np.ndarray
    similarities: np.ndarray

    def __len__(self) -> int:
        return len(self.places)


def nearest(
    vectors: np.ndarray,
    query: np.ndarray,
    n: int,
    *,
    recordings: Recordings | None = None,
    seconds: float | None = None,
    leave_out: Iterable[int] = (),
    among: np.ndarray | None = None,
) -> Neighbours:
    """The `n` songs with the largest cosine to a query.

    Parameters
    ----------
    vectors : np.ndarray [shape=(songs, d), float32], each of length 1
    query : np.ndarray [shape=(d,), float32], of length 1
    n : int > 0
    recordings : Recordings or None
        What tells two files of one recording. With it, a recording is there once, by its nearest
        file, and those of `leave_out` are not there at all.
    seconds : float or None
        How long the query is, so that `recordings` can tell other files of its recording too.
    leave_out : iterable of int
        Rows that are not an answer, as that of the query.
    among : np.ndarray [shape=(songs,), bool] or None
        Rows that may be answers; None for all.

    Returns
    -------
    Neighbours
        Fewer than `n` where there are no more. Of two equally near songs the earlier comes first.

    Examples
    --------
    >>> songs = np.eye(3, dtype=np.float32)
    >>> nearest(songs, songs[1], 2, leave_out=[1]).places.tolist()
    [0, 2]
    """
    similarities = vectors @ query.astype(np.float32)
    out = np.fromiter(leave_out, np.int64)
    similarities[out] = -np.inf
    if recordings is not None and seconds is not None:
        similarities[recordings.copies(similarities, seconds)] = -np.inf
    if among is not None:
        similarities[~among] = -np.inf
    possible = int(np.isfinite(similarities).sum())
    wanted = min(n if recordings is None else FIRST * n, possible)
    while True:
        order = highest(similarities, wanted)
        chosen = order if recordings is None else recordings.distinct(order, n, out)
        if len(chosen) >= n or wanted >= possible:
            chosen = chosen[:n]
            return Neighbours(chosen, similarities[chosen])
        wanted = min(FIRST * wanted, possible)


def highest(values: np.ndarray, n: int) -> np.ndarray:
    """Places of the `n` highest values, the highest first, of equal ones the earlier first."""
    if n <= 0:
        return np.zeros(0, np.int64)
    if n >= len(values):
        places = np.arange(len(values))
    else:
        # All that reach the last one's value, so that among equals it is not chance that decides.
        least = -np.partition(-values, n - 1)[n - 1]
        places = np.flatnonzero(values >= least)
    return places[np.lexsort((places, -values[places]))][:n]
