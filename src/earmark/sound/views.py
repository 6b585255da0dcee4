"""Part of a file as a file of its own, some of its bytes replaced: how a wrong header is mended.

In: a path or a seekable binary file. Out: a seekable binary file for either reader.
"""

import io
import os
from pathlib import Path
from typing import Any, BinaryIO


class View(io.RawIOBase):
    """Bytes `start` to `end` of a file, with `patches` in place of what is there.

    Parameters
    ----------
    source : path or seekable binary file
    start, end : int, in bytes from the file's start
    patches : dict of int to bytes, at positions in the view
    """

    def __init__(
        self,
        source: Path | BinaryIO,
        start: int = 0,
        end: int | None = None,
        patches: dict[int, bytes] | None = None,
    ) -> None:
        self._own = isinstance(source, Path)
        self._file: BinaryIO | io.FileIO = (
            open(source, "rb", buffering=0) if isinstance(source, Path) else source  # noqa: SIM115
        )
        size = self._file.seek(0, os.SEEK_END)
        self._start, self._end = start, size if end is None else min(end, size)
        self._patches = patches or {}
        self._at = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a position in the view."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._end - self._start}
        self._at = max(0, base[whence] + offset)
        return self._at

    def tell(self) -> int:
        """The position in the view."""
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Read as much as fits, as files do."""
        self._file.seek(self._start + self._at)
        wanted = max(0, min(len(buffer), self._end - self._start - self._at))
        content = bytearray(self._file.read(wanted) or b"")
        for place, patch in self._patches.items():
            first = max(place, self._at)
            last = min(place + len(patch), self._at + len(content))
            if first < last:
                content[first - self._at : last - self._at] = patch[first - place : last - place]
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)

    def close(self) -> None:
        """Close the file if it was opened here."""
        if self._own and not self.closed:
            self._file.close()
        super().close()
