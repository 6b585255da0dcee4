"""Where a server lays the sounds that it was sent: gone with it, and a killed one's with the next.

A server's folder is made while it holds the file ``<folder>.lock``, which the system gives free
when its process dies. So a folder whose lock can be had has no owner any more.
"""

import asyncio
import os
import shutil
import stat
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import IO

from earmark.locks import try_lock, unlock

PREFIX = "earmark-serve-"
LOCK = ".lock"
TRIES = 100  # to have a lock that no other server sweeps meanwhile


class Scratch:
    """Temporary folders of one server; the place of all is made when the first is asked for."""

    def __init__(self) -> None:
        self._making = Lock()
        self._place: Path | None = None
        self._lock: IO[bytes] | None = None
        self._held: Path | None = None
        self._left: list[Path] = []  # places whose lock was swept, maybe in use

    def new(self) -> Path:
        """A new empty folder; any thread may ask. OSError where the disk has no room for it."""
        with self._making:
            if not self._is_whole():  # /tmp is swept where it grows old
                self._place = self._begin()
        return Path(tempfile.mkdtemp(dir=self._place))

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Path]:
        """A folder that is gone afterwards, whatever happens."""
        folder = await asyncio.to_thread(self.new)
        try:
            yield folder
        finally:
            await asyncio.shield(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))

    def _is_whole(self) -> bool:
        """Whether the place is there, and is the one that was made, and its lock beside it."""
        if self._place is None or self._held is None or self._lock is None:
            return False
        try:
            return stat.S_ISDIR(self._place.lstat().st_mode) and _is_at(self._lock, self._held)
        except OSError:
            return False

    def _begin(self) -> Path:
        self._leave()
        for _ in range(TRIES):
            descriptor, name = tempfile.mkstemp(prefix=PREFIX, suffix=LOCK)
            file, held = os.fdopen(descriptor, "r+b"), Path(name)
            ours = True
            with suppress(OSError):  # where files have no locks
                ours = try_lock(file)
            if ours and _is_at(file, held):
                break
            file.close()  # a server that starts took it for one that is left
        else:
            raise OSError(f"{held}: cannot be kept")
        self._lock, self._held = file, held
        place = _of(held)
        place.mkdir(mode=0o700)
        return place

    def close(self) -> None:
        """Remove all of them."""
        self._leave()
        for place in self._left:
            shutil.rmtree(place, ignore_errors=True)
        self._left.clear()

    def _leave(self) -> None:
        """Give up the place, which goes when all is closed: others may still be writing there."""
        if self._lock is None or self._held is None:
            return
        self._left.append(_of(self._held))
        with suppress(OSError):
            unlock(self._lock)
        self._lock.close()
        with suppress(OSError):
            self._held.unlink()
        self._place = self._lock = self._held = None


def _is_at(file: IO[bytes], path: Path) -> bool:
    """Whether an open file is still the one of this name."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.lstat())
    except OSError:
        return False


def _of(lock: Path) -> Path:
    """The folder that a lock is of."""
    return lock.with_name(lock.name.removesuffix(LOCK))


def remove_left() -> int:
    """Remove what servers that were killed have left; returns how many servers that were.

    Where files have no locks nobody can tell, and all stays.
    """
    removed = 0
    for lock in Path(tempfile.gettempdir()).glob(f"{PREFIX}*{LOCK}"):
        if lock.is_symlink():  # planted
            continue
        with suppress(OSError):  # another user's cannot be opened
            with open(lock, "r+b") as file:
                if not try_lock(file):
                    continue
                shutil.rmtree(_of(lock), ignore_errors=True)
                unlock(file)
            lock.unlink()
            removed += 1
    return removed
