"""From the rows of a pipe, as they go out, to the passages that were silenced, and their report."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

import numpy as np

from earmark.censor.report import DIGITS, passage_line, passage_record
from earmark.live.lookahead import Verdict
from earmark.tagging.events import Event

if TYPE_CHECKING:
    from earmark.live.censoring import Outcome

LATE = "not judged in time"


class Silenced:
    """Gathers silenced rows to passages, each told when it is over.

    Parameters
    ----------
    hop : float, seconds of a row
    why : str, the expression
    tell : callable, gets each passage
    """

    def __init__(self, hop: float, why: str, tell: Callable[[Event], None]) -> None:
        self._hop, self._why, self._tell = hop, why, tell
        self._rows = 0
        self._open: tuple[int, str] | None = None  # first row, and why
        self._total = 0.0  # of strengths

    def row(self, verdict: Verdict) -> None:
        """The next row goes out."""
        why = LATE if verdict.strength is None else self._why
        if self._open is not None and not (verdict.muted and why == self._open[1]):
            self.end(self._rows * self._hop)
        if verdict.muted:
            self._open = self._open or (self._rows, why)
            self._total += verdict.strength or 0.0
        self._rows += 1

    def end(self, seconds: float) -> None:
        """What is open ends at a second."""
        if self._open is None:
            return
        first, why = self._open
        score = float(np.clip(self._total / (self._rows - first), 0, 1))
        self._open, self._total = None, 0.0
        self._tell(Event(first * self._hop, seconds, why, score))


class Report:
    """Tells of passages as they end, and of all at last, in lines.

    Parameters
    ----------
    out : text file
    name : str, of the source
    done : str, what becomes of passages, as "muted"
    as_json : bool, whether each line is a JSON object
    """

    def __init__(self, out: TextIO, name: str, done: str, as_json: bool = False) -> None:
        self._out, self._name, self._done, self._json = out, name, done, as_json

    def passage(self, event: Event) -> None:
        """A passage is over."""
        if self._json:
            self._line(json.dumps(passage_record(event), ensure_ascii=False))
        else:
            self._line(passage_line(event, self._done).rstrip("\n"))

    def end(self, outcome: "Outcome") -> None:
        """The pipe is over."""
        if not self._json:
            self._line(
                f"{self._name}: {outcome.muted:.1f} of {outcome.seconds:.1f} seconds {self._done}, "
                f"up to {outcome.delay:g} s late; {outcome.late} windows were not judged in time"
            )
            return
        record = {
            "file": self._name,
            "seconds": round(outcome.seconds, DIGITS),
            "done": self._done,
            "silenced": round(outcome.muted, DIGITS),
            "late": outcome.late,
            "delay": outcome.delay,
        }
        self._line(json.dumps(record, ensure_ascii=False))

    def _line(self, text: str) -> None:
        self._out.write(f"{text}\n")
        self._out.flush()
