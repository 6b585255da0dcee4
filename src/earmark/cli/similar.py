"""``earmark similar``: songs of the library that sound like a song."""

from typing import Annotated

import typer

from earmark.cli.library_options import Form, HeardBy, Library, Output, SongForm, Top, Where


def similar(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A song, in the library or not.")],
    top: Top = 10,
    where: Where = None,
    library: Library = None,
    model: HeardBy = None,
    form: Form = SongForm.table,
    output: Output = None,
) -> None:
    """List the songs of the library that sound most like one, the nearest first.

    No recording is there twice, and the song's own is left out.

    Examples:

      earmark similar song.mp3

      earmark similar song.mp3 --top 30 --where "not vocals" --format m3u8 -o like.m3u8

      earmark similar new.flac --format json
    """
    from earmark.library import Catalogue
    from earmark.library.neighbours import similar as ask
    from earmark.library.songs import Songs
    from earmark.writers.song_list import print_or_write

    with Catalogue(library) as catalogue:
        songs = Songs.of(catalogue, model)
        found = ask(songs, file, top, among=where)
        tracks = songs.tracks(found.places)
        print_or_write(tracks, form.value, "similarity", found.similarities, output=output)
