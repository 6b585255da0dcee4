"""A sound as a path or a seekable file, checked for what a reader could only say badly."""

import io
import os
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO, cast

from earmark.errors import SoundError
from earmark.sound.samples import Samples

Sound = str | os.PathLike[str] | bytes | BinaryIO | Samples


def sound_name(source: Sound) -> str:
    """How messages call a sound: its path, a file object's name, or 'sound in memory'."""
    if isinstance(source, (str, os.PathLike)):
        return os.fspath(source)
    name = getattr(source, "name", None)
    return name if isinstance(name, str) else "sound in memory"


class Opened:
    """The sound as a path or a seekable file, checked for what a reader could only say badly."""

    def __init__(self, source: Sound, name: str) -> None:
        self._source, self._name = source, name
        self._own: BinaryIO | None = None

    def __enter__(self) -> Path | BinaryIO | Samples:
        if isinstance(self._source, Samples):
            return self._source
        if isinstance(self._source, (bytes, bytearray, memoryview)):
            self._own = io.BytesIO(self._source)
            return self._checked(self._own)
        if hasattr(self._source, "read"):
            file = cast(BinaryIO, self._source)
            try:
                return self._checked(self._seekable(file))
            except (OSError, ValueError) as error:  # closed, or open for writing only
                raise SoundError(f"{self._name}: cannot be read ({error})") from None
        path = Path(self._source)
        if not self._name:
            raise SoundError("'' names no file")
        try:
            if path.is_dir():
                raise SoundError(f"{self._name}: is a folder, not a sound file")
            if path.is_char_device() or path.is_block_device():
                raise SoundError(f"{self._name}: is a device, not a sound file")
            if path.exists() and not path.is_file():  # a named pipe
                with open(path, "rb") as pipe:
                    return self._checked(self._seekable(pipe))
            with open(path, "rb") as file:
                if not file.read(1):
                    raise SoundError(f"{self._name}: the file is empty")
        except FileNotFoundError:
            raise SoundError(f"{self._name}: no such file") from None
        except PermissionError:
            raise SoundError(f"{self._name}: no permission to read it") from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise SoundError(f"{self._name}: cannot be opened ({reason})") from None
        return path

    def _seekable(self, file: BinaryIO) -> BinaryIO:
        """The file itself, or a copy on disk of what a pipe holds."""
        if isinstance(file, io.TextIOBase):
            raise SoundError(f"{self._name}: opened as text; open it in binary mode ('rb')")
        if hasattr(file, "seekable") and file.seekable():
            return file
        self._own = tempfile.TemporaryFile()  # noqa: SIM115
        shutil.copyfileobj(file, self._own)
        return self._own

    def _checked(self, file: BinaryIO) -> BinaryIO:
        file.seek(0)
        if not file.read(1):
            raise SoundError(f"{self._name}: the file is empty")
        file.seek(0)
        return file

    def __exit__(self, *_: object) -> None:
        if self._own is not None:
            self._own.close()
