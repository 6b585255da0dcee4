"""Find the sound files that a list of files and folders means."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from earmark.errors import SoundError

SUFFIXES = frozenset(
    {".wav", ".wave", ".w64", ".rf64", ".aif", ".aiff", ".aifc", ".au", ".snd", ".caf", ".flac"}
    | {".mp3", ".mp2", ".ogg", ".oga", ".opus", ".m4a", ".m4b", ".aac", ".wma", ".ape", ".wv"}
    | {".ac3", ".amr", ".webm", ".mka", ".mkv", ".mp4", ".m4v", ".mov", ".avi", ".3gp"}
)


def sounds_in(folder: Path) -> Iterator[Path | SoundError]:
    """Sound files below a folder by their suffix, in order of name; hidden ones are left out.

    A folder within that cannot be read, or no sound at all, is an error in its place.
    """
    unreadable: list[OSError] = []
    found = False
    for place, folders, files in os.walk(folder, onerror=unreadable.append):
        yield from _taken(unreadable)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES:
                found = True
                yield Path(place, name)
    found = found or bool(unreadable)
    yield from _taken(unreadable)
    if not found:
        yield SoundError(f"{folder}: the folder holds no sound files", str(folder))


def _taken(unreadable: list[OSError]) -> Iterator[SoundError]:
    while unreadable:
        error = unreadable.pop(0)
        yield SoundError(f"{error.filename}: cannot be read ({error.strerror})", error.filename)


def gather(paths: Iterable[str]) -> Iterator[str | SoundError]:
    """Files as they are, folders as the sounds below them, an error in place of a bad folder."""
    for path in paths:
        if path != "-" and os.path.isdir(path):
            for sound in sounds_in(Path(path)):
                yield sound if isinstance(sound, SoundError) else str(sound)
        else:
            yield path
