"""Top-K: how many of a song's tags are among its K highest scores, the original system's measure.

Conventions
-----------
``truth`` is float [shape=(songs, tags)], 1 there, 0 absent, NaN unknown (unknown counts as not
there); ``scores`` has the same shape, NaN for a tag that the model does not know. Such a tag is
never among the highest, and is left out of a song's true tags. Equal scores rank in the order of
the tags. Songs without a true tag are left out and counted.

References
----------
The success metric is ``topKMetric`` of the original MagnaTagATune tagger: a song succeeds if at
least a given share of its tags is found among the K highest scores.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

BLOCK = 8192  # songs that are ranked together, so that millions need no more memory


@dataclass(frozen=True)
class TagRow:
    """One tag of the captured and missed table; ``rate`` is captured / (captured + missed)."""

    tag: str
    captured: int
    missed: int
    rate: float


@dataclass(frozen=True)
class TopK:
    """What was found among the K highest scores.

    Attributes
    ----------
    k : int, scores looked at
    share : float in (0, 1], of a song's tags that is a success
    rate : float, share of the songs that succeed; NaN without songs
    songs : int, with at least one true tag
    untagged : int, songs left out because they have none
    captured, missed : np.ndarray [shape=(tags,), int64]
        Songs with the tag in which it was, or was not, among the highest.
    """

    k: int
    share: float
    rate: float
    songs: int
    untagged: int
    captured: np.ndarray
    missed: np.ndarray

    def table(self, tags: tuple[str, ...]) -> list[TagRow]:
        """Tags that any song has, the best captured first; equal ones by number of songs."""
        rows = [
            TagRow(tag, int(found), int(lost), float(found / (found + lost)))
            for tag, found, lost in zip(tags, self.captured, self.missed, strict=True)
            if found + lost
        ]
        return sorted(rows, key=lambda row: (-row.rate, -row.captured - row.missed, row.tag))


class TopKCounter:
    """Counts songs as they come, so that a data set of any size needs no memory.

    Parameters
    ----------
    tags : int > 0, number of tags
    k : int > 0, how many of the highest scores are looked at
    share : float in (0, 1], of a song's tags that must be among them for a success
    """

    def __init__(self, tags: int, k: int, share: float) -> None:
        if k < 1 or not 0 < share <= 1:
            raise ValueError(f"top-K needs k >= 1 and a share in (0, 1], not {k} and {share}")
        self.k, self.share = k, share
        self._songs = self._untagged = self._successes = 0
        self._captured = np.zeros(tags, np.int64)
        self._missed = np.zeros(tags, np.int64)

    def add(self, truth: np.ndarray, scores: np.ndarray) -> None:
        """Count one song or some: truth and scores, both [shape=(tags,) or (songs, tags)]."""
        ranks = rank(np.atleast_2d(scores))
        there = (np.atleast_2d(truth) == 1) & (ranks >= 0)
        found = there & (ranks < self.k)
        tagged = there.any(1)
        self._songs += int(tagged.sum())
        self._untagged += int((~tagged).sum())
        self._successes += int(enough(found.sum(1), there.sum(1), self.share)[tagged].sum())
        self._captured += found.sum(0)
        self._missed += (there & ~found).sum(0)

    def result(self) -> TopK:
        """What was counted so far."""
        rate = self._successes / self._songs if self._songs else float("nan")
        counts = (self._songs, self._untagged, self._captured.copy(), self._missed.copy())
        return TopK(self.k, self.share, float(rate), *counts)


def rank(scores: np.ndarray) -> np.ndarray:
    """Place of each score in its song, 0 the highest, -1 for NaN [shape=(songs, tags), int64]."""
    known = ~np.isnan(scores)
    order = np.argsort(np.where(known, -scores, np.inf), axis=1, kind="stable")
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.arange(scores.shape[1])[None], axis=1)
    return np.where(known, places, -1)


def highest(scores: np.ndarray, k: int) -> np.ndarray:
    """Which scores are among the `k` highest of their song: 1 yes, 0 no, NaN for an unknown score.

    Returns
    -------
    np.ndarray [shape=(songs, tags), float32]
    """
    among = np.empty(scores.shape, np.float32)
    for part in _blocks(len(scores)):
        places = rank(scores[part])
        among[part] = np.where(places < 0, np.nan, places < k)
    return among


def _blocks(songs: int) -> Iterator[slice]:
    return (slice(first, first + BLOCK) for first in range(0, songs, BLOCK))


def enough(found: np.ndarray, there: np.ndarray, share: float) -> np.ndarray:
    """Whether `found` of `there` tags are at least that share, safe from rounding."""
    return found >= share * there - 1e-9


def top_k(truth: np.ndarray, scores: np.ndarray, k: int, share: float) -> TopK:
    """Success rate, and captured and missed songs of each tag.

    Parameters
    ----------
    truth, scores : np.ndarray [shape=(songs, tags)]
    k : int > 0
    share : float in (0, 1]
    """
    counter = TopKCounter(truth.shape[1], k, share)
    for part in _blocks(len(truth)):
        counter.add(truth[part], scores[part])
    return counter.result()


def success_curve(
    truth: np.ndarray,
    scores: np.ndarray,
    shares: Sequence[float],
    ks: Sequence[int] | None = None,
) -> np.ndarray:
    """Success rate against K for several shares, the original's ``topKROC``.

    Parameters
    ----------
    truth, scores : np.ndarray [shape=(songs, tags)]
    shares : sequence of float in (0, 1]
    ks : sequence of int in [1, tags], or None for all of them

    Returns
    -------
    np.ndarray [shape=(len(shares), len(ks)), float64]
        A column is the rate among the `k` highest scores, without `ks` column ``k - 1``; NaN
        without tagged songs.
    """
    tags = truth.shape[1]
    columns = np.arange(tags) if ks is None else np.asarray(ks) - 1
    if columns.size and (columns.min() < 0 or columns.max() >= tags):
        raise ValueError(f"K must be from 1 to {tags}, the number of tags")
    successes, songs = np.zeros((len(shares), len(columns)), np.int64), 0
    for part in _blocks(len(truth)):
        ranks = rank(scores[part])
        there = (truth[part] == 1) & (ranks >= 0)
        hits = np.zeros(there.shape, np.int32)
        rows, places = np.nonzero(there)
        hits[rows, ranks[rows, places]] = 1
        tagged = there.any(1)
        found = hits.cumsum(1)[tagged][:, columns]
        total = there.sum(1)[tagged][:, None]
        songs += len(total)
        successes += np.stack([enough(found, total, share).sum(0) for share in shares])
    return successes / songs if songs else np.full(successes.shape, np.nan)
