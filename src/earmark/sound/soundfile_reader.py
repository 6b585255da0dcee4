"""A sound opened with libsndfile: the faster reader for mp3, flac and everything uncompressed.

Its weaknesses, and what stands against them: it stops at a damaged place, sometimes without an
error, and where the header says that the sound ends; it cuts a promised length to what the file
holds. So it is complete only when it has given what it promised and nothing lies behind; otherwise
the other reader goes on.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from earmark.sound.chunks import Layout
from earmark.sound.rates import checked_rate
from earmark.sound.unreadable import BLOCK, UnreadableError
from earmark.sound.views import View

ENDLESS = 1 << 40  # frames; libsndfile says so where the file does not
NEARLY = 0.1  # seconds by which a promised length may be off
BEHIND = 0.01  # share of a flac file that may lie behind its last sample

_BY_DESCRIPTOR = os.name != "nt"  # so that the position in the file is known afterwards


class SoundfileReader:
    """A sound opened with libsndfile.

    Parameters
    ----------
    source : path or seekable binary file
    found : Layout or None, where the samples of an uncompressed sound lie

    Attributes
    ----------
    declared_seconds : float or None
        How long the file says it is; None where it does not say.
    complete : bool
        After reading: whether the whole promised sound came, with nothing left behind it.
    lost_seconds : float
        Sound within the file that could not be decoded; 0 here, as this reader stops there.
    findings : list of str
        What else is to be said, each a warning.
    """

    def __init__(self, source: Path | BinaryIO, found: Layout | None = None) -> None:
        import soundfile

        self._error = soundfile.LibsndfileError
        self.findings: list[str] = []
        self.lost_seconds = 0.0
        self.complete = False
        self._open_files = contextlib.ExitStack()
        self._descriptor: int | None = None
        self._own_file: BinaryIO | None = None
        try:
            opened = soundfile.SoundFile(self._name(source, found), closefd=False)
            self._file = self._open_files.enter_context(opened)
        except (soundfile.LibsndfileError, TypeError, ValueError, OSError) as error:
            self._open_files.close()
            reason = getattr(error, "error_string", "unknown format").rstrip(".")
            raise UnreadableError(reason) from error
        try:
            self._rate = checked_rate(self._file.samplerate)
        except ValueError as error:
            self._open_files.close()
            raise UnreadableError(str(error)) from None
        self._frames = self._file.frames if self._file.frames < ENDLESS else None
        self.declared_seconds: float | None = None
        if self._frames is not None:
            self.declared_seconds = self._frames / self._rate

    def _name(self, source: Path | BinaryIO, found: Layout | None) -> View | BinaryIO | bytes | int:
        """The file as soundfile takes it, its header mended where that is wrong."""
        if found and found.stale:
            return self._open_files.enter_context(
                View(source, end=found.end, patches=found.patches)
            )
        if not isinstance(source, Path):
            source.seek(0)  # the other reader may have been here
            self._own_file = source
            return source
        if not _BY_DESCRIPTOR:
            return os.fsencode(source)
        self._descriptor = os.open(source, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        self._open_files.callback(os.close, self._descriptor)
        return self._descriptor

    def blocks(self) -> Iterator[tuple[np.ndarray, int]]:
        """Samples [shape=(n, channels)] and their rate; UnreadableError at a damaged place."""
        heard = 0
        while wanted := BLOCK if self._frames is None else min(BLOCK, self._frames - heard):
            block = np.empty((wanted, self._file.channels), np.float32)
            try:
                samples = self._file.read(out=block)
            except (self._error, RuntimeError) as error:
                samples = block[: self._read_before_error(heard)]
                if len(samples):
                    yield samples, self._rate
                raise UnreadableError(str(error)) from error
            if not len(samples):
                break
            heard += len(samples)
            yield samples, self._rate
        reached = self._frames is None or heard >= self._frames - NEARLY * self._rate
        self.complete = reached and not self._more_behind()

    def _read_before_error(self, heard: int) -> int:
        """How many samples of the block came before the damaged place."""
        with contextlib.suppress(self._error, RuntimeError):
            return max(0, min(BLOCK, int(self._file.tell()) - heard))
        return 0

    def _more_behind(self) -> bool:
        """Whether much of a flac file lies behind what was read."""
        if self._file.format != "FLAC":
            return False
        if self._descriptor is not None:
            at, size = (
                os.lseek(self._descriptor, 0, os.SEEK_CUR),
                os.fstat(self._descriptor).st_size,
            )
        elif self._own_file is not None:
            at = self._own_file.tell()
            size = self._own_file.seek(0, os.SEEK_END)
            self._own_file.seek(at)
        else:
            return False
        return size - at > max(BLOCK, BEHIND * size)

    def close(self) -> None:
        """Close the file."""
        self._open_files.close()
