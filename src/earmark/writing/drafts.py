"""Drafts: copies beside the files they will replace, and what is left of them after a crash.

A draft is locked for as long as its process lives, so that the next run can tell what was left
behind from what another process is writing at this moment.
"""

import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:
    fcntl = None

LONG = 3600.0  # seconds after which a draft counts as left where files have no such locks
NAME = re.compile(r"\.earmark-[0-9a-f]{16}\.part")


@contextmanager
def draft_in(folder: Path) -> Iterator[Path]:
    """A new empty file in a folder, gone afterwards unless it was given another name."""
    path = folder / f".earmark-{secrets.token_hex(8)}.part"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        if fcntl is None:
            os.close(descriptor)  # Windows renames no file that is open
        else:
            _lock(descriptor)
        yield path
    finally:
        if fcntl is not None:
            os.close(descriptor)
        with suppress(OSError):
            path.unlink()


def remove_left_drafts(folder: Path) -> int:
    """Remove what runs that were killed left in a folder; returns how many."""
    removed = 0
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                removed += _remove_if_left(entry.path)
    return removed


def _remove_if_left(path: str) -> bool:
    with suppress(OSError):
        if fcntl is None:
            if time.time() - os.stat(path).st_mtime > LONG:
                os.unlink(path)
                return True
            return False
        descriptor = os.open(path, os.O_RDWR)
        try:
            if _lock(descriptor):
                os.unlink(path)
                return True
        finally:
            os.close(descriptor)
    return False


def _lock(descriptor: int) -> bool:
    """Lock a file, unless another process has."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
