"""EDL as MPlayer and Kodi read it: a line a passage, start, end and what to do.

0 cuts, 1 mutes. Seconds, or ``h:mm:ss.s`` as Kodi allows. We also take empty lines and lines that
begin with ``#``, which people write while they edit.
"""

import math
import os
from collections.abc import Iterable
from dataclasses import dataclass

from earmark.errors import MediaError
from earmark.tagging.events import Event

CUT, MUTE = 0, 1
LARGEST = 10_000_000  # bytes of an EDL; more is some other file


@dataclass(frozen=True)
class Entry:
    """A line: seconds and :data:`CUT` or :data:`MUTE`."""

    start: float
    end: float
    action: int


def edl_text(events: Iterable[Event], action: int) -> str:
    """The EDL of events."""
    return "".join(f"{event.start:.3f}\t{event.end:.3f}\t{action}\n" for event in events)


def read_edl(path: str | os.PathLike) -> list[Entry]:
    """The entries of an EDL file, in order of time.

    Raises
    ------
    MediaError
        It cannot be read, or a line makes no sense; the sentence has its number.
    """
    try:
        if os.path.getsize(path) > LARGEST:
            raise MediaError(f"{path}: too large for an EDL")
        with open(path, encoding="utf-8-sig") as file:
            lines = file.read().splitlines()
    except OSError as error:
        raise MediaError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError:
        raise MediaError(f"{path}: not an EDL (it is no text)") from None
    entries = []
    for number, line in enumerate(lines, 1):
        parts = line.split("#", 1)[0].split()
        if parts:
            entries.append(_entry(parts, f"{path}: line {number}"))
    return sorted(entries, key=lambda entry: (entry.start, entry.end))


def _entry(parts: list[str], where: str) -> Entry:
    if len(parts) != 3 or parts[2] not in ("0", "1"):
        raise MediaError(f"{where} is not 'start end 0' (cut) or 'start end 1' (mute)")
    start, end = (_seconds(part, where) for part in parts[:2])
    if end <= start:
        raise MediaError(f"{where} ends before it starts")
    return Entry(start, end, int(parts[2]))


def _seconds(text: str, where: str) -> float:
    try:
        pieces = [float(piece) for piece in text.split(":")]
    except ValueError:
        pieces = []
    if not 1 <= len(pieces) <= 3 or any(not math.isfinite(p) or p < 0 for p in pieces):
        raise MediaError(f"{where}: {text!r} is no time (seconds, or h:mm:ss)")
    seconds = 0.0
    for piece in pieces:
        seconds = seconds * 60 + piece
    return seconds
