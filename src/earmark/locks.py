"""A file that one process holds, and that the system gives free when that process dies."""

import sys
from typing import IO


def try_lock(file: IO[bytes]) -> bool:
    """Whether an open file is ours now, until it is closed; OSError where files have no locks."""
    if sys.platform == "win32":
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
    return True


def unlock(file: IO[bytes]) -> None:
    """Give a file free before it is closed; elsewhere than on Windows closing it does that."""
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
