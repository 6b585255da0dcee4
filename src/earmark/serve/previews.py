"""Previews of the library's tracks that were made: a few on the disk, and gone with the server."""

import shutil
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

from earmark.serve.opus import KIND
from earmark.serve.scratch import Scratch

Key = tuple[str, int, int]


class LentFile(FileResponse):
    """A file as an answer, given back when it is sent or whoever asked has gone."""

    def __init__(self, path: Path, give_back: Callable[[], None]) -> None:
        super().__init__(path, media_type=KIND)
        self._give_back = give_back

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._give_back()


@dataclass
class _Kept:
    path: Path
    size: int
    lent: int = 0


class Previews:
    """Files by the sound that they are of, asked and filled from one thread.

    Parameters
    ----------
    most_bytes : int, of all of them; those that are being sent stay
    scratch : Scratch, of the server
    """

    def __init__(self, most_bytes: int, scratch: Scratch) -> None:
        self._most, self._scratch = most_bytes, scratch
        self._folder: Path | None = None
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._made = 0

    def place(self) -> Path:
        """Where a new one may be written."""
        if self._folder is None or not self._folder.is_dir():  # /tmp is swept where it grows old
            self._folder = self._scratch.new()
        self._made += 1
        return self._folder / f"{self._made}.webm"

    def add(self, key: Key, made: Path) -> LentFile:
        """Keep one that was written, drop the oldest that there is no room for, and lend it."""
        if key in self._kept:  # two asked at once
            made.unlink(missing_ok=True)
        else:
            self._kept[key] = _Kept(made, made.stat().st_size)
        lent = self._lend(key)
        total = sum(kept.size for kept in self._kept.values())
        for other, kept in list(self._kept.items()):
            if total > self._most and not kept.lent:
                del self._kept[other]
                kept.path.unlink(missing_ok=True)
                total -= kept.size
        return lent

    def lend(self, key: Key) -> LentFile | None:
        """A preview as an answer; None where there is none."""
        if key in self._kept and not self._kept[key].path.is_file():
            del self._kept[key]
        return self._lend(key) if key in self._kept else None

    def _lend(self, key: Key) -> LentFile:
        kept = self._kept[key]
        self._kept.move_to_end(key)
        kept.lent += 1

        def give_back() -> None:
            kept.lent -= 1

        return LentFile(kept.path, give_back)

    def close(self) -> None:
        """Remove all of them."""
        self._kept.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def key_of(sound: Path) -> Key:
    """A sound in the state that it has now."""
    found = sound.stat()
    return str(sound), found.st_size, found.st_mtime_ns
