"""A list of songs as M3U8, the playlist that every player reads: UTF-8, a line EXTINF a song.

Paths are relative to the playlist where that is wanted, or absolute, and the beginning of a path
can be exchanged for what another machine calls the same folder.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from earmark.errors import DataError

HEADER = "#EXTM3U"
SONG = "#EXTINF:"


@dataclass(frozen=True)
class Entry:
    """One song of a playlist.

    Attributes
    ----------
    path : str, absolute
    title : str, what players show
    seconds : float, -1 where it is unknown
    """

    path: str
    title: str
    seconds: float = -1


def m3u8(
    entries: Iterable[Entry],
    folder: Path | None = None,
    prefixes: Sequence[tuple[str, str]] = (),
) -> str:
    """The text of a playlist.

    Parameters
    ----------
    entries : iterable of Entry
    folder : Path or None
        Where the playlist lies: paths are written as seen from there. None for absolute paths.
    prefixes : sequence of (old, new)
        The first whose old folder a path begins with exchanges it for the new one; such a path is
        written whole, for it is another machine's.
    """
    lines = [HEADER]
    for entry in entries:
        seconds = round(entry.seconds) if entry.seconds >= 0 else -1
        lines.append(f"{SONG}{seconds},{_one_line(entry.title)}")
        lines.append(_written(entry.path, folder, prefixes))
    return "\n".join(lines) + "\n"


def parse_prefix(text: str) -> tuple[str, str]:
    """Old and new of ``OLD=NEW``; DataError where it is none."""
    old, sign, new = text.partition("=")
    if not (sign and old and new):
        raise DataError(f"{text}: not two folders as in /home/me/Music=/volume1/music")
    return old, new


def read_m3u(path: Path) -> Iterator[str]:
    """Paths that a playlist names, absolute; addresses of the network are left out.

    Parameters
    ----------
    path : Path, of an M3U8 in UTF-8, or an M3U in whatever bytes

    Raises
    ------
    DataError
        It cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error
    # Bytes that are no UTF-8 stay what they are, as in names of files.
    for line in content.removeprefix(b"\xef\xbb\xbf").splitlines():
        name = os.fsdecode(line.strip())
        if name and not name.startswith("#") and "://" not in name:
            yield os.path.normpath(path.absolute().parent / name)


def _written(path: str, folder: Path | None, prefixes: Sequence[tuple[str, str]]) -> str:
    for old, new in prefixes:
        if Path(path).is_relative_to(old):
            return _joined(new, PurePosixPath(*Path(path).relative_to(old).parts))
    if folder is None:
        return path
    try:
        relative = os.path.relpath(path, folder)
    except ValueError:  # another drive
        return path
    # A name that begins with # would be read as a comment.
    return os.path.join(".", relative) if relative.startswith("#") else relative


def _joined(new: str, rest: PurePosixPath) -> str:
    """A path below a folder of another machine, with the slashes that it uses."""
    windows = "\\" in new or (len(new) > 1 and new[1] == ":" and "/" not in new)
    return str(PureWindowsPath(new, rest)) if windows else str(PurePosixPath(new, rest))


def _one_line(text: str) -> str:
    return " ".join(text.split())
