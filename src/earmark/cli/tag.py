"""``earmark tag``: name what is heard in sound files."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from earmark.cli.listing import comma_separated


class Format(StrEnum):
    """Forms of output."""

    table = "table"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"


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
    min_score: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Show tags from this score on, not their thresholds."),
    ] = None,
    unsure: Annotated[
        bool, typer.Option("--unsure", help="JSON also lists the tags just below their thresholds.")
    ] = False,
    genre_map: Annotated[
        str | None, typer.Option("--map", help="Genres by this map too; see earmark genres.")
    ] = None,
    timeline: Annotated[bool, typer.Option("--timeline", help="A row of tags a window.")] = False,
    hop: Annotated[
        float | None,
        typer.Option(help="With --timeline: seconds from row to row, as .5. [a window]"),
    ] = None,
    form: Annotated[
        Format | None,
        typer.Option("--format", help="How to write them. [as OUTPUT's suffix says, or table]"),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write to this file, whole or not at all.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes. [one a core for many files]")
    ] = None,
    embedding: Annotated[
        Path | None, typer.Option(help="Keep the embeddings in this .npz (or .npy) file.")
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(help="Instead of files: a manifest, a MagnaTagATune folder, magnatagatune."),
    ] = None,
    folders: Annotated[
        str | None, typer.Option(help="With --data: only these folders, as in f,e,0.")
    ] = None,
    k: Annotated[
        int, typer.Option("-k", min=1, help="With --data: compare the K highest scores with truth.")
    ] = 10,
    share: Annotated[
        float, typer.Option(min=0.01, max=1, help="With --data: share of tags that is a success.")
    ] = 0.8,
) -> None:
    """Tell which of the 188 tags fit each sound.

    Examples:

      earmark tag                                the bundled example

      earmark tag song.mp3 --timeline            what is heard when

      earmark tag song.mp3 --timeline --hop .5   when, to half a second

      earmark tag Music/ -o tags.csv             a whole folder; json, jsonl, csv, parquet

      earmark tag song.mp3 --map moods           and what a map of genres or moods makes of it

      earmark tag song.mp3 --min-score 0.4       only what is likely

      cat song.ogg | earmark tag - --top 10      the ten highest scores

      earmark tag --data magnatagatune --folders f,0    a data set, compared with its labels
    """
    from earmark.errors import ModelError, UnknownModelError
    from earmark.examples import example_path
    from earmark.messages import say
    from earmark.sound.find_files import LeftOut, sounds_of
    from earmark.tagging import Tagger
    from earmark.tagging.hop import require_hop
    from earmark.verbs.tag import tag_and_write
    from earmark.verbs.tag_data import tag_dataset
    from earmark.vocabulary.genres import find_map
    from earmark.writers import BINARY, Chosen, format_of

    if top is not None and all_tags:
        raise typer.BadParameter("--top and --all cannot be used together")
    if hop is not None and not timeline:
        raise typer.BadParameter("--hop goes with --timeline")
    if min_score is not None and (all_tags or top is not None):
        raise typer.BadParameter("--min-score cannot be used with --top or --all")
    written = form.value if form else format_of(output)
    if written in BINARY and output is None:
        raise typer.BadParameter(f"{written} goes to a file: -o tags.{written}")
    if (data and files) or (folders and not data):
        raise typer.BadParameter("--folders goes with --data, and --data takes the place of files")
    try:
        tagger = Tagger(model)
    except UnknownModelError as error:
        raise typer.BadParameter(str(error), param_hint="--model") from error
    if hop is not None:
        try:
            require_hop(tagger.card, hop)
        except ModelError as error:
            raise typer.BadParameter(str(error), param_hint="--hop") from error
        tagger.hop = hop
    how = {
        "form": written,
        "chosen": Chosen(
            len(tagger.card.vocabulary) if all_tags else top,
            timeline,
            min_score,
            unsure,
            find_map(genre_map, tagger.card.vocabulary) if genre_map else None,
        ),
        "output": output,
        "embedding": embedding,
        "jobs": jobs,
    }
    if data:
        outcome = tag_dataset(tagger, data, comma_separated(folders), k, share, **how)
    else:
        passed = LeftOut()
        sounds = list(sounds_of(files or [str(example_path("band"))], passed))
        outcome = tag_and_write(tagger, sounds, **how)
        of_folder = any(
            isinstance(sound, str) and sound not in (files or [sound]) for sound in sounds
        )
        if of_folder and not outcome.interrupted:
            say(outcome.sentence(passed.counts))
    if outcome.interrupted:
        raise typer.Exit(130)
    if outcome.failed:
        raise typer.Exit(1)
