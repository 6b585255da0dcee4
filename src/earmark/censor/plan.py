"""Which passages of a file to silence, and why."""

import math
import os
from dataclasses import dataclass, replace
from pathlib import Path

from earmark.censor.edl import CUT, read_edl
from earmark.errors import MediaError
from earmark.media.opened import audio_stream, opened, start_of
from earmark.segments.find import find
from earmark.tagging import Tagger
from earmark.tagging.events import Event, joined
from earmark.vocabulary import Expression


@dataclass(frozen=True)
class Care:
    """How much is silenced: more than is meant, or less.

    Attributes
    ----------
    on : float, strength at which a passage begins
    pad : float, seconds added before and after
    gap : float, seconds; what is left between passages is silenced if it is not longer
    """

    on: float
    pad: float
    gap: float


# Usual begins where all events do. By benchmarks/voices.py, on tracks that the head for voices did
# not learn from, careful mutes 99.8 % of them, sparing 97.8 %, and 7.7 % and 3.1 % of the rest.
CARES = {
    "careful": Care(on=0.4, pad=0.25, gap=2.0),
    "usual": Care(on=0.5, pad=0.0, gap=2.0),
    "sparing": Care(on=0.75, pad=0.0, gap=1.0),
}


@dataclass(frozen=True)
class Plan:
    """The passages of a file to silence.

    Attributes
    ----------
    file : str
    seconds : float, of the sound; 0 where it was not listened to
    events : list of Event, in order, none touching another; each tells why
    end : float, second at which the sound ends; infinite where nobody knows
    cut : bool or None, whether they are to be cut out; None where nobody has said
    """

    file: str
    seconds: float
    events: list[Event]
    end: float = math.inf
    cut: bool | None = None

    @property
    def muted(self) -> float:
        """Seconds of all passages."""
        return sum(event.seconds for event in self.events)


def plan(
    tagger: Tagger,
    path: str | os.PathLike,
    expression: Expression,
    care: Care = CARES["usual"],
    *,
    keep: bool = False,
    stream: int = 0,
) -> Plan:
    """Listen to a file and find what to silence.

    Parameters
    ----------
    tagger : Tagger
    path : path
    expression : Expression, what to silence
    care : Care
    keep : bool
        Silence everything but what the expression describes; care's pad then adds to what is kept.
    stream : int, which audio stream

    Raises
    ------
    MediaError
        The file cannot be used.
    """
    found = find(
        tagger,
        path,
        expression,
        min_length=0.0,
        gap=care.gap,
        pad=care.pad,
        on=care.on,
        stream=stream,
    )
    events = _others(found) if keep else found.events
    return Plan(found.file, found.end - found.start, events, found.end)


def plan_from(edl: str | os.PathLike, path: str | os.PathLike, stream: int = 0) -> Plan:
    """The plan of an EDL file, for a file that has that audio stream.

    Raises
    ------
    MediaError
        The EDL makes no sense, or the file has no such stream.
    """
    entries = read_edl(edl)
    if len({entry.action for entry in entries}) > 1:
        raise MediaError(f"{edl}: some passages are to be cut and some muted; it must be one")
    with opened(path) as container:
        sound = audio_stream(container, path, stream)
        end = (container.duration or 0) / 1e6
        if sound.duration and sound.time_base:
            first = float((sound.start_time or 0) * sound.time_base) - start_of(container)
            end = max(end, first + float(sound.duration * sound.time_base))
    why = Path(edl).name
    spans = joined((entry.start, entry.end) for entry in entries)
    if spans and end and spans[-1][0] > end:
        raise MediaError(f"{edl}: it goes to {spans[-1][1]:g} s, beyond the end of {path}")
    events = [Event(start, min(stop, end) if end else stop, why, 1.0) for start, stop in spans]
    cut = entries[0].action == CUT if entries else None
    return Plan(os.fspath(path), end, events, end or math.inf, cut)


def _others(found) -> list[Event]:
    """All that lies between the events."""
    tag = f"not ({found.events[0].tag})" if found.events else "all of it"
    result, at = [], found.start
    for event in found.events:
        if event.start > at:
            result.append(replace(event, start=at, end=event.start, tag=tag, score=1 - event.score))
        at = event.end
    if found.end > at:
        result.append(Event(at, found.end, tag, 1.0))
    return result
