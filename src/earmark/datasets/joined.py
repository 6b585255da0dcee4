"""A file in parts as one that can be read and sought, without joining it on disk."""

import os
from pathlib import Path
from typing import BinaryIO

from earmark.errors import DataError


class JoinedFiles:
    """Files one after the other, read and sought as one.

    Parameters
    ----------
    paths : list of Path, in order

    Raises
    ------
    DataError
        One of them cannot be read, now or later: it is their fault, not that of what is made of
        them.
    """

    def __init__(self, paths: list[Path]) -> None:
        self._paths, self._place = paths, 0
        self._starts = [0]
        for path in paths:
            try:
                self._starts.append(self._starts[-1] + path.stat().st_size)
            except OSError as error:
                raise unreadable(path, error) from error
        self._open: tuple[int, BinaryIO] | None = None

    def seekable(self) -> bool:
        """True, as :mod:`zipfile` wants to know."""
        return True

    def tell(self) -> int:
        """Place in bytes."""
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place, as with any file."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._starts[-1]}[whence]
        self._place = max(0, base + offset)
        return self._place

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, all that is left by default."""
        left = max(0, self._starts[-1] - self._place)
        left = left if size < 0 else min(size, left)
        pieces = []
        while left:
            which = max(i for i, start in enumerate(self._starts[:-1]) if start <= self._place)
            try:
                file = self._file(which)
                file.seek(self._place - self._starts[which])
                piece = file.read(min(left, self._starts[which + 1] - self._place))
            except OSError as error:
                raise unreadable(self._paths[which], error) from error
            if not piece:
                break
            pieces.append(piece)
            self._place += len(piece)
            left -= len(piece)
        return b"".join(pieces)

    def _file(self, which: int) -> BinaryIO:
        if self._open is None or self._open[0] != which:
            self.close()
            self._open = which, self._paths[which].open("rb")
        return self._open[1]

    def close(self) -> None:
        """Close the file that is open."""
        if self._open is not None:
            self._open[1].close()
            self._open = None


def unreadable(path: Path, error: OSError) -> DataError:
    """The sentence about a part that cannot be read."""
    return DataError(f"{path}: cannot be read ({error.strerror})")
