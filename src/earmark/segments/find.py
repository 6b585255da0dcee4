"""Find the passages of a file: what is heard when, padded and kept within the file."""

import os
from dataclasses import dataclass, replace

from earmark.media.hear import HOP, StreamTimeline, hear
from earmark.tagging import Tagger
from earmark.tagging.events import Event, events_in, joined
from earmark.vocabulary import Expression


@dataclass(frozen=True)
class Found:
    """The passages of one file.

    Attributes
    ----------
    file : str
    start, end : float, seconds; where its sound begins and ends
    events : list of Event, in order, none touching another
    """

    file: str
    start: float
    end: float
    events: list[Event]


def find(
    tagger: Tagger,
    path: str | os.PathLike,
    expression: Expression,
    *,
    min_length: float = 1.0,
    gap: float = 1.0,
    pad: float = 0.0,
    on: float | None = None,
    stream: int = 0,
    hop: float = HOP,
) -> Found:
    """Passages of a file in which an expression holds.

    Parameters
    ----------
    tagger : Tagger
    path : path
    expression : Expression, parsed for the tagger's vocabulary
    min_length, gap : float >= 0, as in :func:`earmark.tagging.events.events_of`
    pad : float >= 0, seconds added before and after each; what then touches is one
    on : float or None, strength at which a passage begins
    stream : int >= 0, which of the file's audio streams
    hop : float, seconds

    Raises
    ------
    MediaError
        The file cannot be used; one sentence.
    """
    heard = hear(tagger, path, stream, hop)
    bounds = {} if on is None else {"on": on}
    events = events_in(
        heard.timeline,
        tagger.card.thresholds,
        expression,
        min_length=min_length,
        gap=gap,
        **bounds,
    )
    return Found(os.fspath(path), heard.start, heard.end, padded(events, pad, heard))


def padded(events: list[Event], pad: float, heard: StreamTimeline) -> list[Event]:
    """Events made longer at both ends, within the sound; those that then touch are one."""
    spans = [(max(heard.start, e.start - pad), min(heard.end, e.end + pad)) for e in events]
    result = []
    for start, end in joined(spans):
        inside = [event for event in events if event.start < end and event.end > start]
        total = sum(event.seconds for event in inside)
        score = sum(event.score * event.seconds for event in inside) / total
        result.append(replace(inside[0], start=start, end=end, score=score))
    return result
