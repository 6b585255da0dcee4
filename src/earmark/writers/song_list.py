"""Songs of a library as lists: a table for people, JSON and CSV for programs, M3U8 and paths."""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from earmark.atomic import atomic_file, standard_output
from earmark.csv_line import csv_line
from earmark.library.m3u8 import Entry, m3u8
from earmark.library.rows import Track
from earmark.library.songs import title_of
from earmark.messages import printable, say
from earmark.wording import counted

FORMS = ("table", "json", "csv", "m3u8", "paths")
LINES = ("m3u8", "paths")  # forms in which a name is a line
DIGITS = 4


def song_list(
    tracks: Iterable[Track],
    form: str,
    measure: str = "",
    values: Sequence[float] = (),
    *,
    folder: Path | None = None,
    prefixes: Sequence[tuple[str, str]] = (),
) -> str:
    """Songs as text, with a number beside each.

    Parameters
    ----------
    tracks : iterable of Track
    form : one of `FORMS`
    measure : str, what the numbers are, as "similarity"; "" where there are none
    values : sequence of float, a number a track
    folder : Path or None, of an M3U8 with relative paths
    prefixes : sequence of (old, new), of an M3U8 for another machine

    Returns
    -------
    str
        Ends with a line break unless it is empty. Bytes of names that are no UTF-8 are escaped.
    """
    tracks = list(tracks)
    if form == "paths":
        return "".join(f"{track.path}\n" for track in tracks)
    if form == "m3u8":
        return m3u8(map(entry, tracks), folder, prefixes)
    rows = [_row(track) for track in tracks]
    for row, value in zip(rows, values if measure else (), strict=bool(measure)):
        row[measure] = round(float(value), DIGITS)
    if form == "json":
        return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
    if form == "csv":
        return _csv(rows, measure)
    return "".join(f"{_line(row, measure)}\n" for row in rows)


def entry(track: Track) -> Entry:
    """A track as a line of a playlist."""
    return Entry(track.path, title_of(track), -1 if track.seconds is None else track.seconds)


def print_or_write(
    tracks: Sequence[Track],
    form: str,
    measure: str = "",
    values: Sequence[float] = (),
    *,
    output: Path | None = None,
    absolute: bool = False,
    prefixes: Sequence[tuple[str, str]] = (),
) -> None:
    """Write songs to a file, whole or not at all, or to standard output.

    Parameters
    ----------
    tracks, form, measure, values, prefixes : as for :func:`song_list`
    output : Path or None
    absolute : bool
        Whether an M3U8 has absolute paths; in one that is printed they always are.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    folder = None if absolute or output is None else output.absolute().parent
    listable = [track for track in tracks if form not in LINES or "\n" not in track.path]
    if len(listable) < len(tracks):
        missing = len(tracks) - len(listable)
        say(f"{counted(missing, 'name')} with line breaks cannot stand in such a list")
        tracks = listable  # such lists have no numbers
    text = song_list(tracks, form, measure, values, folder=folder, prefixes=prefixes)
    # Names of files keep the bytes that the system knows them by.
    content = text.encode("utf-8", "surrogateescape")
    if output is not None:
        with atomic_file(output, "wb") as file:
            file.write(content)
    elif hasattr(sys.stdout, "buffer"):
        with standard_output() as out:
            out.flush()
            out.buffer.write(content)
    else:
        print(printable(text), end="")


def _row(track: Track) -> dict[str, Any]:
    return {
        "file": printable(track.path),
        "title": track.title,
        "artist": track.artist,
        "seconds": None if track.seconds is None else round(track.seconds, 1),
    }


def _csv(rows: list[dict[str, Any]], measure: str) -> str:
    names = ["file", "title", "artist", "seconds", *([measure] if measure else [])]
    return csv_line(names) + "".join(csv_line(row[name] for name in names) for row in rows)


def _line(row: dict[str, Any], measure: str) -> str:
    number = f"{row[measure]:6.3f}  " if measure else ""
    name = row["title"] or Path(row["file"]).stem
    whose = f"{row['artist']} - " if row["artist"] else ""
    return f"{number}{' '.join(f'{whose}{name}'.split())}  {os.path.relpath(row['file'])}"
