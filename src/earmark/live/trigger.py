"""What begins and what ends: rows as they are heard in, changes out, each once and without flicker.

The passages are those of :mod:`earmark.tagging.events`, of the likeliest course of on and off. Each
change is told as soon as no later row can take it back: with d, by how much on is ahead of off, and
the cost C of a change, that is where d leaves [-C, C]. The change itself lies where d left the
other bound, which is earlier.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from earmark.tagging.events import THRESHOLD_SHARE
from earmark.tagging.hop import Row
from earmark.tagging.smoothing import CHANGE_COST, EVIDENCE_SECONDS, ON, log_odds
from earmark.vocabulary import evaluate

if TYPE_CHECKING:
    from earmark.vocabulary import Expression, Vocabulary


@dataclass(frozen=True)
class Change:
    """Something begins or ends.

    Attributes
    ----------
    begins : bool
    seconds : float, when it did; it is known a little later
    name : str, a tag or an expression
    score : float, the tag's score or the expression's strength when it is known
    """

    begins: bool
    seconds: float
    name: str
    score: float


class Trigger:
    """Follows all tags, one a synonym group, or some expressions instead.

    Parameters
    ----------
    vocabulary : Vocabulary
    thresholds : np.ndarray [shape=(tags,)], of a song
    hop : float, in seconds
    expressions : sequence of Expression, empty for all tags
    """

    def __init__(
        self,
        vocabulary: "Vocabulary",
        thresholds: np.ndarray,
        hop: float,
        expressions: "Sequence[Expression]" = (),
    ) -> None:
        self._vocabulary = vocabulary
        self._thresholds = thresholds * np.float32(THRESHOLD_SHARE)
        self._expressions = list(expressions)
        groups: dict[str, list[int]] = {}
        for place, name in enumerate(vocabulary.names):
            groups.setdefault(vocabulary.group(name), []).append(place)
        self._groups = list(groups.values())
        self._weight = hop / EVIDENCE_SECONDS
        self._active: dict[int, str] = {}
        self._forget()

    def _forget(self) -> None:
        count = len(self._expressions or self._groups)
        self._ahead = np.zeros(count)
        self._may_begin = np.full(count, -np.inf)  # where an open passage would begin, or end
        self._may_end = np.full(count, -np.inf)
        self._last: Row | None = None

    @property
    def active(self) -> tuple[str, ...]:
        """What is on."""
        return tuple(self._active.values())

    def feed(self, row: Row) -> list[Change]:
        """The changes that are certain now."""
        if self._last is None:
            self._may_begin[:] = self._may_end[:] = row.start
        strengths = self._strengths(row.scores)
        gain = self._weight * (log_odds(strengths) - log_odds(np.float64(ON)))
        self._ahead = np.clip(self._ahead, -CHANGE_COST, CHANGE_COST) + gain
        self._last = row
        certain_on, certain_off = self._ahead > CHANGE_COST, self._ahead < -CHANGE_COST
        changes = self._changes(certain_on, certain_off, strengths, row)
        self._may_begin[certain_off] = row.end
        self._may_end[certain_on] = row.end
        return changes

    def end(self) -> list[Change]:
        """The last changes: what is still on ends with the sound."""
        row = self._last
        if row is None:
            return []
        on = self._ahead > 0
        changes = self._changes(on, ~on, self._strengths(row.scores), row)
        changes += [self._ended(place, row, row.end) for place in list(self._active)]
        self._forget()
        return changes

    def _strengths(self, scores: np.ndarray) -> np.ndarray:
        if self._expressions:
            answers = [evaluate(e, scores[None], self._thresholds) for e in self._expressions]
            return np.array([answer.strength[0] for answer in answers])
        single = scores / (scores + np.maximum(self._thresholds, 1e-6))
        return np.array([single[places].max() for places in self._groups])

    def _changes(
        self, on: np.ndarray, off: np.ndarray, strengths: np.ndarray, row: Row
    ) -> list[Change]:
        changes = [
            self._ended(place, row, float(self._may_end[place]))
            for place in list(self._active)
            if off[place]
        ]
        for place in np.flatnonzero(on)[np.argsort(-strengths[on])]:
            if int(place) not in self._active:
                changes += self._begun(int(place), row, strengths)
        return changes

    def _begun(self, place: int, row: Row, strengths: np.ndarray) -> list[Change]:
        """It begins, unless a stronger one contradicts it; weaker ones that do are over."""
        if self._expressions:
            name, score = str(self._expressions[place]), float(strengths[place])
        else:
            best = max(self._groups[place], key=lambda i: row.scores[i])
            name, score = self._vocabulary.names[best], float(row.scores[best])
        against = [
            other
            for other, active in self._active.items()
            if not self._expressions and self._vocabulary.contradicts(name, active)
        ]
        if any(strengths[other] >= strengths[place] for other in against):
            return []
        changes = [self._ended(other, row, row.start) for other in against]
        self._active[place] = name
        return [*changes, Change(True, float(self._may_begin[place]), name, score)]

    def _ended(self, place: int, row: Row, seconds: float) -> Change:
        name = self._active.pop(place)
        if self._expressions:
            answer = evaluate(self._expressions[place], row.scores[None], self._thresholds)
            return Change(False, seconds, name, float(answer.strength[0]))
        return Change(False, seconds, name, float(row.scores[self._vocabulary.names.index(name)]))
