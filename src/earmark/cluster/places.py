"""Paths and addresses: a local folder, or a bucket that pyarrow knows (s3://, gs://)."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from earmark.errors import ClusterError

SCHEMES = ("s3", "gs", "gcs", "hdfs", "file")


@dataclass(frozen=True)
class Place:
    """A file or folder on some file system.

    Attributes
    ----------
    system : pyarrow.fs.FileSystem
    path : str, as the file system calls it
    """

    system: Any
    path: str

    def __truediv__(self, name: str) -> "Place":
        return Place(self.system, f"{self.path.rstrip('/')}/{name}")

    def read(self) -> bytes | None:
        """The whole content; None where there is no such file."""
        try:
            with self.system.open_input_stream(self.path) as file:
                return file.read()
        except FileNotFoundError:
            return None

    def write(self, content: bytes) -> None:
        """The whole content at once: others see the old file or the new one."""
        with whole_file(self) as file:
            file.write(content)


def is_remote(path: str) -> bool:
    """Whether a path is an address of a bucket."""
    scheme, colon, _ = path.partition("://")
    return bool(colon) and scheme in SCHEMES


def place_of(path: str) -> Place:
    """The place that a person names.

    Raises
    ------
    ClusterError
        An address that makes no sense, or a file system that cannot be reached.
    """
    from pyarrow import ArrowException, fs

    if not is_remote(path):
        if "://" in path:
            raise ClusterError(f"{path}: an address begins with one of {', '.join(SCHEMES)}://")
        return Place(fs.LocalFileSystem(), str(Path(path).absolute()))
    try:
        system, inner = fs.FileSystem.from_uri(path)
    except (ArrowException, OSError, ValueError) as error:
        raise ClusterError(f"{path}: cannot be reached ({_first_line(error)})") from error
    return Place(system, inner)


@contextmanager
def whole_file(place: Place) -> Iterator[Any]:
    """A file to write that appears when all is written; a bucket does that by itself.

    Raises
    ------
    ClusterError
        It cannot be written.
    """
    from pyarrow import ArrowException

    local = place.system.type_name == "local"
    target = f"{place.path}.part" if local else place.path
    try:
        with place.system.open_output_stream(target) as file:
            yield file
        if local:
            place.system.move(target, place.path)
    except (ArrowException, OSError) as error:
        if local:
            Path(target).unlink(missing_ok=True)
        raise ClusterError(f"{place.path}: cannot be written ({_first_line(error)})") from error


@contextmanager
def local_copy(path: str) -> Iterator[str]:
    """A sound as a local file: itself, or a temporary copy of one in a bucket.

    Raises
    ------
    ClusterError
        The bucket does not give it.
    """
    from pyarrow import ArrowException

    if not is_remote(path):
        yield path.replace("file://", "", 1)
        return
    place = place_of(path)
    with tempfile.NamedTemporaryFile(prefix="earmark-batch-") as copy:
        try:
            with place.system.open_input_stream(place.path) as file:
                shutil.copyfileobj(file, copy)
            copy.flush()
        except FileNotFoundError:
            raise ClusterError(f"{path}: no such file") from None
        except (ArrowException, OSError) as error:
            raise ClusterError(f"{path}: cannot be read ({_first_line(error)})") from error
        yield copy.name


def require_writable(place: Place, name: str) -> None:
    """ClusterError where nothing can be written to a folder, before any work is done."""
    from pyarrow import ArrowException

    try:
        place.system.create_dir(place.path, recursive=True)
        (place / ".earmark-trial").write(b"trial")
        place.system.delete_file((place / ".earmark-trial").path)
    except (ClusterError, ArrowException, OSError) as error:
        raise ClusterError(f"{name}: cannot be written to ({_first_line(error)})") from error


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].strip()[:300]
