"""One scan at a time: a file beside the library that the system unlocks when its owner dies."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from earmark.errors import LibraryError
from earmark.locks import try_lock, unlock

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
        while not _ours(file):
            if not told:
                waiting(f"{library}: another scan is writing into it; waiting for its end")
                told = True
            time.sleep(PAUSE)
        try:
            yield
        finally:
            unlock(file)


def _ours(file: IO[bytes]) -> bool:
    """Whether the file is ours now; a file system without locks lets everybody in."""
    try:
        return try_lock(file)
    except OSError:
        return True
