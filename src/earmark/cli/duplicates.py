"""``earmark duplicates``: files of the library that hold one recording."""

from typing import Annotated

import typer

from earmark.cli.library_options import HeardBy, Library
from earmark.cli.listing import ListFormat


def duplicates(
    library: Library = None,
    model: HeardBy = None,
    form: Annotated[
        ListFormat, typer.Option("--format", help="How to write it.")
    ] = ListFormat.table,
) -> None:
    """List the same recording in several files, whatever their encoding, and change nothing.

    In each set the file with the most bytes a second comes first. What sounds alike and is equally
    long may still be another take: listen before you remove anything.

    Examples:

      earmark duplicates

      earmark duplicates --format json
    """
    from earmark.library import Catalogue
    from earmark.library.duplicates import duplicates as find
    from earmark.library.songs import Songs
    from earmark.verbs.duplicates import duplicate_sets, duplicate_text
    from earmark.writers.plain_json import to_json

    with Catalogue(library) as catalogue:
        songs = Songs.of(catalogue, model)
        sets = duplicate_sets(songs, find(songs.recordings))
    as_json = form is ListFormat.json
    typer.echo(to_json({"sets": sets}) if as_json else duplicate_text(sets))
