"""What people see on stderr while work goes on: sentences and, on a terminal, a progress bar."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from earmark.bar import Bar, has_bar
from earmark.names import printable

__all__ = ["Messages", "printable", "progress", "say", "steps"]


def say(sentence: str) -> None:
    """Print one sentence on stderr."""
    print(f"earmark: {printable(sentence)}", file=sys.stderr, flush=True)


class Messages:
    """Sentences on stderr, above the progress bar if there is one."""

    def __init__(self, bar: Bar | None = None) -> None:
        self._bar = bar

    def say(self, sentence: str) -> None:
        """Print one sentence."""
        with self.writing():
            say(sentence)

    def advance(self, files: int = 1) -> None:
        """More files are done."""
        if self._bar is not None:
            self._bar.advance(files)

    def writing(self) -> AbstractContextManager[None]:
        """No bar is in the way within: for those who write whole lines to the same terminal."""
        return nullcontext() if self._bar is None else self._bar.hidden()


@contextmanager
def progress(title: str, total: int | None, rate: str | None = None) -> Iterator[Messages]:
    """Messages with a progress bar over `total` files, if stderr is a terminal.

    Parameters
    ----------
    title : str
    total : int or None, None if nobody knows
    rate : str or None, what to call one of them where their number a second is shown
    """
    if not has_bar(sys.stderr):
        yield Messages()
        return
    bar = Bar(title, total, rate=rate)
    bar.start()
    try:
        yield Messages(bar)
    finally:
        bar.stop()


@contextmanager
def steps() -> Iterator[Callable[[str, int, int], None]]:
    """A report for work in several steps: a bar on a terminal, else a line as each begins.

    Yields
    ------
    callable, gets the step's name, how much is done and how much there is (0 if unknown)
    """
    if not has_bar(sys.stderr):
        begun: set[str] = set()

        def tell(step: str, done: int, total: int) -> None:
            if step not in begun:
                begun.add(step)
                say(step)

        yield tell
        return
    bar = Bar("", None)
    bar.start()
    try:
        yield lambda step, done, total: bar.set(step, done, total or None)
    finally:
        bar.stop()
