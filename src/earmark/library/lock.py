"""One scan at a time: a file beside the library that the system unlocks when its owner dies."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from earmark.errors import LibraryError

PAUSE = 0.2  # seconds between two looks whether the other is done


@contextmanager
def only_scan(library: Path, waiting: Callable[[str], None]) -> Iterator[None]:
    """Wait until no other scan writes into the library, then keep others out.

    Parameters
    ----------
    library : Path
    waiting : callable, gets a sentence if another scan is under way
    """
    try:
        library.parent.mkdir(parents=True, exist_ok=True)
        file = open(library.with_name(f"{library.name}.scan"), "ab")  # noqa: SIM115
    except OSError as error:
        raise LibraryError(f"{library}: cannot be written ({error.strerror})") from error
    with file:
        told = False
        while not _lock(file):
            if not told:
                waiting(f"{library}: another scan is writing into it; waiting for its end")
                told = True
            time.sleep(PAUSE)
        try:
            yield
        finally:
            _unlock(file)


def _lock(file: IO[bytes]) -> bool:
    """Whether the file is ours now; a file system without locks lets everybody in."""
    if os.name == "nt":
        import msvcrt

        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _unlock(file: IO[bytes]) -> None:
    if os.name == "nt":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
