"""``earmark playlist``: from one song to another in small steps."""

from pathlib import Path
from typing import Annotated

import typer

from earmark.cli.library_options import Absolute, HeardBy, Library, MapPrefix, SongForm, Where


def playlist(
    start: Annotated[str, typer.Option("--from", metavar="FILE", help="The first song.")],
    end: Annotated[str, typer.Option("--to", metavar="FILE", help="The last song.")],
    length: Annotated[int, typer.Option(min=2, help="Songs, with both.")] = 20,
    where: Where = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write an M3U8 file, whole or not at all.")
    ] = None,
    map_prefix: MapPrefix = None,
    absolute: Absolute = False,
    library: Library = None,
    model: HeardBy = None,
    form: Annotated[
        SongForm | None, typer.Option("--format", help="How to write it. [m3u8 to a file, table]")
    ] = None,
) -> None:
    """Make a playlist that moves gradually from one song of the library to another.

    No recording comes twice, and at most two songs are of one artist.

    Examples:

      earmark playlist --from calm.mp3 --to wild.mp3 -o evening.m3u8

      earmark playlist --from a.mp3 --to b.mp3 --length 40 --where "not vocals" -o b.m3u8

      earmark playlist --from a.mp3 --to b.mp3 --map-prefix /home/me/Music=/volume1/music -o b.m3u8
    """
    from earmark.library import Catalogue
    from earmark.library.m3u8 import parse_prefix
    from earmark.library.path import steps
    from earmark.library.playlist import playlist as make
    from earmark.library.songs import Songs
    from earmark.messages import say
    from earmark.writers.song_list import print_or_write

    prefixes = [parse_prefix(text) for text in map_prefix or []]
    form = form or (SongForm.m3u8 if output else SongForm.table)
    with Catalogue(library) as catalogue:
        songs = Songs.of(catalogue, model)
        places = make(songs, start, end, length, among=where)
        if len(places) < length:
            say(f"only {len(places)} songs: no more may lie between")
        print_or_write(
            songs.tracks(places),
            form.value,
            "step",
            [0.0, *steps(songs.vectors, places)],
            output=output,
            absolute=absolute,
            prefixes=prefixes,
        )
