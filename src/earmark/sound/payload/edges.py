"""Tags that stand before and after a sound: ID3v2, APEv2, ID3v1, Lyrics3."""

from typing import BinaryIO

ID3V1, ENHANCED = 128, 227  # bytes
APE_FOOTER, APE_HAS_HEADER = 32, 1 << 31
LYRICS_LONGEST = 5100  # bytes of Lyrics3 v1, which does not tell its size
ZEROS = 4096  # bytes that are looked at at once for padding after a tag


def without_edges(file: BinaryIO, size: int) -> tuple[int, int]:
    """Start and end of what lies between the tags at both ends of a file.

    Parameters
    ----------
    file : binary file that can seek
    size : int >= 0, of the file in bytes
    """
    start = 0
    while length := _leading(file, start, size):
        start = min(size, start + length)
    if start:
        start = _after_zeros(file, start, size)
    end = size
    while length := _trailing(file, start, end):
        end = max(start, end - length)
    return start, end


def _at(file: BinaryIO, place: int, length: int) -> bytes:
    file.seek(max(0, place))
    return file.read(length)


def _leading(file: BinaryIO, start: int, size: int) -> int:
    """Bytes of the tag that begins here, 0 if none does."""
    head = _at(file, start, APE_FOOTER)
    if head[:3] == b"ID3" and len(head) >= 10:
        return _id3_length(head)
    if head[:8] == b"APETAGEX" and len(head) == APE_FOOTER:
        return APE_FOOTER + int.from_bytes(head[12:16], "little")
    return 0


def _id3_length(head: bytes) -> int:
    """Bytes of an ID3v2 tag by its header or footer, both included."""
    a, b, c, d = head[6:10]
    footer = 10 if head[5] & 0x10 else 0
    return 10 + (a << 21 | b << 14 | c << 7 | d) + footer


def _after_zeros(file: BinaryIO, start: int, size: int) -> int:
    """The first byte from `start` that is not 0: some taggers leave padding outside their tag."""
    place = start
    while place < size:
        block = _at(file, place, ZEROS)
        rest = block.lstrip(b"\0")
        if rest or not block:
            return place + len(block) - len(rest)
        place += len(block)
    return start


def _trailing(file: BinaryIO, start: int, end: int) -> int:
    """Bytes of the tag that ends here, 0 if none does."""
    room = end - start
    if room >= ID3V1 and _at(file, end - ID3V1, 3) == b"TAG":
        enhanced = room >= ID3V1 + ENHANCED and (_at(file, end - ID3V1 - ENHANCED, 4) == b"TAG+")
        return ID3V1 + (ENHANCED if enhanced else 0)
    if room >= APE_FOOTER:
        tail = _at(file, end - APE_FOOTER, APE_FOOTER)
        if tail[:8] == b"APETAGEX":
            header = APE_FOOTER if int.from_bytes(tail[20:24], "little") & APE_HAS_HEADER else 0
            return max(APE_FOOTER, int.from_bytes(tail[12:16], "little")) + header
        if tail[-10:-7] == b"3DI":
            return _id3_length(tail[-10:])
        if tail[-9:] == b"LYRICS200" and tail[-15:-9].isdigit():
            return int(tail[-15:-9]) + 15
        if tail[-9:] == b"LYRICSEND":
            block = _at(file, max(start, end - LYRICS_LONGEST), min(room, LYRICS_LONGEST))
            begin = block.rfind(b"LYRICSBEGIN")
            return len(block) - begin if begin >= 0 else 0
    return 0
