"""``earmark teach``: tags of your own from a handful of songs."""

from pathlib import Path
from typing import Annotated

import typer

from earmark.cli.library_options import Library
from earmark.cli.listing import ListFormat


def teach(
    examples: Annotated[
        Path,
        typer.Argument(metavar="FOLDER|MANIFEST", help="A folder of songs a tag, or a manifest."),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="Model folder to write.")],
    model: Annotated[
        str, typer.Option("--from", help="Name or folder of the model that listens.")
    ] = "default",
    keep: Annotated[bool, typer.Option("--keep", help="Tell the model's old tags too.")] = False,
    library: Library = None,
    name: Annotated[str | None, typer.Option(help="The model's name. [its folder's]")] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes that listen. [one a core]")
    ] = None,
    form: Annotated[ListFormat, typer.Option("--format", help="How to write it.")] = (
        ListFormat.table
    ),
) -> None:
    """Learn tags of your own from 5 to 500 songs of each.

    Each folder in FOLDER is a tag; songs in one named "none of these" have no tag. What a library
    heard is not heard again, and its other songs show what is none of the tags.

    Examples:

      earmark teach sorted/ -o mine/

      earmark teach songs.csv --keep -o mine/

      earmark tag -m mine/ song.mp3
    """
    from earmark.errors import UnknownModelError
    from earmark.messages import say
    from earmark.teaching import teach as learn
    from earmark.writers.plain_json import to_json

    if not examples.exists():
        raise typer.BadParameter(f"{examples}: no such folder or manifest")
    try:
        lesson = learn(examples, output, model, keep=keep, library=library, jobs=jobs, name=name)
    except UnknownModelError as error:
        raise typer.BadParameter(str(error), param_hint="--from") from error
    for sentence in lesson.warnings():
        say(sentence)
    typer.echo(to_json(lesson.to_dict()) if form is ListFormat.json else lesson.text())
    if not any(quality.learned for quality in lesson.qualities):
        raise typer.Exit(1)
