"""Tags that a model shows, not only how it ranks them: precision, recall, F1, contradictions.

What reaches its threshold is measured tag by tag (:func:`agreement`), what people see of it (one
tag of a group of synonyms, no contradictions) as a whole (:func:`seen`).

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

from earmark.tagging.display import displayed
from earmark.vocabulary import Vocabulary


@dataclass(frozen=True)
class Agreement:
    """How often what is shown is there, tag by tag.

    Attributes
    ----------
    hits : np.ndarray [shape=(tags,), int64], songs in which a tag is shown and there
    wrong : np.ndarray [same], shown and absent
    missed : np.ndarray [same], there and not shown
    absent : np.ndarray [same], absent, shown or not
    """

    hits: np.ndarray
    wrong: np.ndarray
    missed: np.ndarray
    absent: np.ndarray

    @property
    def precision(self) -> np.ndarray:
        """Share of a tag's showings that are right [shape=(tags,)].

        NaN if it is never shown, or not known to be absent from any song: it could not be wrong.
        """
        return np.where(self.absent > 0, _share(self.hits, self.hits + self.wrong), np.nan)

    @property
    def recall(self) -> np.ndarray:
        """Share of a tag's songs in which it is shown [shape=(tags,)]; NaN if it has none."""
        return _share(self.hits, self.hits + self.missed)

    @property
    def f1(self) -> np.ndarray:
        """F1 of each tag [shape=(tags,)]; NaN if it is neither shown nor there, or never absent."""
        found = _share(2 * self.hits, 2 * self.hits + self.wrong + self.missed)
        return np.where(self.absent > 0, found, np.nan)

    def pooled(self) -> "Agreement":
        """All tags that could be wrong as one: the *micro* averages."""
        counts = (self.hits, self.wrong, self.missed, self.absent)
        return Agreement(*(np.array([own[self.absent > 0].sum()]) for own in counts))


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


@dataclass(frozen=True)
class Seen:
    """What people see of some songs.

    Attributes
    ----------
    songs, tags : int, songs, and tags that are seen at them
    right, wrong : int, of these tags; of the rest nobody knows
    """

    songs: int
    tags: int
    right: int
    wrong: int

    @property
    def precision(self) -> float:
        """Share of what is seen that is right; NaN where nobody knows."""
        known = self.right + self.wrong
        return self.right / known if known else float("nan")


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
    return Agreement(
        (there & yes).sum(0),
        (absent & yes).sum(0),
        (there & no).sum(0),
        (absent & (yes | no)).sum(0),
    )


def seen(
    truth: np.ndarray, scores: np.ndarray, thresholds: np.ndarray | float, vocabulary: Vocabulary
) -> Seen:
    """Count what people see (:func:`earmark.tagging.display.displayed`).

    A tag is right where it or a synonym is there, and wrong where it is absent; of a group that is
    not known to be absent from any song nothing counts, for it could not be wrong.

    Parameters
    ----------
    truth, scores : np.ndarray [shape=(songs, tags)], see the conventions above
    thresholds : np.ndarray [shape=(tags,)] or float
    vocabulary : Vocabulary, of the columns
    """
    limits = np.broadcast_to(np.asarray(thresholds, np.float32), truth.shape[1:])
    groups = np.array([tag.group for tag in vocabulary.tags])
    there = np.zeros(truth.shape, bool)
    countable = np.zeros(len(groups), bool)
    for group in set(groups):
        own = groups == group
        there[:, own] = (truth[:, own] == 1).any(1)[:, None]
        countable[own] = ((truth[:, own] == 0).any(1) & ~there[:, own].any(1)).any()
    tags = right = wrong = 0
    for labels, has, song in zip(truth, there, scores, strict=True):
        shown = displayed(song, limits, vocabulary)
        tags += len(shown)
        for i in shown:
            right += bool(countable[i] and has[i])
            wrong += bool(countable[i] and not has[i] and labels[i] == 0)
    return Seen(len(truth), tags, right, wrong)


def contradictions(shown: np.ndarray, vocabulary: Vocabulary) -> tuple[list[Contradiction], int]:
    """Pairs of opposites that reach their thresholds together, as 'vocals' and 'no vocals'.

    People see only one of the two.

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
    shares: np.ndarray = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return shares
