"""Watch folders and name those in which something changed, once it is quiet there."""

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from earmark.errors import LibraryError
from earmark.extras import install_command
from earmark.library.network_drive import on_network_drive

QUIET = 2_000  # ms without any change before a scan
LONGEST = 60_000  # ms after which changes are passed on although they go on
POLL = 5_000  # ms between two looks where the system tells of no changes


def changed_folders(
    folders: Iterable[str | os.PathLike],
    say: Callable[[str], None],
    stop: threading.Event | None = None,
) -> Iterator[list[str]]:
    """Folders to scan again, whenever something changed in them and it is quiet; until Ctrl-C.

    Where the system tells of no changes, as on a network drive, or of no more, the folders are
    looked through every few seconds.

    Parameters
    ----------
    folders : iterable of paths
    say : callable, gets a sentence where folders have to be looked through
    stop : threading.Event or None, ends the watch when it is set

    Raises
    ------
    LibraryError
        The package that watches is missing, or there is no folder to watch.
    """
    try:
        import watchfiles
    except ImportError as error:
        raise LibraryError(
            f"watching folders needs watchfiles: {install_command('library')}"
        ) from error
    roots = [root for root in map(os.path.realpath, folders) if os.path.exists(root)]
    if not roots:
        raise LibraryError("there is no folder to watch")
    deleted = watchfiles.Change.deleted
    polling = any(map(on_network_drive, roots))
    stop = stop or threading.Event()
    say(f"watching {', '.join(roots)}; Ctrl-C ends it")
    there, replaced = _identities(roots), False
    while not stop.is_set():
        now = _identities(roots)
        for root in sorted(there.keys() - now.keys()):
            say(f"{root}: is gone; what the library knows of it stays, and it is watched for")
        back = [root for root in now if replaced or now[root] != there.get(root)]
        there, replaced = now, False
        if back:
            yield back
        if not there:
            stop.wait(POLL / 1000)
            continue
        try:
            for changes in watchfiles.watch(
                *there,
                watch_filter=None,
                debounce=LONGEST,
                step=QUIET,
                stop_event=stop,
                force_polling=polling or None,
                poll_delay_ms=POLL,
                rust_timeout=POLL,
                yield_on_timeout=True,
                raise_interrupt=False,
                ignore_permission_denied=True,
            ):
                if some := _to_scan([path for _, path in changes], roots):
                    yield some
                replaced = any(kind is deleted and path in there for kind, path in changes)
                if replaced or there != _identities(roots):
                    break  # one went, or came back, or is another; a watch does not see that one
            else:
                return
        except OSError as error:
            if there != _identities(roots):
                continue
            if polling:
                raise LibraryError(f"the folders cannot be watched ({error})") from error
            say("the system tells of no more changes; looking through the folders instead")
            polling = True


def _identities(roots: list[str]) -> dict[str, tuple[int, int]]:
    """The roots that exist, each with what tells it from another of the same name."""
    found = {}
    for root in roots:
        with suppress(OSError):
            status = os.stat(root)
            found[root] = status.st_dev, status.st_ino
    return found


def _to_scan(paths: Iterable[str], roots: list[str]) -> list[str]:
    """The nearest folders that exist around what changed, without those below another.

    A folder that changed itself, as looking through finds it beside the file in it, is scanned
    alone: its parent may hold a whole collection. Nothing outside the roots is named, also where a
    root is gone; a root below another is named with it, as it may be hidden there.
    """
    found: set[str] = set()
    for path in paths:
        around = [r for r in roots if path == r or path.startswith(os.path.join(r, ""))]
        root = max(around, key=len, default=None)
        if root is None or _hidden(os.path.relpath(path, root)):
            continue
        folder = path if os.path.isdir(path) or path == root else os.path.dirname(path)
        while not os.path.isdir(folder) and folder != root:
            folder = os.path.dirname(folder)
        if os.path.exists(folder):
            found.add(folder)
            found.update(r for r in roots if r.startswith(os.path.join(folder, "")))
    return [
        folder
        for folder in sorted(found)
        if folder in roots or not any(folder.startswith(os.path.join(other, "")) for other in found)
    ]


def _hidden(relative: str) -> bool:
    return any(part.startswith(".") and part != "." for part in relative.split(os.sep))
