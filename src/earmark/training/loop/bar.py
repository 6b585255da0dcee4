"""What people see on stderr while a network learns: a bar with speed and time left, and sentences.

Where stderr is no terminal there are only the sentences.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


class Bar:
    """Tells how a run goes; without a progress bar it only says sentences."""

    def __init__(self, progress=None, task=None, quiet: bool = False) -> None:
        self._progress, self._task, self._quiet = progress, task, quiet

    def say(self, sentence: str) -> None:
        """Print one sentence, above the bar if there is one."""
        if self._quiet:
            return
        if self._progress is None:
            print(f"earmark: {sentence}", file=sys.stderr, flush=True)
        else:
            self._progress.console.print(
                f"earmark: {sentence}", markup=False, highlight=False, soft_wrap=True
            )

    def advance(self, windows: int, title: str) -> None:
        """More windows have been learned from."""
        if self._progress is not None:
            self._progress.update(self._task, advance=windows, description=title)


@contextmanager
def learning_bar(done: int, total: int, quiet: bool = False) -> Iterator[Bar]:
    """A bar over all windows of a run.

    Parameters
    ----------
    done, total : int, windows learned from before, and in the end
    quiet : bool, whether to say nothing, as all processes but the first do
    """
    if quiet or not sys.stderr.isatty():
        yield Bar(quiet=quiet)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Speed(ProgressColumn):
        def render(self, task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:.0f} windows/s" if speed else "")

    columns = (TextColumn("{task.description}"), BarColumn(), Speed(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as progress:
        yield Bar(progress, progress.add_task("learning", total=total, completed=done))
