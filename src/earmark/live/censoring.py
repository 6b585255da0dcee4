"""The live pipe of ``earmark censor``: sound in, the same sound out a little later, passages muted.

One thread hears, the other lets sound out. The sound waits a fixed time, long enough to hear that a
passage begins before its beginning is let out; what is not judged by then is late.
"""

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from earmark.censor.plan import CARES, Care
from earmark.errors import LiveError
from earmark.live.decoder import Decoder
from earmark.live.delayed import Delayed
from earmark.live.lookahead import Lookahead
from earmark.live.mono import mono
from earmark.live.raw import to_pcm
from earmark.live.silenced import Report, Silenced
from earmark.live.source import Source
from earmark.live.wave import wave_header
from earmark.live.wire import Block, End
from earmark.tagging.events import THRESHOLD_SHARE
from earmark.tagging.hop import rows_of, stretch_frames
from earmark.vocabulary import evaluate

if TYPE_CHECKING:
    from earmark.tagging import Tagger
    from earmark.vocabulary import Expression

HOP = 0.5
SPARE = 1.2  # seconds for blocks to come together and for the network
AHEAD = 2.0  # seconds that may wait beyond the delay, where sound comes faster than it plays
LOOK_SECONDS = 0.05


@dataclass(frozen=True)
class Muting:
    """How to censor.

    Attributes
    ----------
    expression : Expression
    keep : bool, whether all else is muted
    care : Care
    delay : float or None, in seconds; None for as long as the care needs
    mute_late : bool, whether late sound is muted rather than passed
    gain : float in [0, 1), what is left of muted sound
    tone : bool, whether a tone sounds instead
    """

    expression: "Expression"
    keep: bool = False
    care: Care = CARES["usual"]
    delay: float | None = None
    mute_late: bool = True
    gain: float = 0.0
    tone: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a pipe did.

    Attributes
    ----------
    seconds, muted : float
    late : int, rows of half a second that had no verdict in time
    delay : float, in seconds
    """

    seconds: float
    muted: float
    late: int
    delay: float


def delay_needed(tagger: "Tagger", care: Care, hop: float = HOP) -> float:
    """Seconds from a sound's coming to the verdict on it."""
    heard = tagger.card.front_end.seconds(stretch_frames(tagger.card)) / 2 + hop / 2
    return heard + Lookahead(care, hop).rows * hop + SPARE


def censor_live(
    source: Source,
    out: BinaryIO,
    tagger: "Tagger",
    muting: Muting,
    report: Report | None = None,
) -> Outcome:
    """Censor until the source ends.

    Parameters
    ----------
    source : Source
        Raw samples come out raw, all else as a wav, 16 bits either way.
    out : binary file object
    tagger : Tagger
    muting : Muting
    report : Report or None, is told of each passage and, however it ends, of the whole

    Raises
    ------
    LiveError
        The source cannot be read or breaks off; what came before has been let out.
    """
    decoder = Decoder(source)
    pipe: _Pipe | None = None
    end = End(True)
    try:
        while True:
            full = pipe is not None and pipe.full
            message = None if full else decoder.get(LOOK_SECONDS)
            if full:
                time.sleep(LOOK_SECONDS)
            if isinstance(message, End):
                end = message
                break
            if isinstance(message, Block):
                if pipe is None:
                    pipe = _Pipe(message, out, tagger, muting, bool(source.rate), report)
                pipe.take(message, source.name)
            if pipe is not None:
                pipe.let_out()
        if pipe is not None:
            pipe.finish()
    finally:
        decoder.stop()
        if pipe is not None:
            pipe.stop()
    if pipe is None:
        raise LiveError(f"{source.name}: it holds no sound ({end.reason or 'nothing came'})")
    outcome = pipe.outcome
    if not end.whole:
        raise LiveError(f"{source.name}: it broke off after {outcome.seconds:.1f} s ({end.reason})")
    return outcome


class _Pipe:
    """Sound of one format between its coming and its going."""

    def __init__(
        self,
        first: Block,
        out: BinaryIO,
        tagger: "Tagger",
        muting: Muting,
        raw: bool,
        report: Report | None,
    ) -> None:
        self._format = (first.rate, first.samples.shape[1])
        self._out, self._tagger, self._muting = out, tagger, muting
        needed = delay_needed(tagger, muting.care)
        self.delay = needed if muting.delay is None else muting.delay
        self._report = report
        why = f"not ({muting.expression})" if muting.keep else str(muting.expression)
        self._silenced = None if report is None else Silenced(HOP, why, report.passage)
        self._delayed = Delayed(
            first.rate,
            HOP,
            self.delay,
            muting.mute_late,
            time.monotonic,
            muting.gain,
            muting.tone,
            None if self._silenced is None else self._silenced.row,
        )
        self._most = max(needed, self.delay) + AHEAD
        self._queue: queue.SimpleQueue[Block | None] = queue.SimpleQueue()
        self._seconds = 0.0
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._hear, name="censor", daemon=True)
        self._thread.start()
        if not raw:
            out.write(wave_header(*self._format))

    @property
    def full(self) -> bool:
        """Whether so much waits that nothing more should come."""
        return self._delayed.waiting >= self._most

    def take(self, block: Block, name: str) -> None:
        """A block comes."""
        if (block.rate, block.samples.shape[1]) != self._format:
            raise LiveError(f"{name}: its sample rate or channels change, which a pipe cannot do")
        self._seconds += block.seconds
        self._delayed.take(block)
        self._queue.put(block)

    def let_out(self, ended: bool = False) -> None:
        """Write what may go out."""
        if self._error is not None:
            raise self._error
        ready = self._delayed.ready(ended)
        for samples in ready:
            self._out.write(to_pcm(samples))
        if ready:
            self._out.flush()

    def finish(self) -> None:
        """The source is over: let out what is left."""
        self._queue.put(None)
        while self._thread.is_alive():
            self._thread.join(LOOK_SECONDS)
            self.let_out()
        self.let_out(ended=True)

    @property
    def outcome(self) -> Outcome:
        """What has been done so far."""
        done = self._delayed
        muted = min(done.muted * HOP, self._seconds)
        return Outcome(self._seconds, muted, done.late, round(self.delay, 2))

    def stop(self) -> None:
        """Hear no more, and report."""
        self._queue.put(None)
        if self._report is not None and self._silenced is not None:
            self._silenced.end(min(self._delayed.rows * HOP, self._seconds))
            self._report.end(self.outcome)

    def _hear(self) -> None:
        try:
            card, muting = self._tagger.card, self._muting
            thresholds = card.thresholds * THRESHOLD_SHARE
            ahead = Lookahead(muting.care, HOP, muting.keep)
            samples = mono(self._blocks(), card.front_end.sample_rate)
            for row in rows_of(samples, self._tagger, HOP):
                answer = evaluate(muting.expression, row.scores[None], thresholds)
                for verdict in ahead.feed(float(answer.strength[0])):
                    self._delayed.judge(verdict)
            for verdict in ahead.end():
                self._delayed.judge(verdict)
        except Exception as error:
            self._error = error

    def _blocks(self) -> Iterator[Block]:
        while (block := self._queue.get()) is not None:
            yield block
