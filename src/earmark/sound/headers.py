"""What the first and last bytes of a sound file tell: start, promised length, end.

In: a path or a seekable binary file, which is left at its start.
"""

import os
import struct
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO

MP3_SEARCH = 4096  # bytes after the ID3 tag in which the first mp3 frame must start
OGG_PAGE = 65307  # bytes of the longest Ogg page (RFC 3533)


def head_and_size(source: Path | BinaryIO) -> tuple[bytes, int]:
    """First bytes after an ID3v2 tag, if there is one, and how many follow from there."""
    with open(source, "rb") if isinstance(source, Path) else nullcontext(source) as file:
        file.seek(0)
        start, head = 0, file.read(MP3_SEARCH)
        while head[:3] == b"ID3" and len(head) >= 10:
            sizes = head[6:10]
            start += 10 + (sizes[0] << 21 | sizes[1] << 14 | sizes[2] << 7 | sizes[3])
            file.seek(start)
            head = file.read(MP3_SEARCH)
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
    return head, size - start


def ogg_ends(source: Path | BinaryIO) -> bool:
    """Whether the last page of an Ogg file is marked as the last of its stream."""
    with open(source, "rb") if isinstance(source, Path) else nullcontext(source) as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - OGG_PAGE))
        tail = file.read()
        file.seek(0)
    at = tail.rfind(b"OggS")
    return at >= 0 and len(tail) > at + 5 and bool(tail[at + 5] & 4)


def xing_bytes(head: bytes) -> int | None:
    """Bytes that the Xing or Info header of an mp3 promises, None without one."""
    for name in (b"Xing", b"Info"):
        at = head.find(name)
        if at >= 0 and len(head) >= at + 16:
            flags, _frames, promised = struct.unpack(">III", head[at + 4 : at + 16])
            return promised if flags & 3 == 3 else None
    return None
