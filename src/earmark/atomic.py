"""Where results go: a file that others see whole or not at all, or standard output."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from earmark.errors import OutputError


@contextmanager
def atomic_file(path: str | os.PathLike[str], mode: str = "w") -> Iterator[IO[Any]]:
    """A file to write that takes its name only when everything is written and on disk.

    Parameters
    ----------
    path : path
        What was there stays until then, and for good if anything fails. A link stays a link. What
        is no file, as a pipe or /dev/null, is written to and never replaced.
    mode : 'w' (UTF-8, newlines as written) or 'wb'

    Raises
    ------
    OutputError
        One sentence: the file cannot be written.
    """
    path = Path(path)
    encoding, newline = (None, None) if "b" in mode else ("utf-8", "")
    if path.exists() and not path.is_file() and not path.is_dir():
        try:
            with open(path, mode, encoding=encoding, newline=newline) as file:
                yield file
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(f"{path}: cannot be written ({error.strerror})") from error
        return
    if path.is_symlink():
        path = Path(os.path.realpath(path))
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(part, mode, encoding=encoding, newline=newline) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror})") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


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
