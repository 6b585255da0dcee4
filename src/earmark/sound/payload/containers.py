"""Where in a container the coded sound lies: ranges of bytes, without what tells about it."""

from collections.abc import Iterator
from typing import BinaryIO, Literal

from earmark.sound.payload.matroska import matroska_ranges

Range = tuple[int, int]
UNKNOWN = 0xFFFFFFFF
MOST = 1_000_000  # parts of a container; more is damage

ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
ASF_DATA = bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")
ASF_DATA_HEADER = 26  # bytes after size: file id, number of packets, reserved
W64 = bytes.fromhex("726966662e91cf11a5d628db04c10000")
W64_TAIL = bytes.fromhex("f3acd3118cd100c04f8edb8a")
MP4_FIRST = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"styp", b"pnot")
EBML = b"\x1a\x45\xdf\xa3"


def payload_ranges(file: BinaryIO, start: int, end: int) -> list[Range]:
    """Start and end of each piece of coded sound, in the order of the file.

    Parameters
    ----------
    file : binary file that can seek
    start, end : int, where the container lies

    Returns
    -------
    list of (start, end)
        All of it where the container is not known; empty where nothing of the sound is found.
    """
    file.seek(start)
    head = file.read(16)
    if head[:4] == b"fLaC":
        return _flac(file, start, end)
    if head[:4] in (b"RIFF", b"RF64", b"BW64"):
        return list(_riff(file, start, end))
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return list(_aiff(file, start, end))
    if head[4:8] in MP4_FIRST:
        return list(_mp4(file, start, end))
    if head == ASF:
        return list(_asf(file, start, end))
    if head == W64:
        return list(_w64(file, start, end))
    if head[:4] == b"caff":
        return list(_caf(file, start, end))
    if head[:4] == b".snd":
        return [(start + 12, start + 24), (start + int.from_bytes(head[4:8], "big"), end)]
    if head[:4] == EBML:
        return list(matroska_ranges(file, start, end))
    return [(start, end)]


def _flac(file: BinaryIO, start: int, end: int) -> list[Range]:
    place = start + 4
    while place < end:
        file.seek(place)
        head = file.read(4)
        if len(head) < 4:
            break
        place += 4 + int.from_bytes(head[1:], "big")
        if head[0] & 0x80:
            break
    return [(place, end)]


def _parts(
    file: BinaryIO,
    place: int,
    end: int,
    name: int,
    size: int,
    order: Literal["little", "big"],
    even: int,
) -> Iterator[tuple[bytes, int, int]]:
    """Name, start of content and told length of each part: name, size, content, padding."""
    for _ in range(MOST):
        file.seek(place)
        head = file.read(name + size)
        if place >= end or len(head) < name + size:
            return
        length = int.from_bytes(head[name:], order)
        place += name + size
        yield head[:name], place, length
        place += length + -length % even


def _riff(file: BinaryIO, start: int, end: int) -> Iterator[Range]:
    long = 0  # what an RF64 file says instead of a size that does not fit
    for name, at, length in _parts(file, start + 12, end, 4, 4, "little", 2):
        file.seek(at)
        if name == b"ds64":
            long = int.from_bytes(file.read(16)[8:], "little")
        elif name == b"fmt " or (name == b"LIST" and file.read(4) == b"movi"):
            yield at, min(end, at + length)
        elif name == b"data":
            if length in (0, UNKNOWN):  # or written to a pipe, by who did not know yet
                length = long or end - at
                yield at, min(end, at + length)
                return
            yield at, min(end, at + length)


def _aiff(file: BinaryIO, start: int, end: int) -> Iterator[Range]:
    for name, at, length in _parts(file, start + 12, end, 4, 4, "big", 2):
        if name in (b"COMM", b"SSND"):
            yield at, min(end, at + length)


def _caf(file: BinaryIO, start: int, end: int) -> Iterator[Range]:
    for name, at, length in _parts(file, start + 8, end, 4, 8, "big", 1):
        if name in (b"desc", b"data", b"pakt", b"kuki"):
            yield at, min(end, at + length)


def _w64(file: BinaryIO, start: int, end: int) -> Iterator[Range]:
    place = start + 40
    while place < end:
        file.seek(place)
        head = file.read(24)
        length = int.from_bytes(head[16:24], "little")
        if len(head) < 24 or length < 24:
            return
        if head[:4] in (b"fmt ", b"data") and head[4:16] == W64_TAIL:
            yield place + 24, min(end, place + length)
        place += length + -length % 8


def _asf(file: BinaryIO, start: int, end: int) -> Iterator[Range]:
    place = start
    while place < end:
        file.seek(place)
        head = file.read(24)
        length = int.from_bytes(head[16:24], "little")
        known = len(head) == 24 and length >= 24
        if head[:16] == ASF_DATA:
            yield place + 24 + ASF_DATA_HEADER, min(end, place + length) if known else end
        if not known:
            return
        place += length


def _mp4(file: BinaryIO, start: int, end: int) -> Iterator[Range]:
    place = start
    while place < end:
        file.seek(place)
        head = file.read(16)
        if len(head) < 8:
            return
        length, name, header = int.from_bytes(head[:4], "big"), head[4:8], 8
        if length == 1:
            length, header = int.from_bytes(head[8:16], "big"), 16
        elif length == 0:
            length = end - place
        if length < header:
            return
        if name == b"mdat":
            yield place + header, min(end, place + length)
        place += length
