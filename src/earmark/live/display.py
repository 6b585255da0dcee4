"""What a person sees while listening: the strongest tags as smooth bars, the level, the state."""

import sys
from typing import TYPE_CHECKING

from earmark.live.event import LiveEvent

if TYPE_CHECKING:
    from rich.console import Console, Group

SHOWN = 5
SHARE = 0.4  # of the way that a bar goes to its new length with each row
GONE = 0.01  # length below which a bar is forgotten
FIRST = -60.0  # dBFS at which the bar of the level begins
STATES = {
    "connected": "green",
    "silent": "yellow",
    "stalled": "yellow",
    "recovering": "red",
    "ended": "dim",
}


class Display:
    """A picture that is drawn anew with each event.

    Parameters
    ----------
    name : str, of the source
    """

    def __init__(self, name: str) -> None:
        self._name, self._state, self._reason = name, "connecting", ""
        self._seconds, self._level = 0.0, FIRST
        self._scores: dict[str, float] = {}
        self._on: tuple[str, ...] = ()

    def take(self, event: LiveEvent) -> None:
        """Learn what an event tells."""
        if event.kind == "state":
            self._state, self._reason = event.state or "", event.reason or ""
        elif event.kind == "now":
            self._seconds, self._level, self._on = event.seconds, event.level, event.on
            heard = event.tags
            for name in {*self._scores, *heard}:
                before = self._scores.get(name, 0.0)
                self._scores[name] = before + SHARE * (heard.get(name, 0.0) - before)
            self._scores = {n: s for n, s in self._scores.items() if s > GONE}

    def picture(self, width: int = 80) -> "Group":
        """The picture for a terminal of that many columns."""
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 1))
        room = max(5, width - 30)
        minutes, seconds = divmod(int(self._seconds), 60)
        head = Text(self._state, STATES.get(self._state, ""))
        if self._reason:
            head.append(f" ({self._reason})")
        clock = Text(f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}  ")
        best = sorted(self._scores.items(), key=lambda pair: -pair[1])[:SHOWN]
        for name, score in best:
            style = "bold green" if name in self._on else "dim"
            table.add_row(Text(name, style), Text(_bar(score, room), style), Text(f"{score:.2f}"))
        for _ in range(SHOWN - len(best)):
            table.add_row("")
        share = min(1.0, max(0.0, 1 - self._level / FIRST))
        table.add_row(
            Text("level"), Text(_bar(share, room), "cyan"), Text(f"{self._level:.0f} dBFS")
        )
        first = clock + head
        first.truncate(width - 1, overflow="ellipsis")
        return Group(first, table)


class Screen:
    """The picture on a terminal; use as a context."""

    def __init__(self, name: str, console: "Console | None" = None) -> None:
        from rich.console import Console
        from rich.live import Live

        self._display = Display(name)
        self._console = console or Console(file=sys.stdout)
        self._live = Live(console=self._console, auto_refresh=False)

    def __enter__(self) -> "Screen":
        self._live.__enter__()
        return self

    def __exit__(self, *failed) -> None:
        self._live.__exit__(*failed)

    def take(self, event: LiveEvent) -> None:
        """Draw what an event changed."""
        self._display.take(event)
        if event.kind in ("now", "state"):
            self._live.update(self._display.picture(self._console.width), refresh=True)


def _bar(share: float, room: int) -> str:
    """A bar in eighths of a character."""
    eighths = round(8 * room * min(1.0, share))
    rest = " ▏▎▍▌▋▊▉"[eighths % 8] if eighths % 8 else ""
    return ("█" * (eighths // 8) + rest).ljust(room)
