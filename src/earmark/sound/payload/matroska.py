"""Where the blocks of a Matroska or WebM file lie (RFC 8794, RFC 9559)."""

from collections.abc import Iterator
from typing import BinaryIO

SEGMENT, CLUSTER = 0x18538067, 0x1F43B675
SIMPLE_BLOCK, BLOCK_GROUP = 0xA3, 0xA0


def matroska_ranges(file: BinaryIO, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Start and end of each block, in the order of the file.

    A cluster whose length is not told, as in a recorded stream, ends where its neighbour begins;
    so the walk simply goes into segments and clusters and over everything else.
    """
    place = start
    while place < end:
        file.seek(place)
        element, length = _number(file, marked=True), _number(file, marked=False)
        at = file.tell()
        if element is None or length is None:
            return
        if element in (SEGMENT, CLUSTER):
            place = at
            continue
        if element in (SIMPLE_BLOCK, BLOCK_GROUP):
            yield at, min(end, at + length)
        place = at + length


def _number(file: BinaryIO, *, marked: bool) -> int | None:
    """A number of 1 to 8 bytes, with the bit that marks its length or without; None if damaged."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    size = 9 - first[0].bit_length()
    rest = file.read(size - 1)
    value = first[0] if marked else first[0] & ((1 << (8 - size)) - 1)
    return int.from_bytes(bytes([value]) + rest, "big") if len(rest) == size - 1 else None
