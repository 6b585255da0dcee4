"""``earmark groups``: songs of the library that belong together, whatever they are called."""

from pathlib import Path
from typing import Annotated

import typer

from earmark.cli.library_options import HeardBy, Library
from earmark.cli.listing import ListFormat
from earmark.cli.picture import known_format


def groups(
    least: Annotated[
        int | None,
        typer.Option("--min-size", min=2, help="Songs of a group. [10, or 1 % of the library]"),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write groups and members as JSON.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(callback=known_format, help="Draw a map as .png, .svg or .pdf.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same one gives the same groups.")] = 0,
    keep: Annotated[
        bool, typer.Option("--keep/--no-keep", help="Keep them, so that group:3 can be asked for.")
    ] = True,
    library: Library = None,
    model: HeardBy = None,
    form: Annotated[ListFormat, typer.Option("--format", help="How to write it.")] = (
        ListFormat.table
    ),
) -> None:
    """Find groups of songs that sound alike, name each by its tags, and tell how sure it is.

    The groups are kept in the library in place of earlier ones, so that "group:3" can be asked for.

    Examples:

      earmark groups

      earmark groups --min-size 30 -o groups.json --picture map.png

      earmark search "group:3 and not vocals"
    """
    from earmark.library import Catalogue
    from earmark.library.described import group_songs
    from earmark.library.record import Recorder
    from earmark.library.songs import Songs
    from earmark.writers.plain_json import to_json, write_json

    with Catalogue(library) as catalogue:
        found = group_songs(Songs.of(catalogue, model), least, seed)
        if picture is not None:
            from earmark.plots import library_map, save

            names = [group.name for group in found.groups]
            save(library_map(found.songs.vectors, found.found.numbers, names, seed), picture)
        if output is not None:
            write_json(found.to_dict(), output)
        if keep:
            with Recorder(catalogue.path) as recorder:
                recorder.keep_groups(found.names(), found.members())
        if form is ListFormat.json:
            typer.echo(to_json(found.to_dict()))
        else:
            typer.echo(found.text())
