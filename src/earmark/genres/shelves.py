"""Music that somebody sorted: a folder of folders, or a manifest; each song with its shelf."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from earmark.datasets.fields import read_fields
from earmark.datasets.manifest import manifest_vocabulary, read_manifest
from earmark.errors import DataError, SoundError
from earmark.sound.find_files import shelves_in, sounds_in


@dataclass(frozen=True)
class Shelved:
    """One song.

    Attributes
    ----------
    file : str
    shelf : str, the folder or the tag
    group : str, artist or source, which a judgement keeps together
    """

    file: str
    shelf: str
    group: str


@dataclass(frozen=True)
class Shelves:
    """Songs that have a shelf, and sentences about what was left out."""

    songs: tuple[Shelved, ...]
    left_out: tuple[str, ...]


def read_shelves(source: str | os.PathLike) -> Shelves:
    """Songs and where somebody put them.

    Parameters
    ----------
    source : path
        A folder, each of whose folders is a shelf with all the sounds below it; or a manifest,
        whose rows have one tag each.

    Raises
    ------
    DataError
        No such folder or manifest, or nothing in it has a shelf.
    """
    path = Path(source)
    if not path.exists():
        raise DataError(f"{source}: no such folder or manifest")
    songs, left_out = _of_folder(path) if path.is_dir() else _of_manifest(path)
    if not songs:
        what = "no folder in it holds sounds" if path.is_dir() else "no row has exactly one tag"
        raise DataError(f"{source}: {what}, so nothing tells the shelves")
    return Shelves(tuple(songs), tuple(left_out))


def _of_folder(folder: Path) -> tuple[list[Shelved], list[str]]:
    songs: list[Shelved] = []
    shelves, left_out = shelves_in(folder)
    for shelf in shelves:
        for path in sounds_in(shelf):
            if isinstance(path, SoundError):
                left_out.append(str(path))
            else:
                songs.append(Shelved(str(path), shelf.name, _group(path, shelf)))
    loose = sum(1 for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    if loose:
        left_out.append(f"{folder}: {loose} files are on no shelf and are left out")
    return songs, left_out


def _group(path: Path, shelf: Path) -> str:
    """The artist, else the folder within the shelf, else the song by itself."""
    try:
        artist = read_fields(str(path)).artist
    except Exception:  # a damaged file makes a parser fail in any way; the song may still sound
        artist = ""
    return artist or str(path if path.parent == shelf else path.parent)


def _of_manifest(path: Path) -> tuple[list[Shelved], list[str]]:
    songs: list[Shelved] = []
    several = 0
    rows: Iterator = read_manifest(path, manifest_vocabulary(path))
    for row in rows:
        if len(row.tags) == 1:
            songs.append(Shelved(row.file, row.tags[0], row.group or row.file))
        else:
            several += 1
    said = f"{path}: {several} rows have no tag or several and are left out"
    return songs, [said] if several else []
