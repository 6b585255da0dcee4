"""``earmark taste``: what a collection has more of than the rest, and what would fit it."""

from pathlib import Path
from typing import Annotated

import typer

from earmark.cli.library_options import HeardBy, Library, Top, Where
from earmark.cli.listing import ListFormat
from earmark.cli.picture import known_format


def taste(
    chosen: Annotated[
        str, typer.Argument(metavar="FOLDER|PLAYLIST.m3u8", help="Songs of the library.")
    ],
    against: Annotated[
        str | None,
        typer.Option(metavar="FOLDER|PLAYLIST.m3u8", help="Held against. [the rest of it]"),
    ] = None,
    top: Top = 10,
    where: Where = None,
    picture: Annotated[
        Path | None, typer.Option(callback=known_format, help="Draw it as .png, .svg or .pdf.")
    ] = None,
    library: Library = None,
    model: HeardBy = None,
    form: Annotated[
        ListFormat, typer.Option("--format", help="How to write it.")
    ] = ListFormat.table,
) -> None:
    """Tell which tags a collection has more of than the rest, and which other songs fit it.

    Examples:

      earmark taste Favourites/

      earmark taste mine.m3u8 --against hers.m3u8 --picture us.png

      earmark taste mine.m3u8 --top 30 --where "not vocals" --format json
    """
    from earmark.library import Catalogue
    from earmark.library.liking import liking
    from earmark.library.songs import Songs
    from earmark.writers.plain_json import to_json

    with Catalogue(library) as catalogue:
        found = liking(Songs.of(catalogue, model), chosen, against, top, among=where)
    if picture is not None:
        from earmark.plots import save, taste_bars

        save(taste_bars(found.differences), picture)
    typer.echo(to_json(found.to_dict()) if form is ListFormat.json else found.text())
