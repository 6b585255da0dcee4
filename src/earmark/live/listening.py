"""Listen to a source: events as they happen, in a loop or in asyncio."""

import asyncio
import os
import queue
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from functools import partial

from earmark.live.event import LiveEvent
from earmark.live.hearing import Hearing
from earmark.live.patience import Patience
from earmark.live.source import DEVICE, MICROPHONE, Source, source_of
from earmark.live.watch import Watch
from earmark.tagging import Tagger
from earmark.tagging.hop import Row, require_hop
from earmark.vocabulary import Expression, parse_expression

HOP = 0.5
WAITING = 256  # events that may wait; beyond that the sound waits
LOOK_SECONDS = 0.1


class Listening:
    """A source that is listened to in a thread of its own.

    Parameters
    ----------
    as of :func:`listen`
    """

    def __init__(
        self,
        source: str | os.PathLike | Source = MICROPHONE,
        *,
        model: str | os.PathLike | Tagger = "default",
        hop: float = HOP,
        tags: Sequence[str | Expression] = (),
        patience: Patience | None = None,
        wait: bool = False,
        rows: Callable[[Row], None] | None = None,
    ) -> None:
        self._source = source if isinstance(source, Source) else source_of(source)
        if self._source.kind == DEVICE:
            from earmark.live.device import require_device

            require_device(self._source.place)
        tagger = model if isinstance(model, Tagger) else Tagger(model)
        require_hop(tagger.card, hop)
        vocabulary = tagger.card.vocabulary
        expressions = [
            parse_expression(tag, vocabulary) if isinstance(tag, str) else tag for tag in tags
        ]
        self._events: queue.Queue[LiveEvent] = queue.Queue(WAITING)
        self._stopped, self._error = threading.Event(), None
        self._hearing = Hearing(tagger, hop, self._tell, expressions, rows)
        self._watch = Watch(self._source, self._state, patience, wait)
        self._thread = threading.Thread(target=self._run, name="listening", daemon=True)
        self._thread.start()

    def next(self) -> LiveEvent | None:
        """The next event, or None at the end; an EarmarkError where that is the end."""
        while not self._stopped.is_set():
            try:
                return self._events.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                if not self._thread.is_alive() and self._events.empty():
                    break
        if self._error is not None and not self._stopped.is_set():
            error, self._error = self._error, None
            raise error
        return None

    def stop(self) -> None:
        """Listen no more; the decoder is gone when this returns."""
        self._stopped.set()
        self._watch.stop()
        self._thread.join(5)

    def _run(self) -> None:
        try:
            for stretch in self._watch.stretches():
                self._hearing.stretch(stretch.start, stretch.blocks)
        except Exception as error:
            self._error = error

    def _state(self, state: str, reason: str) -> None:
        self._hearing.state(state, reason, self._watch.seconds)

    def _tell(self, event: LiveEvent) -> None:
        while not self._stopped.is_set():
            try:
                self._events.put(event, timeout=LOOK_SECONDS)
                return
            except queue.Full:
                continue


def listen(
    source: str | os.PathLike | Source = MICROPHONE,
    *,
    model: str | os.PathLike | Tagger = "default",
    hop: float = HOP,
    tags: Sequence[str | Expression] = (),
    patience: Patience | None = None,
    wait: bool = False,
) -> Iterator[LiveEvent]:
    """Listen until the source ends or the loop is left.

    Parameters
    ----------
    source : str, path or Source
        ``mic``, ``device:NAME``, ``-``, a path, an address; a Source says more.
    model : str, path or Tagger
    hop : float, in seconds
    tags : sequence of str or Expression
        What to tell the begin and end of; empty for all tags, one a synonym group.
    patience : Patience or None
    wait : bool, whether a source that cannot be opened at first is waited for

    Yields
    ------
    LiveEvent

    Raises
    ------
    EarmarkError
        The source cannot be listened to, or an argument makes no sense; one sentence.

    Examples
    --------
    >>> from earmark.examples import example_path
    >>> [e.state for e in listen(example_path("piano")) if e.kind == "state"]
    ['connected', 'ended']
    """
    listening = Listening(source, model=model, hop=hop, tags=tags, patience=patience, wait=wait)
    try:
        while (event := listening.next()) is not None:
            yield event
    finally:
        listening.stop()


async def listen_async(
    source: str | os.PathLike | Source = MICROPHONE,
    *,
    model: str | os.PathLike | Tagger = "default",
    hop: float = HOP,
    tags: Sequence[str | Expression] = (),
    patience: Patience | None = None,
    wait: bool = False,
) -> AsyncIterator[LiveEvent]:
    """The same for ``async for``; parameters as of :func:`listen`."""
    begin = partial(
        Listening, source, model=model, hop=hop, tags=tags, patience=patience, wait=wait
    )
    listening = await asyncio.to_thread(begin)
    try:
        while (event := await asyncio.to_thread(listening.next)) is not None:
            yield event
    finally:
        listening.stop()
