"""Where results go: a file that others see whole or not at all, or standard output."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from earmark.errors import MediaError, OutputError
from earmark.suffixes import SOUND


@contextmanager
def atomic_file(
    path: str | os.PathLike[str], mode: str = "w", over_sound: bool = False
) -> Iterator[IO[Any]]:
    """A file to write that takes its name only when everything is written and on disk.

    Parameters
    ----------
    path : path
        What was there stays until then, and for good if anything fails. A link stays a link. What
        is no file, as a pipe or /dev/null, is written to and never replaced.
    mode : 'w' (UTF-8, newlines as written) or 'wb'
    over_sound : bool, whether it may take the place of what is a sound by its name

    Raises
    ------
    OutputError
        One sentence: the file cannot be written, or it is a sound, which no result replaces.
    """
    path = Path(path)
    if not over_sound:
        require_no_sound(path)
    encoding, newline = (None, None) if "b" in mode else ("utf-8", "")
    if _is_no_file(path):
        try:
            with open(path, mode, encoding=encoding, newline=newline) as file:
                yield file
        except BrokenPipeError:
            raise
        except OSError as error:
            raise _unwritable(path, error) from error
        return
    with (
        _exchanged(path, f".{path.name}.{os.getpid()}.part") as part,
        open(part, mode, encoding=encoding, newline=newline) as file,
    ):
        yield file


def require_other(read: str | os.PathLike[str], written: str | os.PathLike[str]) -> None:
    """MediaError where a path to write is the very file to read, also by another name or link."""
    same = os.path.abspath(read) == os.path.abspath(written)
    with suppress(OSError):
        same = same or os.path.samefile(read, written)
    if same:
        raise MediaError(f"{written}: is the very file to read; give another name")


def require_no_sound(path: str | os.PathLike[str]) -> None:
    """OutputError where a file of this name, or what it leads to, is a sound by its name.

    Scores and lists are no sound, so whoever gives such a name has mistaken one for another.
    """
    behind = Path(os.path.realpath(path))
    if behind.suffix.lower() in SOUND and behind.is_file() and behind.stat().st_size:
        raise OutputError(f"{path}: is a sound, which no result replaces; give another name")


@contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """The same for who wants a path: another name to write to, with the same suffix.

    Parameters
    ----------
    path : path, as for :func:`atomic_file`, but a pipe or a device is an error

    Raises
    ------
    OutputError
        One sentence: the file cannot be written.
    """
    path = Path(path)
    if _is_no_file(path):
        raise OutputError(f"{path}: is a pipe or a device, which no file replaces")
    with _exchanged(path, f".{path.stem}.{os.getpid()}.part{path.suffix}") as part:
        yield part


@contextmanager
def _exchanged(path: Path, name: str) -> Iterator[Path]:
    """A path beside the one that is wanted, of which the file takes its place in the end."""
    if path.is_dir():
        raise OutputError(f"{path}: is a folder")
    if path.is_symlink():
        path = Path(os.path.realpath(path))
    part = path.with_name(name)
    try:
        yield part
        with open(part, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with suppress(OSError):
            part.unlink()


def _is_no_file(path: Path) -> bool:
    return path.exists() and not path.is_file() and not path.is_dir()


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(f"{path}: cannot be written ({error.strerror or error})")


@contextmanager
def standard_output() -> Iterator[IO[str]]:
    """Standard output; OutputError where it cannot be written, a broken pipe as it is."""
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"standard output: cannot be written ({error.strerror})") from error
