"""From unbroken stretches of sound to events: the one way that all live sound goes."""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

from earmark.live.event import LiveEvent
from earmark.live.level import Level
from earmark.live.mono import mono
from earmark.live.strongest import strongest
from earmark.live.trigger import Change, Trigger
from earmark.live.wire import Block
from earmark.tagging.hop import Row, rows_of

if TYPE_CHECKING:
    from earmark.tagging import Tagger
    from earmark.vocabulary import Expression

ALIVE_SECONDS = 10.0


class Hearing:
    """Hears stretches of sound and tells what happens.

    Parameters
    ----------
    tagger : Tagger
    hop : float, in seconds
    tell : callable, gets each LiveEvent
    expressions : sequence of Expression, what to tell the begin and end of; empty for all tags
    rows : callable or None, gets each Row with its times since listening began
    """

    def __init__(
        self,
        tagger: "Tagger",
        hop: float,
        tell: Callable[[LiveEvent], None],
        expressions: "Sequence[Expression]" = (),
        rows: Callable[[Row], None] | None = None,
    ) -> None:
        self._tagger, self._hop, self._tell, self._rows = tagger, hop, tell, rows
        self._vocabulary, self._thresholds = tagger.card.vocabulary, tagger.card.thresholds
        self._trigger = Trigger(self._vocabulary, self._thresholds, hop, expressions)
        self._level = Level()
        self._told = time.monotonic()
        self._seconds = 0.0
        self._tags: dict[str, float] = {}

    def stretch(self, start: float, blocks: Iterable[Block]) -> None:
        """Hear an unbroken stretch to its end.

        Parameters
        ----------
        start : float, second at which it begins
        blocks : iterable of Block
        """
        blocks = iter(blocks)
        first = next(blocks, None)
        if first is None:
            return
        watched = self._level.watch(chain([first], blocks))
        samples = mono(watched, self._tagger.card.front_end.sample_rate)
        for row in rows_of(samples, self._tagger, self._hop):
            self._take(Row(start + row.start, start + row.end, row.scores))
        self._changed(self._trigger.end())

    def alive(self, seconds: float | None = None) -> None:
        """Tell that listening goes on, if that was not told for a while."""
        if time.monotonic() - self._told >= ALIVE_SECONDS:
            self._told = time.monotonic()
            self._moment("alive", self._seconds if seconds is None else seconds)

    def state(self, state: str, reason: str, seconds: float) -> None:
        """Tell a state of the source."""
        now = datetime.now().astimezone()
        self._tell(LiveEvent("state", seconds, now, state=state, reason=reason or None))

    def _take(self, row: Row) -> None:
        if self._rows is not None:
            self._rows(row)
        self._seconds = row.end
        self._tags = strongest(row.scores, self._thresholds, self._vocabulary)
        self._changed(self._trigger.feed(row))
        self._moment("now", row.end)
        self.alive()

    def _changed(self, changes: list[Change]) -> None:
        for change in changes:
            self._tell(
                LiveEvent(
                    "on" if change.begins else "off",
                    change.seconds,
                    datetime.now().astimezone(),
                    tag=change.name,
                    score=change.score,
                )
            )

    def _moment(self, kind: str, seconds: float) -> None:
        self._tell(
            LiveEvent(
                kind,
                seconds,
                datetime.now().astimezone(),
                level=self._level.dbfs,
                tags=self._tags,
                on=self._trigger.active,
            )
        )
