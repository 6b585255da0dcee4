"""What people see on stderr while work goes on: sentences and, on a terminal, a progress bar."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def printable(name: str) -> str:
    """A file name with bytes that are not UTF-8 replaced, so that it can be written anywhere."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def say(sentence: str) -> None:
    """Print one sentence on stderr."""
    print(f"earmark: {printable(sentence)}", file=sys.stderr, flush=True)


class Messages:
    """Sentences on stderr, above the progress bar if there is one."""

    def __init__(self, progress=None, task=None, rate: str | None = None) -> None:
        self._progress, self._task, self._rate = progress, task, rate

    def say(self, sentence: str) -> None:
        """Print one sentence."""
        if self._progress is None:
            say(sentence)
        else:
            line = f"earmark: {printable(sentence)}"
            self._progress.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def advance(self, files: int = 1) -> None:
        """More files are done."""
        if self._progress is not None:
            self._progress.advance(self._task, files)
            if self._rate and (speed := self._progress.tasks[self._task].speed):
                words = f"{speed:.1f} {self._rate}/s"
                self._progress.update(self._task, rate=words)


@contextmanager
def progress(title: str, total: int, rate: str | None = None) -> Iterator[Messages]:
    """Messages with a progress bar over `total` files, if stderr is a terminal.

    Parameters
    ----------
    title : str
    total : int
    rate : str or None, what to call one of them where their number a second is shown
    """
    if not sys.stderr.isatty():
        yield Messages()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        *([TextColumn("{task.fields[rate]}")] if rate else []),
    )
    with Progress(
        *columns, console=Console(stderr=True), transient=True, redirect_stdout=False
    ) as bar:
        yield Messages(bar, bar.add_task(title, total=total, rate=""), rate)


@contextmanager
def steps() -> Iterator[Callable[[str, int, int], None]]:
    """A report for work in several steps: a bar a step on a terminal, else a line as each begins.

    Yields
    ------
    callable, gets the step's name, how much is done and how much there is (0 if unknown)
    """
    if not sys.stderr.isatty():
        begun: set[str] = set()

        def tell(step: str, done: int, total: int) -> None:
            if step not in begun:
                begun.add(step)
                say(step)

        yield tell
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), redirect_stdout=False) as bar:
        tasks = {}

        def show(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step, total=None)
            bar.update(tasks[step], completed=done, total=total or None)

        yield show
