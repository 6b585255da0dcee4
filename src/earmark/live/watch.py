"""The watchdog: a source that stalls, breaks off or is silent, and its sound in unbroken stretches.

Each state is told once, when it begins. A source that can come back is opened anew, after a pause
that doubles up to a limit; what follows a break is a stretch of its own.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from earmark.errors import LiveError
from earmark.live.decoder import Decoder
from earmark.live.event import CONNECTED, ENDED, RECOVERING, SILENT, STALLED
from earmark.live.patience import FOR_PLAYLISTS, Patience
from earmark.live.source import PIPE, Source
from earmark.live.wire import Block, End

SILENT_PEAK = 10 ** (-70 / 20)  # of full scale; a quiet room in a microphone is louder
LOOK_SECONDS = 0.2  # how long nobody looks whether to stop


@dataclass
class Stretch:
    """Sound without a break.

    Attributes
    ----------
    start : float, second since listening began
    blocks : iterator of Block
    """

    start: float
    blocks: Iterator[Block]


class Watch:
    """Listens to a source, whatever it does.

    Parameters
    ----------
    source : Source
    tell : callable, gets a state and a reason ("" where there is none)
    patience : Patience or None, None for what fits the source
    wait : bool
        Whether a source that cannot be opened at first is waited for, too.

    Attributes
    ----------
    seconds : float, where the sound is, since listening began
    """

    def __init__(
        self,
        source: Source,
        tell: Callable[[str, str], None],
        patience: Patience | None = None,
        wait: bool = False,
    ) -> None:
        self._source, self._tell = source, tell
        self._patience = patience or (FOR_PLAYLISTS if source.is_playlist else Patience())
        self._wait = wait
        self._stopped = threading.Event()
        self._decoder: Decoder | None = None
        self._state, self._silence = "", 0.0
        self._end = End(True)
        self._tries = 0
        self._last_sound: float | None = None  # on the clock; None before the first
        self.seconds = 0.0

    def stop(self) -> None:
        """End all stretches at once; from any thread."""
        self._stopped.set()
        if (decoder := self._decoder) is not None:
            decoder.kill()  # or whoever waits for its next message would wait on

    def stretches(self) -> Iterator[Stretch]:
        """Each unbroken stretch of sound; its blocks must be taken before the next.

        Raises
        ------
        LiveError
            The source could not be opened at all.
        """
        began = time.monotonic()
        try:
            while not self._stopped.is_set():
                self._decoder = Decoder(self._source)
                first = self._next(starting=True)
                if isinstance(first, Block):
                    if self._last_sound is not None:
                        self.seconds += max(0.0, time.monotonic() - self._last_sound)
                    yield Stretch(self.seconds, self._blocks(first))
                self._decoder.stop()
                if self._stopped.is_set() or self._over(began):
                    break
                self._become(RECOVERING, self._end.reason)
                self._stopped.wait(self._pause())
                self._tries += 1
        finally:
            if self._decoder is not None:
                self._decoder.stop()
        if not self._stopped.is_set():
            self._become(ENDED, self._end.reason)

    def _pause(self) -> float:
        """Seconds before the next try; what hung for long has been waited for already."""
        spent = time.monotonic() - self._decoder.began
        return max(self._patience.first, self._patience.pause(self._tries) - spent)

    def _over(self, began: float) -> bool:
        """Whether the source will not be opened again."""
        if self._end.whole:
            if self._last_sound is None:
                raise LiveError(f"{self._source.name}: it holds no sound")
            return True
        if self._last_sound is None and not self._wait:
            raise LiveError(f"{self._source.name}: cannot be listened to ({self._end.reason})")
        if not self._source.comes_back:
            return True
        return time.monotonic() - (self._last_sound or began) > self._patience.lost

    def _blocks(self, block: Block | None) -> Iterator[Block]:
        while block is not None:
            self._tries, self._last_sound = 0, time.monotonic()
            self.seconds += block.seconds
            self._judge(block)
            yield block
            block = self._next()

    def _next(self, starting: bool = False) -> Block | None:
        """The next block; None where the connection is over, and why is known then."""
        asked = time.monotonic()
        while not self._stopped.is_set():
            message = self._decoder.get(LOOK_SECONDS)
            if isinstance(message, Block):
                return message
            if isinstance(message, End):
                self._end = message
                return None
            waited = time.monotonic() - max(asked, self._decoder.began)
            if waited > self._patience.quiet and not starting:
                self._become(STALLED, f"no sound for {self._patience.quiet:g} seconds")
            patient = self._source.comes_back or (starting and self._source.kind != PIPE)
            if patient and waited > self._patience.dead + starting * self._patience.quiet:
                self._end = End(False, f"no sound for {self._patience.dead:g} seconds")
                return None
        return None

    def _judge(self, block: Block) -> None:
        """Connected or silent, by what comes."""
        if np.abs(block.samples).max() < SILENT_PEAK:
            self._silence += block.seconds
        else:
            self._silence = 0.0
        silent = self._silence >= self._patience.silence
        self._become(SILENT if silent else CONNECTED)

    def _become(self, state: str, reason: str = "") -> None:
        if state != self._state:
            self._state = state
            self._tell(state, reason)
