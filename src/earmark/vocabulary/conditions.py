"""Conditions that a rule may be made of, and how clearly each parts some songs.

A condition compares a tag's score with a number. Which songs it holds for is seldom told by one
number alone: any number between the last song on one side and the first on the other says the same
of the songs that are there; the middle of that gap, in log-odds, is likeliest to hold for the next.
"""

from dataclasses import dataclass

import numpy as np

from earmark.errors import GenreMapError
from earmark.vocabulary.vocabulary import Vocabulary

CUTS = 9  # numbers that a score is compared with, at quantiles of the shelf's songs; and its ends
ROUNDING = 0.05  # the most by which two digits differ from a score
CLEAR = 0.25  # between the scores on both sides of a number: nobody can take one for the other
LEAST_SCORE = 1e-4


@dataclass(frozen=True)
class Condition:
    """A tag's score above, or below, a number."""

    place: int
    above: bool
    number: float

    def text(self, vocabulary: Vocabulary) -> str:
        """The condition in the language of expressions."""
        name = vocabulary.names[self.place]
        sign = ">" if self.above else "<"
        return f'"{name}" {sign} {self.number:g}'

    def __call__(self, scores: np.ndarray) -> np.ndarray:
        """For which songs it holds [shape=(songs,), bool]."""
        scores = scores[:, self.place]
        truth: np.ndarray = scores > self.number if self.above else scores < self.number
        return truth


@dataclass(frozen=True)
class Candidates:
    """Conditions worth trying.

    Attributes
    ----------
    scores : np.ndarray [shape=(songs, tags), float32, in [0, 1]]
    conditions : list of Condition
    holds : np.ndarray [shape=(conditions, songs), bool], for which songs each holds
    """

    scores: np.ndarray
    conditions: list[Condition]
    holds: np.ndarray

    def clearness(self, row: int, some: np.ndarray) -> float:
        """The gap in which a condition's number lies, 1 for :data:`CLEAR` and more.

        Parameters
        ----------
        row : int, of a condition
        some : np.ndarray [shape=(songs,), bool], the songs that it has to part
        """
        low, high = self._gap(row, some)
        return float(np.clip((high - low) / CLEAR, 0, 1))

    def centred(self, row: int, some: np.ndarray) -> tuple[Condition, np.ndarray]:
        """A condition with its number in the middle of the gap, and for which songs it holds.

        It is as it was where that would part `some` otherwise, as rounding may.
        """
        condition, holds = self.conditions[row], self.holds[row]
        low, high = self._gap(row, some)
        if high > low:
            ends = np.clip([low, high], LEAST_SCORE, 1 - LEAST_SCORE)
            odds = float(np.log(ends / (1 - ends)).mean())
            middle = float(f"{1 / (1 + np.exp(-odds)):.2g}")
            moved = Condition(condition.place, condition.above, middle)
            truth = moved(self.scores)
            if 0 < middle < 1 and not (truth != holds)[some].any():
                return moved, truth
        return condition, holds

    def _gap(self, row: int, some: np.ndarray) -> tuple[float, float]:
        """Scores of the nearest songs on either side; twice 0 where there are none on one."""
        condition = self.conditions[row]
        scores, holds = self.scores[some, condition.place], self.holds[row][some]
        if holds.all() or not holds.any():
            return 0.0, 0.0
        above = holds if condition.above else ~holds
        return float(scores[~above].max()), float(scores[above].min())


def candidates(scores: np.ndarray, inside: np.ndarray) -> Candidates:
    """Conditions that hold for some songs and not for others.

    Parameters
    ----------
    scores : np.ndarray [shape=(songs, tags), float32, in [0, 1]]
    inside : np.ndarray [shape=(songs,), bool], the shelf's songs, whose scores give the numbers

    Raises
    ------
    GenreMapError
        There are none.
    """
    own = scores[inside]
    ends = own.min(0) * (1 - ROUNDING), own.max(0) * (1 + ROUNDING)
    cuts = np.vstack([np.quantile(own, np.linspace(0.05, 0.95, CUTS), axis=0), *ends])
    conditions, holds = [], []
    for place in range(scores.shape[1]):
        for number in {float(f"{cut:.2g}") for cut in cuts[:, place]}:
            for above in (True, False):
                condition = Condition(place, above, number)
                truth = condition(scores)
                if 0 < truth.sum() < len(truth) and 0 < number < 1:
                    conditions.append(condition)
                    holds.append(truth)
    if not conditions:
        raise GenreMapError("all songs have the same scores, so nothing can be learned")
    order = sorted(range(len(conditions)), key=lambda i: (not conditions[i].above, i))
    return Candidates(scores, [conditions[i] for i in order], np.stack([holds[i] for i in order]))
