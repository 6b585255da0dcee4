"""``earmark library``: numbers, failures, tables, integrity and removal."""

from pathlib import Path
from typing import Annotated

import typer

from earmark.cli.library_options import HeardBy, Library
from earmark.cli.listing import ListFormat
from earmark.cli.picture import known_format

library = typer.Typer(
    name="library",
    help="What earmark scan has gathered: numbers, failures, tables, upkeep.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Form = Annotated[ListFormat, typer.Option("--format", help="How to write it.")]


@library.command()
def stats(
    library: Library = None,
    model: HeardBy = None,
    picture: Annotated[
        Path | None,
        typer.Option(
            callback=known_format, help="Draw the most common tags: a .png, .svg or .pdf file."
        ),
    ] = None,
    form: Form = ListFormat.table,
) -> None:
    """Count files, hours and tags of the whole library.

    Examples:

      earmark library stats

      earmark library stats --picture tags.png --format json
    """
    from earmark.library import Catalogue
    from earmark.library.stats import library_stats
    from earmark.verbs.library import stats_json, stats_text

    with Catalogue(library) as catalogue:
        found = library_stats(catalogue, model)
    if picture:
        from earmark.plots import save
        from earmark.plots.common import tag_bars

        save(tag_bars(list(found.get("tags", {}).items()), found["heard"]), picture)
    write = stats_json if form is ListFormat.json else stats_text
    typer.echo(write(found), nl=False)


@library.command()
def errors(library: Library = None, form: Form = ListFormat.table) -> None:
    """List the files in which nothing could be heard, and why.

    Examples:

      earmark library errors
    """
    from earmark.library import Catalogue
    from earmark.verbs.library import print_errors

    with Catalogue(library) as catalogue:
        print_errors(catalogue, as_json=form is ListFormat.json)


@library.command()
def export(
    output: Annotated[
        Path, typer.Option("-o", "--output", help="A .parquet, .csv or .jsonl file.")
    ],
    library: Library = None,
    model: HeardBy = None,
) -> None:
    """Write all files with their scores and embeddings as a table.

    Examples:

      earmark library export -o music.parquet

      earmark library export -o music.csv --library music.db
    """
    from earmark.library import Catalogue
    from earmark.verbs.library import export_library

    with Catalogue(library) as catalogue:
        known = catalogue.hearings()
        hearing = catalogue.hearing(model, known) if known or model else None
        count = export_library(catalogue, hearing, output)
    typer.echo(f"{output}: {count} files")


@library.command()
def check(library: Library = None) -> None:
    """Check that the library is whole.

    Examples:

      earmark library check
    """
    from earmark.library import default_library_path
    from earmark.library.upkeep import check_library

    path = library or default_library_path()
    wrong = check_library(path)
    for sentence in wrong:
        typer.echo(f"{path}: {sentence}")
    if wrong:
        raise typer.Exit(1)
    typer.echo(f"{path}: whole")


@library.command()
def forget(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="A file, or a folder with all below.")
    ],
    library: Library = None,
) -> None:
    """Forget a file or folder; the files themselves are not touched.

    Examples:

      earmark library forget ~/Music/Podcasts
    """
    from earmark.errors import LibraryError
    from earmark.library import default_library_path
    from earmark.library.upkeep import forget as forget_path

    place = library or default_library_path()
    count = forget_path(place, path)
    if not count:
        raise LibraryError(f"{path}: not in the library {place}")
    typer.echo(f"{place}: {count} file{'' if count == 1 else 's'} forgotten")
