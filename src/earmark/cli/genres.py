"""``earmark genres``: maps from tags to genres, moods or any words: list, show, check, learn."""

from pathlib import Path
from typing import Annotated

import typer

from earmark.cli.listing import ListFormat

genres = typer.Typer(
    name="genres",
    help="Genres of your own: maps from tags to any words.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Map = Annotated[str, typer.Argument(metavar="MAP", help="A shipped map's name, or a TOML file.")]
Model = Annotated[
    str, typer.Option("-m", "--model", help="Name or folder of a model; see earmark models.")
]
Form = Annotated[ListFormat, typer.Option("--format", help="How to write it.")]


@genres.command("list")
def list_maps(form: Form = ListFormat.table) -> None:
    """List the shipped maps.

    Examples:

      earmark genres list
    """
    from earmark.genres.report import list_text

    typer.echo(list_text(as_json=form is ListFormat.json))


@genres.command()
def show(name: Map, model: Model = "default", form: Form = ListFormat.table) -> None:
    """Print the rules of a map.

    Examples:

      earmark genres show moods

      earmark genres show mine.toml --format json
    """
    from earmark.genres.report import map_rules
    from earmark.vocabulary.genres import find_map
    from earmark.zoo import find_model

    genre_map = find_map(name, find_model(model).vocabulary)
    typer.echo(map_rules(genre_map, as_json=form is ListFormat.json))


@genres.command()
def check(
    name: Map,
    model: Model = "default",
    form: Form = ListFormat.table,
) -> None:
    """Look for unknown tags, rules that never or always hold, and words that coincide.

    The exit code is 1 where something cannot work.

    Examples:

      earmark genres check mine.toml
    """
    from earmark.genres.check import check_on_examples
    from earmark.genres.report import check_text

    found, songs = check_on_examples(name, model)
    typer.echo(check_text(found, songs, as_json=form is ListFormat.json))
    if found.faults:
        raise typer.Exit(1)


@genres.command()
def learn(
    source: Annotated[
        str, typer.Argument(help="A folder of folders, or a manifest with one tag a row.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="Map to write (TOML).")],
    model: Model = "default",
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes. [one a core]")] = None,
) -> None:
    """Learn a readable map from music that you sorted, and judge it on artists left out.

    Examples:

      earmark genres learn Sorted/ -o mine.toml

      earmark tag song.mp3 --map mine.toml
    """

    from earmark.cores import available_cores
    from earmark.genres.learn import learn_from, quality_text
    from earmark.messages import say
    from earmark.tagging import Tagger

    learned = learn_from(source, Tagger(model), output, jobs or available_cores())
    if learned.quality:
        typer.echo(quality_text(learned.quality))
    else:
        say("all songs are of one artist, so nobody knows how good the map is elsewhere")
    say(f"{output}: {len(learned.table)} words from {learned.songs} songs")
    if learned.failed:
        raise typer.Exit(1)
