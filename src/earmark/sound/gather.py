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


def sounds_in(folder: Path) -> Iterator[Path]:
    """Sound files below a folder by their suffix, in order of name; hidden ones are left out.

    Raises
    ------
    SoundError
        The folder cannot be read, or holds no sound.
    """

    def fail(error: OSError) -> None:
        raise SoundError(f"{error.filename}: cannot be read ({error.strerror})")

    found = False
    for place, folders, files in os.walk(folder, onerror=fail):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES:
                found = True
                yield Path(place, name)
    if not found:
        raise SoundError(f"{folder}: the folder holds no sound files")


def gather(paths: Iterable[str]) -> Iterator[str | SoundError]:
    """Files as they are, folders as the sounds below them, an error in place of a bad folder."""
    for path in paths:
        if path != "-" and os.path.isdir(path):
            try:
                yield from map(str, sounds_in(Path(path)))
            except SoundError as error:
                yield error
        else:
            yield path
