"""What begins and what ends: rows as they are heard in, changes out, each once and without flicker.

The rules are those of :mod:`earmark.tagging.events`, a running median and two bounds, but for one:
nobody can reach back, so a passage begins where its strength reaches the upper bound. The median
needs the rows that follow, so a change is known half a median later.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from earmark.tagging.events import THRESHOLD_SHARE
from earmark.tagging.hop import Row
from earmark.tagging.smoothing import MEDIAN_SECONDS, OFF, ON
from earmark.vocabulary import evaluate

if TYPE_CHECKING:
    from earmark.vocabulary import Expression, Vocabulary


@dataclass(frozen=True)
class Change:
    """Something begins or ends.

    Attributes
    ----------
    begins : bool
    seconds : float
    name : str, a tag or an expression
    score : float, the tag's score or the expression's strength
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
        self._half = int(MEDIAN_SECONDS / hop / 2)
        self._recent: deque[np.ndarray] = deque(maxlen=2 * self._half + 1)
        self._waiting: deque[Row] = deque()
        self._active: dict[int, str] = {}
        self._last: Row | None = None

    @property
    def active(self) -> tuple[str, ...]:
        """What is on."""
        return tuple(self._active.values())

    def feed(self, row: Row) -> list[Change]:
        """The changes that are known now."""
        self._recent.append(self._strengths(row.scores))
        self._waiting.append(row)
        return self._step() if len(self._waiting) > self._half else []

    def end(self) -> list[Change]:
        """The last changes: what is still on ends with the sound."""
        changes = []
        while self._waiting:
            if len(self._recent) > self._half + 1:
                self._recent.popleft()
            changes += self._step()
        if self._last is not None:
            for place in list(self._active):
                changes.append(self._ended(place, self._last, self._last.end))
        self._recent.clear()
        return changes

    def _strengths(self, scores: np.ndarray) -> np.ndarray:
        if self._expressions:
            answers = [evaluate(e, scores[None], self._thresholds) for e in self._expressions]
            return np.array([answer.strength[0] for answer in answers])
        single = scores / (scores + np.maximum(self._thresholds, 1e-6))
        return np.array([single[places].max() for places in self._groups])

    def _step(self) -> list[Change]:
        row = self._last = self._waiting.popleft()
        smooth = np.median(np.stack(self._recent), axis=0)
        changes = [
            self._ended(place, row, row.start)
            for place in list(self._active)
            if smooth[place] < OFF
        ]
        for place in np.argsort(-smooth):
            place = int(place)
            if smooth[place] < ON:
                break
            if place not in self._active:
                changes += self._begun(place, row, smooth)
        return changes

    def _begun(self, place: int, row: Row, smooth: np.ndarray) -> list[Change]:
        """It begins, unless a stronger one contradicts it; weaker ones that do are over."""
        if self._expressions:
            name, score = str(self._expressions[place]), float(smooth[place])
        else:
            best = max(self._groups[place], key=lambda i: row.scores[i])
            name, score = self._vocabulary.names[best], float(row.scores[best])
        against = [
            other
            for other, active in self._active.items()
            if not self._expressions and self._vocabulary.contradicts(name, active)
        ]
        if any(smooth[other] >= smooth[place] for other in against):
            return []
        changes = [self._ended(other, row, row.start) for other in against]
        self._active[place] = name
        return [*changes, Change(True, row.start, name, score)]

    def _ended(self, place: int, row: Row, seconds: float) -> Change:
        name = self._active.pop(place)
        if self._expressions:
            answer = evaluate(self._expressions[place], row.scores[None], self._thresholds)
            return Change(False, seconds, name, float(answer.strength[0]))
        return Change(False, seconds, name, float(row.scores[self._vocabulary.names.index(name)]))
