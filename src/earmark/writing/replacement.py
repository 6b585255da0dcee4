"""Replace a file by a changed copy of it: the old one or the new one is there, never another.

The copy lies in the same folder. It gets owner, mode, access lists and extended attributes of the
file, is on disk before it takes the file's name, and does not take it if the file has changed
meanwhile. A symbolic link stays one: the file that it leads to is replaced. A file with several
names (hard links) is refused, unless the name is to get a file of its own.
"""

import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

from earmark.errors import WritingError
from earmark.writing.drafts import draft_in

BLOCK = 1 << 20
SPARE = 1 << 20  # bytes that must stay free besides the copy
MINOR = ("security.", "trusted.")  # attributes that the system sets by itself


class Replacement:
    """A copy that is worked on.

    Attributes
    ----------
    path : Path, of the file, symbolic links followed
    copy : Path
    """

    def __init__(self, path: Path, copy: Path, seen: os.stat_result) -> None:
        self.path, self.copy, self._seen = path, copy, seen

    def fill(self) -> bytes:
        """Copy the file's bytes; returns their SHA-256."""
        with open(self.path, "rb") as source:
            return self.write(iter(lambda: source.read(BLOCK), b""))

    def write(self, blocks: Iterator[bytes]) -> bytes:
        """Write bytes into the copy; returns their SHA-256."""
        summed = hashlib.sha256()
        with open(self.copy, "wb") as target:
            for block in blocks:
                summed.update(block)
                target.write(block)
        return summed.digest()

    def finish(
        self, around: Callable[[], AbstractContextManager[None]] = nullcontext
    ) -> os.stat_result:
        """Give the copy the file's place.

        Parameters
        ----------
        around : callable, makes a context for the exchange of the files, when all else is done

        Returns
        -------
        os.stat_result, of the new file
        """
        _keep_attributes(self.path, self.copy, self._seen)
        with open(self.copy, "rb+") as file:
            os.fsync(file.fileno())
        with around():
            if _identity(os.lstat(self.path)) != _identity(self._seen):
                raise WritingError(f"{self.path}: it was changed while it was being written")
            os.replace(self.copy, self.path)
        _sync_folder(self.path.parent)
        return os.stat(self.path)


@contextmanager
def replacement(path: str | os.PathLike, *, break_links: bool = False) -> Iterator[Replacement]:
    """A copy beside a file, to be changed, checked and finished; gone if it is not finished.

    Parameters
    ----------
    path : path
    break_links : bool, whether a file with several names may become a file of its own

    Raises
    ------
    WritingError
        The file or folder may not be written, there is no room, or the file has several names.
    """
    path = Path(path)
    try:
        real = Path(os.path.realpath(path, strict=True))
        seen = os.lstat(real)
        _check(path, real, seen, break_links)
        with draft_in(real.parent) as copy:
            yield Replacement(real, copy, seen)
    except OSError as error:
        raise WritingError(f"{path}: cannot be written ({error.strerror})") from error


def _check(path: Path, real: Path, seen: os.stat_result, break_links: bool) -> None:
    if not stat.S_ISREG(seen.st_mode):
        raise WritingError(f"{path}: not a file")
    if seen.st_nlink > 1 and not break_links:
        names = f"{seen.st_nlink} names (hard links)"
        raise WritingError(f"{path}: the file has {names}; --break-links gives this one its own")
    # Who may do everything (root) is still told what a read-only mark means.
    if not seen.st_mode & 0o222 or not os.access(real, os.W_OK):
        raise WritingError(f"{path}: the file is read-only")
    folder = real.parent
    if not os.stat(folder).st_mode & 0o222 or not os.access(folder, os.W_OK):
        raise WritingError(f"{path}: its folder is read-only")
    if shutil.disk_usage(folder).free < seen.st_size + SPARE:
        raise WritingError(f"{path}: no room on the disk for a copy")


def _identity(seen: os.stat_result) -> tuple[int, ...]:
    return seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns


def _keep_attributes(source: Path, target: Path, seen: os.stat_result) -> None:
    """Owner, mode, access lists and extended attributes of one file for another."""
    if hasattr(os, "chown"):
        made = os.stat(target)
        if (made.st_uid, made.st_gid) != (seen.st_uid, seen.st_gid):
            try:
                os.chown(target, seen.st_uid, seen.st_gid)
            except OSError as error:
                raise WritingError(f"{source}: the copy would belong to another user") from error
    if os.stat(target).st_mode != seen.st_mode:
        os.chmod(target, stat.S_IMODE(seen.st_mode))
    if not hasattr(os, "listxattr"):
        return
    try:
        kept = {name: os.getxattr(source, name) for name in os.listxattr(source)}
    except OSError:
        return  # a file system without any
    for name in os.listxattr(target):
        if name not in kept:
            with suppress(OSError):
                os.removexattr(target, name)
    for name, value in kept.items():
        try:
            os.setxattr(target, name, value)
        except OSError as error:
            if not name.startswith(MINOR):
                raise WritingError(f"{source}: its attribute {name} cannot be kept") from error


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    with suppress(OSError):  # some network drives know no such thing
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
