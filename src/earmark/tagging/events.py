"""When what an expression asks for is heard: rows of a timeline in, passages out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from earmark.tagging.smoothing import ON, edges, likeliest
from earmark.vocabulary import evaluate, parse_expression

if TYPE_CHECKING:
    from earmark.tagging.result import Tagging, Timeline
    from earmark.vocabulary import Expression

# Of a tag's threshold, which is a song's, counts so much for half a window, in which less is heard.
THRESHOLD_SHARE = 0.55


@dataclass(frozen=True)
class Event:
    """A passage in which an expression holds.

    Attributes
    ----------
    start, end : float, seconds
    tag : str, the expression
    score : float in [0, 1], mean strength of the expression, mostly over .5
    """

    start: float
    end: float
    tag: str
    score: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end - self.start


def events_of(
    tagging: "Tagging",
    expression: "str | Expression",
    *,
    min_length: float = 0.0,
    gap: float = 0.0,
    on: float = ON,
) -> list[Event]:
    """Passages in which an expression holds, in order.

    A bare tag holds from .55 of its threshold on, a comparison from its number on. The strength of
    the expression over the rows of the timeline is smoothed (see
    :mod:`earmark.tagging.smoothing`), passages that are close are joined, and short ones left out.
    Rows longer than half a second or so are hardly smoothed; for good edges tag with ``hop=.5``.

    Parameters
    ----------
    tagging : Tagging
    expression : str or Expression, as ``vocals or rap`` (docs/expressions.md)
    min_length : float >= 0
        Seconds; what is shorter, after joining, is left out.
    gap : float >= 0
        Seconds; passages at most so far apart are one.
    on : float in (0, 1)
        Strength from which a row speaks for a passage. Lower finds more.

    Raises
    ------
    ExpressionError
        The expression makes no sense; one sentence with the place.

    Examples
    --------
    >>> import earmark
    >>> from earmark.examples import example_path
    >>> tagging = earmark.Tagger(hop=0.5)(example_path("piano"))
    >>> [event.tag for event in tagging.events("piano", min_length=5)]
    ['piano']
    """
    if isinstance(expression, str):
        expression = parse_expression(expression, tagging.vocabulary)
    return events_in(
        tagging.timeline,
        tagging.thresholds,
        expression,
        min_length=min_length,
        gap=gap,
        on=on,
    )


def events_in(
    timeline: "Timeline",
    thresholds: np.ndarray,
    expression: "Expression",
    *,
    min_length: float = 0.0,
    gap: float = 0.0,
    on: float = ON,
) -> list[Event]:
    """What :func:`events_of` finds, of a timeline and the thresholds of its tags."""
    answer = evaluate(expression, timeline.scores, thresholds * np.float32(THRESHOLD_SHARE))
    strengths, starts = answer.strength, timeline.starts
    hop = float(starts[1] - starts[0]) if len(starts) > 1 else 1.0
    inside = likeliest(strengths, hop, on)
    spans = [
        (float(timeline.starts[first]), float(timeline.ends[after - 1]))
        for first, after in zip(*edges(inside), strict=True)
    ]
    found = []
    for start, end in joined(spans, gap):
        if end - start >= min_length:
            rows = (timeline.ends > start) & (timeline.starts < end)
            found.append(Event(start, end, str(expression), float(strengths[rows].mean())))
    return found


def joined(spans: Iterable[tuple[float, float]], gap: float = 0.0) -> list[tuple[float, float]]:
    """Spans in order, those at most `gap` seconds apart as one."""
    result: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if result and start - result[-1][1] <= gap:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result
