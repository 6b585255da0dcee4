"""What people see on stderr while work goes on: sentences and, on a terminal, a progress bar."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


def printable(name: str) -> str:
    """A file name with bytes that are not UTF-8 replaced, so that it can be written anywhere."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class Messages:
    """Sentences on stderr, above the progress bar if there is one."""

    def __init__(self, progress=None, task=None) -> None:
        self._progress, self._task = progress, task

    def say(self, sentence: str) -> None:
        """Print one sentence."""
        line = f"earmark: {printable(sentence)}"
        if self._progress is None:
            print(line, file=sys.stderr, flush=True)
        else:
            self._progress.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def advance(self) -> None:
        """One more file is done."""
        if self._progress is not None:
            self._progress.advance(self._task)


@contextmanager
def progress(title: str, total: int) -> Iterator[Messages]:
    """Messages with a progress bar over `total` files, if stderr is a terminal."""
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
    )
    with Progress(
        *columns, console=Console(stderr=True), transient=True, redirect_stdout=False
    ) as bar:
        yield Messages(bar, bar.add_task(title, total=total))
