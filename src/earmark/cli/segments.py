"""``earmark segments``: passages in which an expression holds, as a list or cut out."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Form(StrEnum):
    """Forms of a list of passages."""

    labels = "labels"
    srt = "srt"
    vtt = "vtt"
    edl = "edl"
    json = "json"
    csv = "csv"
    chapters = "chapters"


def segments(
    files: Annotated[list[str], typer.Argument(help="Files or folders.")],
    tag: Annotated[str, typer.Option("--tag", help="What to find, as 'vocals or rap'.")],
    min_length: Annotated[
        float, typer.Option(min=0, help="Seconds; shorter passages are left out.")
    ] = 1.0,
    gap: Annotated[float, typer.Option(min=0, help="Seconds; closer passages are one.")] = 1.0,
    pad: Annotated[float, typer.Option(min=0, help="Seconds added before and after each.")] = 0.0,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder for clips, or where a list goes.")
    ] = None,
    form: Annotated[Form | None, typer.Option("--format", help="A list in this form.")] = None,
    stream: Annotated[
        int, typer.Option(min=0, help="Which audio stream of each file, from 0.")
    ] = 0,
    hop: Annotated[
        float, typer.Option(help="Seconds from one look at the sound to the next.")
    ] = 0.5,
    model: Annotated[
        str, typer.Option("-m", "--model", help="Name or folder of a model; see earmark models.")
    ] = "default",
) -> None:
    """Find the passages in which something is heard; list them, or cut them out.

    Examples:

      earmark segments show.mp3 --tag talking                      a table

      earmark segments show.mp3 --tag "vocals or rap" -o clips/    cut out, lossless where it can be

      earmark segments show.mp3 --tag rap --format labels          labels for Audacity

      earmark segments film.mkv --tag "not vocals" --pad .5 --format edl -o film.edl
    """
    from earmark.cli.listening import listener, parsed
    from earmark.segments.run import run
    from earmark.sound.find_files import sounds_of

    tagger = listener(model, hop)
    outcome = run(
        tagger,
        sounds_of(files),
        parsed(tag, tagger, "--tag"),
        form=form.value if form else None,
        output=output,
        min_length=min_length,
        gap=gap,
        pad=pad,
        stream=stream,
        hop=hop,
    )
    if outcome.interrupted:
        raise typer.Exit(130)
    if outcome.failed:
        raise typer.Exit(1)
