"""Walk folders: a listing of sound files a folder, each folder once, and what was in the way.

Folders are called by their real path, so that a file has one name whichever link leads to it.
Links to folders are followed; one that leads back to a folder above it is a circle and left out.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from earmark.suffixes import SOUND


@dataclass(frozen=True)
class Listing:
    """What a folder holds.

    Attributes
    ----------
    folder : str, its real path
    files : dict of name -> (size, mtime_ns), sounds by their suffix; hidden ones are left out
    whole : bool, whether it is all; False for files that were named one by one
    """

    folder: str
    files: dict[str, tuple[int, int]]
    whole: bool = True


@dataclass
class Walk:
    """A walk over folders and files; iterate once.

    Parameters
    ----------
    roots : iterable of path

    Attributes
    ----------
    problems : list of str, one sentence each, without those of `circles`
    circles : list of str, one sentence for each link in a circle
    unread : list of str, real paths of folders that could not be read, and of missing roots
    """

    roots: Iterable[str | os.PathLike]
    problems: list[str] = field(default_factory=list)
    circles: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    _seen: set[tuple[int, int]] = field(default_factory=set)

    def __iter__(self) -> Iterator[Listing]:
        for root in self.roots:
            root = os.path.realpath(root)
            if os.path.isdir(root):
                yield from self._below(root)
            elif os.path.lexists(root):
                folder, name = os.path.split(root)
                found = self._measured(root)
                yield Listing(folder, {name: found} if found else {}, whole=False)
            else:
                self._missed(root, "no such file or folder")

    def _below(self, root: str) -> Iterator[Listing]:
        waiting = [root]
        while waiting:
            folder = waiting.pop()
            try:
                status = os.stat(folder)
                if (status.st_dev, status.st_ino) in self._seen:
                    continue
                self._seen.add((status.st_dev, status.st_ino))
                files, folders = self._listed(folder)
            except OSError as error:
                self._missed(folder, f"cannot be read ({error.strerror})")
                continue
            waiting += sorted(folders, reverse=True)
            yield Listing(folder, files)

    def _listed(self, folder: str) -> tuple[dict[str, tuple[int, int]], list[str]]:
        files, folders = {}, []
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_symlink():
                    self._follow(folder, entry, files, folders)
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif _is_sound(entry.name) and (found := self._measured(entry)):
                    files[entry.name] = found
        return files, folders

    def _follow(self, folder: str, entry: os.DirEntry, files: dict, folders: list[str]) -> None:
        target = os.path.realpath(entry.path)
        if os.path.isdir(target):
            if folder == target or folder.startswith(os.path.join(target, "")):
                self.circles.append(f"{entry.path}: a link in a circle, left out")
            else:
                folders.append(target)
        elif _is_sound(entry.name) and (found := self._measured(entry)):
            files[entry.name] = found

    def _measured(self, file: str | os.DirEntry) -> tuple[int, int] | None:
        """Size and time of a file; None for what is no ordinary file or has just vanished."""
        try:
            status = file.stat() if isinstance(file, os.DirEntry) else os.stat(file)
        except OSError as error:
            path = file.path if isinstance(file, os.DirEntry) else file
            if os.path.islink(path):
                self.circles.append(f"{path}: a link that leads nowhere ({error.strerror})")
            elif os.path.lexists(path):
                self.problems.append(f"{path}: cannot be read ({error.strerror})")
            return None
        return (status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else None

    def _missed(self, folder: str, why: str) -> None:
        self.problems.append(f"{folder}: {why}")
        self.unread.append(folder)


def _is_sound(name: str) -> bool:
    return f".{name.rpartition('.')[2].lower()}" in SOUND
