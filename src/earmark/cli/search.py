"""``earmark search``: songs of the library that an expression over tags is true of."""

from typing import Annotated

import typer

from earmark.cli.library_options import (
    Absolute,
    Form,
    HeardBy,
    Library,
    MapPrefix,
    Output,
    SongForm,
)

IN_TABLE = 20  # songs that a table shows unless told


def search(
    expression: Annotated[
        str, typer.Argument(metavar="EXPRESSION", help="As: violin and slow and not female.")
    ],
    like: Annotated[
        str | None, typer.Option(metavar="FILE", help="Those most like this song first.")
    ] = None,
    top: Annotated[
        int | None, typer.Option("--top", min=1, help="How many. [20 in a table, else all]")
    ] = None,
    genre_map: Annotated[
        str | None, typer.Option("--map", help="A map whose words may be asked for too.")
    ] = None,
    library: Library = None,
    model: HeardBy = None,
    form: Form = SongForm.table,
    output: Output = None,
    absolute: Absolute = False,
    map_prefix: MapPrefix = None,
) -> None:
    """List the songs of the library that an expression is true of, best first.

    Examples:

      earmark search "violin and slow"

      earmark search "(techno or house) and not vocals" --format m3u8 -o dance.m3u8

      earmark search "piano > .6" --like song.mp3 --top 5

      earmark search "dreamy and not sad" --map moods

      earmark search group:3 --format paths
    """
    from earmark.library import Catalogue
    from earmark.library.m3u8 import parse_prefix
    from earmark.library.search import Search, like_file
    from earmark.messages import say
    from earmark.writers.song_list import print_or_write

    if top is None and form is SongForm.table:
        top = IN_TABLE
    prefixes = [parse_prefix(text) for text in map_prefix or []]
    with Catalogue(library) as catalogue:
        if like is None:
            found = Search(catalogue)(expression, model, genre_map)
            measure, total = "strength", len(found)
            ids, values = found.ids[:top], found.strengths[:top]
        else:
            ids, values, total = like_file(catalogue, like, expression, top, model)
            measure = "similarity"
        tracks = list(catalogue.tracks(ids))
        print_or_write(
            tracks, form.value, measure, values, output=output, absolute=absolute, prefixes=prefixes
        )
    if not total:
        say("nothing in the library is like that")
    elif total > len(ids):
        say(f"{len(ids)} of {total} songs; --top shows more")
