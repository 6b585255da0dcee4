"""What was heard: the scores of a sound, over time and as a whole, and which of them to show."""

import os
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from earmark.tagging.display import displayed
from earmark.vocabulary import Vocabulary

if TYPE_CHECKING:
    from earmark.tagging.events import Event
    from earmark.vocabulary import Expression
    from earmark.vocabulary.genres import GenreMap

DIGITS = 4  # of a score in to_dict()
UNSURE = 0.5  # share of its threshold from which a tag may still be right
NAMED = 8  # tags in a repr


def _alike(first: Any, second: Any) -> bool:
    """Whether two of the same dataclass agree in all fields, arrays among them."""
    for part in fields(first):
        a, b = getattr(first, part.name), getattr(second, part.name)
        if not (np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b):
            return False
    return True


@dataclass(frozen=True, eq=False)
class Timeline:
    """Calibrated scores of each window, one row a window, without gaps.

    Attributes
    ----------
    starts, ends : np.ndarray [shape=(windows,), float64], seconds
    scores : np.ndarray [shape=(windows, tags), float32, in [0, 1]]
        About .9 MB an hour with 3 s windows and 188 tags, 5.4 MB at a hop of .5 s.
    """

    starts: np.ndarray
    ends: np.ndarray
    scores: np.ndarray

    def __len__(self) -> int:
        return len(self.starts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Timeline) and _alike(self, other)

    def __hash__(self) -> int:
        return hash((tuple(self.ends.tolist()), self.scores.shape))


@dataclass(frozen=True, eq=False, repr=False)
class Tagging:
    """Everything that a model says of one sound.

    Two of them are equal where all is equal, to the last digit. In a notebook it is a picture of
    when its tags are heard.

    Attributes
    ----------
    vocabulary : Vocabulary, the model's tags in the order of the scores
    thresholds : np.ndarray [shape=(tags,), float32], score from which a tag is shown
    scores : np.ndarray [shape=(tags,), float32, in [0, 1]]
        Calibrated: the chance that a MagnaTagATune listener would use the tag.
    timeline : Timeline
    embedding : np.ndarray [shape=(d,), float32], mean over the windows
    model : str, name of the model
    seconds : float, duration of the sound
    warning : str or None, one sentence where the tags come with a reservation
    """

    vocabulary: Vocabulary
    thresholds: np.ndarray
    scores: np.ndarray
    timeline: Timeline
    embedding: np.ndarray
    model: str
    seconds: float
    warning: str | None = None

    def __repr__(self) -> str:
        heard = [f"{name} {score:.2f}" for name, score in self.tags().items()]
        words = ", ".join(heard[:NAMED]) + (", ..." if len(heard) > NAMED else "")
        warned = ", with a warning" if self.warning else ""
        return f"<Tagging by {self.model}, {self.seconds:.1f} s: {words or 'no tag'}{warned}>"

    def _repr_html_(self) -> str:
        from earmark.tagging.notebook import as_html

        return as_html(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tagging) and _alike(self, other)

    def __hash__(self) -> int:
        return hash((self.model, self.seconds, tuple(self.scores.tolist())))

    def top(self, k: int) -> dict[str, float]:
        """The `k` highest scores, best first, without thresholds or groups."""
        return self._top(self.scores, k)

    def tags(self, *, min_score: float | None = None) -> dict[str, float]:
        """The tags to show a person, best first.

        Those over their threshold, only the highest of each synonym group, and of two that
        contradict each other only the one that is further over its threshold.

        Parameters
        ----------
        min_score : float in [0, 1] or None
            One score for all tags to reach, in place of their thresholds.
        """
        return self._shown(self.scores, self._limits(min_score))

    def unsure(self) -> dict[str, float]:
        """Tags that may be right and are not shown, best first.

        Those at half of their threshold or more, by the rules of :meth:`tags`, without what goes
        with a tag that is shown (a synonym) or against it.
        """
        groups = {self.vocabulary.group(name) for name in self.tags()}
        maybe = self._shown(self.scores, self.thresholds * np.float32(UNSURE))
        return {
            name: score
            for name, score in maybe.items()
            if self.vocabulary.group(name) not in groups
        }

    def genres(
        self, genre_map: "GenreMap | str | os.PathLike[str]" = "discogs"
    ) -> dict[str, float]:
        """Words of a map that fit, best first, with their strengths; none is an answer.

        Parameters
        ----------
        genre_map : GenreMap, name of a shipped map, or path of a map file

        Raises
        ------
        GenreMapError
            No such map, or one that makes no sense.
        """
        from earmark.vocabulary.genres import GenreMap, find_map

        if not isinstance(genre_map, GenreMap):
            genre_map = find_map(genre_map, self.vocabulary)
        return genre_map.ranked(self.scores, self.thresholds)

    def events(
        self,
        expression: "str | Expression",
        *,
        min_length: float = 0.0,
        gap: float = 0.0,
        **bounds: float,
    ) -> "list[Event]":
        """Passages in which an expression over tags holds, as ``vocals or rap``.

        Of a sound tagged with a hop, or they are as coarse as the windows. All options are those
        of :func:`earmark.tagging.events.events_of`.
        """
        from earmark.tagging.events import events_of

        return events_of(self, expression, min_length=min_length, gap=gap, **bounds)

    def to_dict(
        self,
        *,
        top: int | None = None,
        timeline: bool = False,
        min_score: float | None = None,
        unsure: bool = False,
    ) -> dict[str, Any]:
        """Plain data for JSON.

        Parameters
        ----------
        top : int or None
            How many of all scores to list; None for what :meth:`tags` shows.
        timeline : bool
            Whether to list the tags of each window as well.
        min_score : float in [0, 1] or None, as for :meth:`tags`
        unsure : bool
            Whether to list the tags of :meth:`unsure` as well.

        Returns
        -------
        dict
            ``model``, ``seconds``, ``tags`` {name: score, best first}, ``unsure`` {the same} and
            ``timeline`` [{``start``, ``end``, ``tags``}] if asked for, ``warning`` if there is one.
        """
        limits = self._limits(min_score)

        def short(tags: dict[str, float]) -> dict[str, float]:
            return {name: round(score, DIGITS) for name, score in tags.items()}

        def chosen(scores: np.ndarray) -> dict[str, float]:
            return short(self._shown(scores, limits) if top is None else self._top(scores, top))

        record: dict[str, Any] = {
            "model": self.model,
            "seconds": round(self.seconds, 3),
            "tags": chosen(self.scores),
        }
        if unsure:
            record["unsure"] = short(self.unsure())
        if timeline:
            rows = zip(self.timeline.starts, self.timeline.ends, self.timeline.scores, strict=True)
            record["timeline"] = [
                {"start": round(start, 3), "end": round(end, 3), "tags": chosen(scores)}
                for start, end, scores in rows
            ]
        if self.warning:
            record["warning"] = self.warning
        return record

    def _top(self, scores: np.ndarray, k: int) -> dict[str, float]:
        names = self.vocabulary.names
        return {names[i]: float(scores[i]) for i in np.argsort(-scores, kind="stable")[:k]}

    def _limits(self, min_score: float | None) -> np.ndarray:
        return self.thresholds if min_score is None else np.full_like(self.thresholds, min_score)

    def _shown(self, scores: np.ndarray, limits: np.ndarray) -> dict[str, float]:
        names = self.vocabulary.names
        kept = displayed(scores, limits, self.vocabulary)
        return {names[i]: float(scores[i]) for i in kept}
