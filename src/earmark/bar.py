"""One line at the bottom of a terminal that tells how far a work is.

It is drawn on stderr and never mixes with what else is written: whoever writes to the terminal
does so inside :meth:`Bar.hidden`. It fits the terminal's width, and nothing of it stays.
"""

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

ERASE = "\r\x1b[2K"
TICK = 0.5  # seconds between drawings where nothing happens
SOONEST = 0.1  # seconds between two drawings
WIDEST = 30  # characters of the bar itself
NARROWEST = 5
MANY = 1_000_000  # steps that nobody counts


class Bar:
    """A bar over some steps; drawn from :meth:`start` until :meth:`stop`.

    Parameters
    ----------
    title : str, what is going on
    total : int or None, how many steps there are, None if nobody knows
    out : text stream, a terminal
    rate : str or None, what to call a step where their number a second is shown
    """

    def __init__(
        self, title: str, total: int | None, out: TextIO | None = None, rate: str | None = None
    ) -> None:
        self._title, self._total, self._done = title, total, 0
        self._out, self._rate = out or sys.stderr, rate
        self._began, self._drawn = time.monotonic(), 0.0
        self._lock, self._over = threading.RLock(), threading.Event()
        self._thread = threading.Thread(target=self._tick, name="bar", daemon=True)

    def start(self) -> None:
        """Draw, and go on drawing as time goes by."""
        with self._lock:
            self._draw()
        self._thread.start()

    def stop(self) -> None:
        """Erase the bar for good."""
        self._over.set()
        self._thread.join()
        with self._lock:
            self._write(ERASE)

    def advance(self, steps: int = 1) -> None:
        """More steps are done."""
        with self._lock:
            self._done += steps
            last = self._done == self._total
            if last or time.monotonic() - self._drawn >= SOONEST:
                self._draw()

    def set(self, title: str, done: int, total: int | None) -> None:
        """Another title, or another count."""
        with self._lock:
            if title != self._title:
                self._began = time.monotonic()
            new = (title, total) != (self._title, self._total)
            self._title, self._done, self._total = title, done, total
            if new or time.monotonic() - self._drawn >= SOONEST:
                self._draw()

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """The bar is not there while others write to the terminal."""
        with self._lock:
            self._write(ERASE)
            try:
                yield
            finally:
                self._draw()

    def _tick(self) -> None:
        while not self._over.wait(TICK):
            with self._lock:
                self._draw()

    def _draw(self) -> None:
        if not self._over.is_set():
            self._drawn = time.monotonic()
            self._write(ERASE + self._line(_width(self._out)))

    def _line(self, width: int) -> str:
        """The bar as text, shorter than the terminal is wide."""
        passed = time.monotonic() - self._began
        parts = [_count(self._done, self._total), _clock(passed)]
        if self._total and 0 < self._done < self._total:
            parts.append(f"{_clock(passed / self._done * (self._total - self._done))} left")
        if self._rate and self._done and passed >= 1:
            parts.append(f"{self._done / passed:.1f} {self._rate}/s")
        words = "  ".join(parts)
        room = min(WIDEST, width - 1 - len(self._title) - len(words) - 4)
        if self._total and room >= NARROWEST:
            full = round(room * min(1.0, self._done / self._total))
            words = f"{'━' * full}{'─' * (room - full)}  {words}"
        return f"{self._title}  {words}"[: width - 1]

    def _write(self, text: str) -> None:
        try:
            self._out.write(text)
            self._out.flush()
        except OSError:  # a terminal that is gone; the work goes on
            self._over.set()


def has_bar(out: TextIO) -> bool:
    """Whether a stream is a terminal that can erase a line."""
    return out.isatty() and os.environ.get("TERM") != "dumb"


def _width(out: TextIO) -> int:
    try:
        return os.get_terminal_size(out.fileno()).columns or 80
    except OSError:
        return 80


def _count(done: int, total: int | None) -> str:
    """Steps in words; of very many, as bytes are, their share."""
    if not total:
        return str(done)
    return f"{done}/{total}" if total < MANY else f"{100 * done // total} %"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
