"""What ``earmark live`` does: listen, and show, print or write down what happens."""

import json
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING

from earmark.bar import has_bar
from earmark.live.event import LiveEvent
from earmark.live.listening import Listening
from earmark.live.patience import Patience
from earmark.live.source import Source
from earmark.messages import printable

if TYPE_CHECKING:
    from earmark.tagging import Tagger
    from earmark.vocabulary import Expression


def run(
    source: Source,
    tagger: "Tagger",
    *,
    hop: float,
    tags: "list[Expression]",
    events: bool = False,
    jsonl: bool = False,
    wait: bool = False,
    patience: Patience | None = None,
) -> None:
    """Listen until the source ends.

    Parameters
    ----------
    source : Source
    tagger : Tagger
    hop : float, in seconds
    tags : list of Expression, what to tell the begin and end of; empty for all tags
    events : bool, whether only what begins and ends is told, in lines, and states of the source
    jsonl : bool, whether lines are JSON; without `events` there is a sign of life, too
    wait : bool, whether a source that is not there at first is waited for

    Raises
    ------
    EarmarkError
        One sentence.
    """
    listening = Listening(source, model=tagger, hop=hop, tags=tags, wait=wait, patience=patience)
    drawn = not jsonl and not events and has_bar(sys.stdout)
    if drawn:
        from earmark.live.display import Screen

        screen = Screen(source.name)
    try:
        with screen if drawn else nullcontext():
            while (event := listening.next()) is not None:
                if drawn:
                    screen.take(event)
                elif event.kind in told(events):
                    line = (
                        json.dumps(event.to_dict(), ensure_ascii=False) if jsonl else _line(event)
                    )
                    print(line, flush=True)
    finally:
        listening.stop()


def told(events: bool) -> tuple[str, ...]:
    """Kinds of events that lines tell of."""
    return ("on", "off", "state") if events else ("on", "off", "state", "alive")


def _json(event: LiveEvent) -> str:
    return json.dumps(event.to_dict(), ensure_ascii=False)


def _line(event: LiveEvent) -> str:
    """An event for people."""
    minutes, seconds = divmod(int(event.seconds), 60)
    clock = f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    if event.kind == "state":
        reason = f" ({event.reason})" if event.reason else ""
        return printable(f"{clock}  {event.state}{reason}")
    if event.kind == "alive":
        heard = ", ".join(event.on or ()) or "nothing"
        return printable(f"{clock}  {heard}, {event.level:.0f} dBFS")
    sign = "+" if event.kind == "on" else "-"
    return printable(f"{clock}  {sign} {event.tag} {event.score:.2f}")
