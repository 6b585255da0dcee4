"""What sets a collection apart: tags it has more of than the rest, and what else would fit it.

The share of a collection's songs with a tag is compared with that of the others. Intervals come
from drawing the artists of both again (:mod:`earmark.evaluation.bootstrap`), since songs of one
artist are alike; what is told are tags whose interval leaves out no difference at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from earmark.evaluation.bootstrap import draw_weights
from earmark.library.recording import Recordings
from earmark.library.similar import highest
from earmark.vocabulary import Vocabulary

DRAWS = 400
NEAREST = 3  # songs of the collection that a recommendation is held against
OF_AN_ARTIST = 2
LOOKED_AT = 50  # times as many candidates as wanted
MOST = 20_000  # songs of the rest that are drawn from; more tell no more


@dataclass(frozen=True)
class Difference:
    """A tag that a collection has more or less of.

    Attributes
    ----------
    tag : str
    share, elsewhere : float in [0, 1], of songs over the tag's threshold
    low, high : float, 95 % interval of ``share - elsewhere``
    """

    tag: str
    share: float
    elsewhere: float
    low: float
    high: float

    @property
    def more(self) -> float:
        """How much larger the share is than elsewhere; negative where it is smaller."""
        return self.share - self.elsewhere

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


def differences(
    there: np.ndarray,
    chosen: np.ndarray,
    others: np.ndarray,
    artists: Sequence[str],
    vocabulary: Vocabulary,
    seed: int = 0,
) -> list[Difference]:
    """Tags in the order of how much more of them a collection has, the most first.

    Parameters
    ----------
    there : np.ndarray [shape=(songs, tags), bool], which tags each song has
    chosen, others : np.ndarray [int], rows of the collection, and of what it is held against
    artists : sequence of str, one a song of `chosen` and then of `others`
    vocabulary : Vocabulary, names of the tags
    seed : int, of the draws
    """
    names = np.asarray(artists)
    here = _drawn_shares(there[chosen], names[: len(chosen)], seed)
    elsewhere = _drawn_shares(there[others], names[len(chosen) :], seed + 1)
    low, high = np.percentile(here - elsewhere, [2.5, 97.5], axis=0)
    share, rest = there[chosen].mean(0), there[others].mean(0)
    order = np.argsort(-(share - rest), kind="stable")
    return [
        Difference(
            vocabulary.names[i], float(share[i]), float(rest[i]), float(low[i]), float(high[i])
        )
        for i in order
    ]


def recommended(
    vectors: np.ndarray,
    chosen: np.ndarray,
    n: int,
    recordings: Recordings,
    artist,
    among: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Songs that fit a collection and are not in it.

    Parameters
    ----------
    vectors : np.ndarray [shape=(songs, d), float32], each of length 1
    chosen : np.ndarray [int], rows of the collection
    n : int > 0
    recordings : Recordings, so that no recording comes twice nor one that is in the collection
    artist : callable, row -> name; at most two songs of one are taken
    among : np.ndarray [shape=(songs,), bool] or None, rows that may be taken

    Returns
    -------
    places : np.ndarray [shape=(at most n,), int64], best first
    fits : np.ndarray [same, float32], mean cosine with the three nearest songs of the collection
    """
    own, nearest = vectors[chosen], min(NEAREST, len(chosen))
    fits = np.empty(len(vectors), np.float32)
    block = max(1, 2**24 // len(chosen))
    for start in range(0, len(vectors), block):
        cosines = vectors[start : start + block] @ own.T
        fits[start : start + block] = np.partition(cosines, -nearest, axis=1)[:, -nearest:].mean(1)
    fits[chosen] = -np.inf
    if among is not None:
        fits[~among] = -np.inf
    possible = int(np.isfinite(fits).sum())
    taken: list[int] = []
    counts: dict[str, int] = {}
    for song in highest(fits, min(LOOKED_AT * n, possible)).tolist():
        if len(taken) == n:
            break
        name = artist(song)
        if name and counts.get(name, 0) >= OF_AN_ARTIST:
            continue
        if recordings.same(song, np.concatenate([chosen, np.array(taken, np.int64)])).any():
            continue
        counts[name] = counts.get(name, 0) + 1
        taken.append(song)
    places = np.array(taken, np.int64)
    return places, fits[places]


def _drawn_shares(there: np.ndarray, artists: np.ndarray, seed: int) -> np.ndarray:
    """Share of songs with each tag in every draw of the artists [shape=(draws, tags)]."""
    if len(there) > MOST:
        drawn = np.random.default_rng(seed).permutation(len(there))[:MOST]
        there, artists = there[drawn], artists[drawn]
    weights = draw_weights(artists, DRAWS, seed).astype(np.float32)
    sums = weights.sum(1, keepdims=True)
    return weights @ there.astype(np.float32) / np.maximum(sums, 1)
