"""``earmark undo``: take back what was written into files."""

from pathlib import Path
from typing import Annotated

import typer


def undo(
    paths: Annotated[list[str] | None, typer.Argument(help="Files or folders.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All files that were written to.")
    ] = False,
    library: Annotated[
        Path | None, typer.Option(help="The library beside which the journal lies.")
    ] = None,
    break_links: Annotated[
        bool, typer.Option("--break-links", help="Hard links get a file of their own.")
    ] = False,
) -> None:
    """Make files again what they were before earmark write, byte for byte.

    In a file that was changed since, only our fields are taken back.

    Examples:

      earmark undo song.mp3

      earmark undo --all
    """
    from earmark.writing.run import undo_run

    if bool(paths) == everything:
        raise typer.BadParameter("name files or folders, or --all")
    outcome = undo_run(paths or None, library, break_links=break_links)
    if outcome.interrupted:
        raise typer.Exit(130)
    if outcome.failed:
        raise typer.Exit(1)
