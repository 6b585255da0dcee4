"""``earmark scan``: hear whole folders into a library."""

from pathlib import Path
from typing import Annotated

import typer

from earmark.cli.listing import ListFormat

LIBRARY = typer.Option(help="The library's file. [EARMARK_LIBRARY, else in the user's data folder]")


def scan(
    folders: Annotated[list[Path], typer.Argument(help="Folders or files.")],
    library: Annotated[Path | None, LIBRARY] = None,
    model: Annotated[
        str, typer.Option("-m", "--model", help="Name or folder of a model; see earmark models.")
    ] = "default",
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes. [one a core for many files]")
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on: hear what comes, until Ctrl-C.")
    ] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Try again what failed before.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Hear again what another version of the model heard.")
    ] = False,
    form: Annotated[ListFormat, typer.Option("--format", help="How to write the numbers.")] = (
        ListFormat.table
    ),
) -> None:
    """Hear what is new or changed in folders, and keep it in a library.

    Examples:

      earmark scan ~/Music

      earmark scan ~/Music /mnt/more --library music.db --jobs 4

      earmark scan ~/Music --watch
    """
    from earmark.errors import UnknownModelError
    from earmark.library import default_library_path
    from earmark.verbs.scan import scan_and_tell
    from earmark.zoo import find_model

    try:
        find_model(model)
    except UnknownModelError as error:
        raise typer.BadParameter(str(error), param_hint="--model") from error
    outcome = scan_and_tell(
        folders,
        library or default_library_path(),
        as_json=form is ListFormat.json,
        watch=watch,
        model=model,
        jobs=jobs,
        retry=retry,
        again=again,
    )
    if outcome.interrupted and not watch:
        raise typer.Exit(130)
    if outcome.failed or outcome.unread:
        raise typer.Exit(1)
