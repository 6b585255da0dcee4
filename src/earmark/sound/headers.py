"""What the first and last bytes of a sound file tell: start, mp3 and Ogg marks.

In: a path or a seekable binary file, which is left at its start.
"""

import os
import re
import struct
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO

HEAD = 4096  # bytes after the ID3 tag in which the first mp3 frame must start
OGG_PAGE = 65307  # bytes of the longest Ogg page (RFC 3533)
FIRST_PAGE = re.compile(rb"OggS\0[\x02\x03\x06\x07]")  # a page that begins a stream
PIECE = 1 << 20  # bytes read at once


def opened(source: Path | BinaryIO) -> AbstractContextManager[BinaryIO]:
    """A context that gives the file of a path, or the file itself, which stays open."""
    return open(source, "rb") if isinstance(source, Path) else nullcontext(source)


def head_and_size(source: Path | BinaryIO) -> tuple[bytes, int]:
    """First bytes after an ID3v2 tag, if there is one, and how many follow from there."""
    with opened(source) as file:
        file.seek(0)
        start, head = 0, file.read(HEAD)
        while head[:3] == b"ID3" and len(head) >= 10:
            start += 10 + _syncsafe(head[6:10])
            file.seek(start)
            head = file.read(HEAD)
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
    return head, size - start


def ogg_ends(source: Path | BinaryIO) -> bool:
    """Whether the last page of an Ogg file, before zeros, is marked as the last of its stream."""
    tail = _ogg_tail(source)[0]
    at = tail.rfind(b"OggS", max(0, len(tail) - OGG_PAGE))
    return at >= 0 and len(tail) > at + 5 and bool(tail[at + 5] & 4)


def zeros_from(source: Path | BinaryIO) -> int | None:
    """Where the zeros behind an Ogg begin that are more than a page could hold, None without."""
    _, end, size = _ogg_tail(source)
    return end if size - end > OGG_PAGE else None


def _ogg_tail(source: Path | BinaryIO) -> tuple[bytes, int, int]:
    """Bytes before the zeros at the end, where those begin, and the size of the file."""
    with opened(source) as file:
        size = first = file.seek(0, os.SEEK_END)
        tail = b""
        while first and len(tail) < OGG_PAGE:
            end, first = first, max(0, first - PIECE)
            file.seek(first)
            tail = (file.read(end - first) + tail) if tail else file.read(end - first).rstrip(b"\0")
            if tail and len(tail) < OGG_PAGE and first == 0:
                break
        stop = first + len(tail)
        file.seek(0)
    return tail, stop, size


def ogg_links(source: Path | BinaryIO) -> list[int]:
    """Where the sounds of a chained Ogg file begin: one place, or several of joined files.

    A chain is one stream after the other; streams that begin together are heard together.
    """
    starts: list[int] = []
    with opened(source) as file:
        file.seek(0)
        at, kept = 0, b""
        while piece := file.read(PIECE):
            kept += piece
            starts += [at + found.start() for found in FIRST_PAGE.finditer(kept)]
            at += max(0, len(kept) - 5)
            kept = kept[-5:]
        links, expected = [], -1
        for start in dict.fromkeys(starts):
            if start != expected:
                links.append(start)
            expected = start + _page_length(file, start)
        file.seek(0)
    return links


def _page_length(file: BinaryIO, start: int) -> int:
    """Bytes of the Ogg page that starts there."""
    file.seek(start)
    page = file.read(27 + 255)
    if len(page) < 27:
        return len(page)
    segments = page[26]
    return 27 + segments + sum(page[27 : 27 + segments])


def flac_has_length(head: bytes) -> bool:
    """Whether a FLAC says how many samples it has; programs that write to a pipe cannot know."""
    return len(head) > 26 and bool(head[21] & 0x0F or any(head[22:26]))


def tag_length(start: bytes) -> int:
    """Bytes of the tag that begins so, 0 where it is none: ID3v2, ID3v1, APE, Lyrics3."""
    if start[:3] == b"ID3" and len(start) >= 10:
        return 10 + _syncsafe(start[6:10])
    if start[:8] == b"APETAGEX" and len(start) >= 16:
        return 32 + int.from_bytes(start[12:16], "little")
    if start[:11] == b"LYRICSBEGIN":
        return 11
    return 128 if start[:3] == b"TAG" else 0


def _syncsafe(sizes: bytes) -> int:
    return sizes[0] << 21 | sizes[1] << 14 | sizes[2] << 7 | sizes[3]


def xing_bytes(head: bytes) -> int | None:
    """Bytes that the Xing or Info header of an mp3 promises, None without one."""
    for name in (b"Xing", b"Info"):
        at = head.find(name)
        if at >= 0 and len(head) >= at + 16:
            flags, _frames, promised = struct.unpack(">III", head[at + 4 : at + 16])
            return promised if flags & 3 == 3 else None
    return None
