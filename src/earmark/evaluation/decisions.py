"""Tags that a model shows, not only how it ranks them: precision, recall, F1, contradictions.

Conventions
-----------
A decision is float [shape=(songs, tags)]: 1 shown, 0 not shown, NaN where the model does not know
the tag. ``truth`` is 1 there, 0 absent, NaN unknown. Cells in which either is NaN are left out.
Shown means: the score reaches its tag's threshold, or is among the K highest of its song
(:func:`earmark.evaluation.topk.highest`).

References
----------
van Rijsbergen 1979, *Information Retrieval*: precision, recall, and F1, their harmonic mean.
"""

from dataclasses import dataclass

import numpy as np

from earmark.vocabulary import Vocabulary


@dataclass(frozen=True)
class Agreement:
    """How often what is shown is there, tag by tag.

    Attributes
    ----------
    hits : np.ndarray [shape=(tags,), int64], songs in which a tag is shown and there
    wrong : np.ndarray [same], shown and absent
    missed : np.ndarray [same], there and not shown
    """

    hits: np.ndarray
    wrong: np.ndarray
    missed: np.ndarray

    @property
    def precision(self) -> np.ndarray:
        """Share of a tag's showings that are right [shape=(tags,)]; NaN if it is never shown."""
        return _share(self.hits, self.hits + self.wrong)

    @property
    def recall(self) -> np.ndarray:
        """Share of a tag's songs in which it is shown [shape=(tags,)]; NaN if it has none."""
        return _share(self.hits, self.hits + self.missed)

    @property
    def f1(self) -> np.ndarray:
        """F1 of each tag [shape=(tags,)]; NaN for a tag that is neither shown nor there."""
        return _share(2 * self.hits, 2 * self.hits + self.wrong + self.missed)

    def pooled(self) -> "Agreement":
        """All tags as one: the *micro* averages."""
        return Agreement(
            *(np.array([counts.sum()]) for counts in (self.hits, self.wrong, self.missed))
        )


@dataclass(frozen=True)
class Contradiction:
    """Two groups of tags that nobody would say of the same music.

    Attributes
    ----------
    first, second : str, names of the groups
    songs : int, in which a tag of both is shown
    """

    first: str
    second: str
    songs: int


def over_thresholds(scores: np.ndarray, thresholds: np.ndarray | float) -> np.ndarray:
    """Decisions: a tag is shown where its score reaches its threshold.

    Parameters
    ----------
    scores : np.ndarray [shape=(songs, tags)], NaN for a tag that the model does not know
    thresholds : np.ndarray [shape=(tags,)] or float

    Returns
    -------
    np.ndarray [shape=(songs, tags), float32]
    """
    return np.where(np.isnan(scores), np.nan, scores >= thresholds).astype(np.float32)


def agreement(truth: np.ndarray, shown: np.ndarray) -> Agreement:
    """Count, for each tag, where truth and decisions agree.

    Parameters
    ----------
    truth, shown : np.ndarray [shape=(songs, tags)], see the conventions above
    """
    there, absent, yes, no = truth == 1, truth == 0, shown == 1, shown == 0
    return Agreement((there & yes).sum(0), (absent & yes).sum(0), (there & no).sum(0))


def contradictions(shown: np.ndarray, vocabulary: Vocabulary) -> tuple[list[Contradiction], int]:
    """Pairs of opposites that show together, as 'vocals' and 'no vocals'.

    Parameters
    ----------
    shown : np.ndarray [shape=(songs, tags)]
    vocabulary : Vocabulary, of the columns

    Returns
    -------
    pairs : list of Contradiction, the most common first; those that never happen are left out
    songs : int, with at least one
    """
    columns = {
        group: np.any(
            [shown[:, i] == 1 for i, tag in enumerate(vocabulary.tags) if tag.group == group], 0
        )
        for group in sorted({group for pair in vocabulary.opposites for group in pair})
    }
    found, any_pair = [], np.zeros(len(shown), bool)
    for first, second in sorted(sorted(pair) for pair in vocabulary.opposites):
        both = columns[first] & columns[second]
        any_pair |= both
        if both.any():
            found.append(Contradiction(first, second, int(both.sum())))
    return sorted(found, key=lambda pair: -pair.songs), int(any_pair.sum())


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
