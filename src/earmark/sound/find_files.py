"""Find the sound files that a list of files and folders means."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from earmark.errors import SoundError
from earmark.suffixes import SOUND

NOT_REGULAR = "no regular file (a pipe or a device)"
LINKED = "a link to a folder"
HIDDEN = "a hidden file"
NO_SOUND = "not a sound by its name"


@dataclass
class LeftOut:
    """What folders held and was not taken, counted by the reason.

    Attributes
    ----------
    counts : dict of str to int, in the order of their first
    """

    counts: dict[str, int] = field(default_factory=dict)

    def note(self, reason: str) -> None:
        """Count one."""
        self.counts[reason] = self.counts.get(reason, 0) + 1

    def sentences(self) -> list[str]:
        """One for each reason, such as ``2 left out: no regular file (a pipe or a device)``."""
        return [f"{count} left out: {reason}" for reason, count in self.counts.items()]


def sounds_in(folder: Path, left_out: LeftOut | None = None) -> Iterator[Path | SoundError]:
    """Sound files below a folder by their suffix, in order of name; hidden ones are left out.

    Only regular files are taken, as a pipe or a device would be waited for without end. A folder
    within that cannot be read, or no sound at all, is an error in its place.

    Parameters
    ----------
    folder : Path
    left_out : LeftOut or None, learns what was not taken and why
    """
    left_out = LeftOut() if left_out is None else left_out
    unreadable: list[OSError] = []
    found = False
    for place, folders, files in os.walk(folder, onerror=unreadable.append):
        yield from _taken(unreadable)
        for name in folders:
            if not name.startswith(".") and os.path.islink(os.path.join(place, name)):
                left_out.note(LINKED)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(place, name)
            if name.startswith("."):
                left_out.note(HIDDEN)
            elif path.suffix.lower() not in SOUND:
                left_out.note(NO_SOUND)
            elif path.exists() and not path.is_file():
                left_out.note(NOT_REGULAR)
            else:
                found = True
                yield path
    found = found or bool(unreadable)
    yield from _taken(unreadable)
    if not found:
        yield SoundError(f"{folder}: the folder holds no sound files", str(folder))


def _taken(unreadable: list[OSError]) -> Iterator[SoundError]:
    while unreadable:
        error = unreadable.pop(0)
        yield SoundError(f"{error.filename}: cannot be read ({error.strerror})", error.filename)


def sounds_of(paths: Iterable[str], left_out: LeftOut | None = None) -> Iterator[str | SoundError]:
    """Files as they are, folders as the sounds below them, an error in place of a bad folder.

    `left_out` learns what folders held and was not taken; complete when the iteration has ended.
    """
    for path in paths:
        if path != "-" and os.path.isdir(path):
            for sound in sounds_in(Path(path), left_out):
                yield sound if isinstance(sound, SoundError) else str(sound)
        else:
            yield path


def shelves_in(folder: Path) -> tuple[list[Path], list[str]]:
    """The folders in which somebody sorted sounds, and sentences about those that are left out.

    Hidden ones are no shelves, nor are links that lead back to the folder, or to another shelf:
    their sounds would count twice.
    """
    found: dict[str, Path] = {}
    left_out: list[str] = []
    own = os.path.realpath(folder)
    names = sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    for path in sorted(names, key=lambda one: one.is_symlink()):
        behind = os.path.realpath(path)
        if os.path.commonpath([own, behind]) == behind:
            left_out.append(f"{path}: a link in a circle, left out")
        elif behind in found:
            left_out.append(f"{path}: leads to {found[behind]}, left out")
        else:
            found[behind] = path
    return sorted(found.values()), left_out
