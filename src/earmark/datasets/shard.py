"""A shard in the making: features appended file by file, seen by readers only when it is whole."""

import os
import time
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import numpy as np

from earmark.datasets.store import DATA, INDEX, INDEX_TYPE, Kind, number_type, width
from earmark.errors import OutputError

BUFFER = 1 << 20  # bytes written at once
PART = ".part"
LEFT_OVER = 3600.0  # seconds


class ShardWriter:
    """Writes one shard; nobody else writes to its files, whose names are drawn at random.

    Parameters
    ----------
    folder : Path, the room of the kind in a store
    kind : FrontEnd or Waveform

    Raises
    ------
    OutputError
        The shard cannot be written.
    """

    def __init__(self, folder: Path, kind: Kind) -> None:
        self._name = f"{os.getpid()}-{uuid4().hex[:12]}"
        self._folder, self._type, self._width = folder, number_type(kind), width(kind)
        self._part = folder / f"{self._name}{DATA}{PART}"
        self._records: list[tuple[int, int, int]] = []
        self._steps = self._begun = 0
        try:
            self._out = open(self._part, "wb", buffering=BUFFER)  # noqa: SIM115
        except OSError as error:
            raise self._failed(error) from error

    @property
    def bytes(self) -> int:
        """Size of what is complete."""
        return self._begun * self._width * self._type.itemsize

    def write(self, features: np.ndarray) -> None:
        """Append features of the file under way [shape=(n, width) or (n,)]."""
        numbers = np.ascontiguousarray(features, self._type)
        try:
            self._out.write(numbers.data.cast("B"))
        except OSError as error:
            raise self._failed(error) from error
        self._steps += len(features)

    def end(self, key: int) -> None:
        """The file under way is complete; `key` is its identity."""
        self._records.append((key, self._begun, self._steps - self._begun))
        self._begun = self._steps

    def drop(self) -> None:
        """Forget what was written of the file under way."""
        try:
            self._out.seek(self.bytes)
            self._out.truncate()
        except OSError as error:
            raise self._failed(error) from error
        self._steps = self._begun

    def close(self) -> None:
        """Make the shard visible; an empty one leaves nothing."""
        if not self._records:
            self.discard()
            return
        index = self._folder / f"{self._name}{INDEX}"
        index_part = index.with_name(f"{index.name}{PART}")
        try:
            self._out.flush()
            os.fsync(self._out.fileno())
            self._out.close()
            with open(index_part, "wb") as file:
                np.save(file, np.array(self._records, INDEX_TYPE))
                file.flush()
                os.fsync(file.fileno())
            os.replace(self._part, self._folder / f"{self._name}{DATA}")
            os.replace(index_part, index)
        except OSError as error:
            index_part.unlink(missing_ok=True)
            raise self._failed(error) from error

    def discard(self) -> None:
        """Leave nothing behind."""
        with suppress(OSError):
            self._out.close()
        with suppress(OSError):
            self._part.unlink(missing_ok=True)

    def _failed(self, error: OSError) -> OutputError:
        return OutputError(f"{self._folder}: the store cannot be written ({error.strerror})")


def clear_leftovers(folder: Path) -> None:
    """Remove what killed builders left, where nobody has written to it for an hour.

    That is parts, and data that is whole but whose index was never written.
    """
    for path in (*folder.glob(f"*{PART}"), *folder.glob(f"*{DATA}")):
        index = path.with_name(path.name.removesuffix(DATA) + INDEX)
        with suppress(OSError):
            old = time.time() - path.stat().st_mtime > LEFT_OVER
            if old and (path.suffix == PART or not index.exists()):
                path.unlink()
