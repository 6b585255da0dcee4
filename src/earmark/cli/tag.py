"""``earmark tag``: name what is heard in sound files."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """Forms of output."""

    table = "table"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"


def tag(
    files: Annotated[
        list[str] | None,
        typer.Argument(help="Files or folders; - is standard input. None: a bundled example."),
    ] = None,
    model: Annotated[
        str, typer.Option("-m", "--model", help="Name or folder of a model; see earmark models.")
    ] = "default",
    top: Annotated[
        int | None, typer.Option(min=1, help="The best TOP of all scores, without thresholds.")
    ] = None,
    all_tags: Annotated[bool, typer.Option("--all", help="The scores of all tags.")] = False,
    timeline: Annotated[bool, typer.Option("--timeline", help="A row of tags a window.")] = False,
    form: Annotated[Format, typer.Option("--format", help="How to write them.")] = Format.table,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write to this file, whole or not at all.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes. [one a core for many files]")
    ] = None,
    embedding: Annotated[
        Path | None, typer.Option(help="Keep the embeddings in this .npz file.")
    ] = None,
) -> None:
    """Tell which of the 188 tags fit each sound.

    Examples:

      earmark tag                                the bundled example

      earmark tag song.mp3 --timeline            what is heard when

      earmark tag Music/ --format csv -o t.csv   a whole folder

      cat song.ogg | earmark tag - --top 10      the ten highest scores
    """
    from earmark.errors import UnknownModelError
    from earmark.examples import example_path
    from earmark.outputs import Chosen
    from earmark.outputs.run import tag_and_write
    from earmark.sound.gather import gather
    from earmark.tagging import Tagger

    if top is not None and all_tags:
        raise typer.BadParameter("--top and --all cannot be used together")
    try:
        tagger = Tagger(model)
    except UnknownModelError as error:
        raise typer.BadParameter(str(error), param_hint="--model") from error
    outcome = tag_and_write(
        tagger,
        gather(files or [str(example_path("band"))]),
        form=form.value,
        chosen=Chosen(top=len(tagger.card.vocabulary) if all_tags else top, timeline=timeline),
        output=output,
        embedding=embedding,
        jobs=jobs,
    )
    if outcome.interrupted:
        raise typer.Exit(130)
    if outcome.failed:
        raise typer.Exit(1)
