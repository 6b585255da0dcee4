"""The packets of an Ogg file after its headers, however they lie in pages (RFC 3533).

Taggers lay the pages anew when the comments grow. What stays is the sequence of lacing values,
which tells where packets end, and the bytes of the packets: both are digested, without the pages.
"""

from hashlib import blake2b
from typing import BinaryIO

PAGE = 27  # bytes of a page's header before its lacing values
BEGIN = 2  # flag of the first page of a stream
SEARCH = 1 << 16


class _Stream:
    """One logical stream: lets its header packets go by, then digests lacing and bytes."""

    def __init__(self, size: int) -> None:
        self.lacing, self.packets = blake2b(digest_size=size), blake2b(digest_size=size)
        self.empty = True
        self._headers: int | None = None  # still to come; None within the first, which tells
        self._first = b""

    def add(self, lacing: bytes, body: bytes) -> None:
        """The lacing values and bytes of one more page."""
        skipped = at = 0
        while self._headers != 0 and skipped < len(lacing):
            length = lacing[skipped]
            if self._headers is None:
                self._first += body[at : at + length]
            skipped += 1
            at += length
            if length < 255:  # a packet ends
                if self._headers is None:
                    self._headers = header_packets(self._first)
                self._headers -= 1
        if skipped < len(lacing):
            self.lacing.update(lacing[skipped:])
            self.packets.update(body[at:])
            self.empty = False


def header_packets(first: bytes) -> int:
    """How many header packets a stream has, by its first one."""
    if first[1:7] in (b"vorbis", b"theora"):
        return 3
    if first[:5] == b"\x7fFLAC":
        return 1 + int.from_bytes(first[7:9], "big")
    if first[:8] == b"Speex   ":
        return 2 + min(int.from_bytes(first[68:72], "little"), 100)
    return 2


def ogg_digest(file: BinaryIO, start: int, end: int, size: int) -> bytes | None:
    """Digest of all packets that are no headers, None if there are none.

    Parameters
    ----------
    file : binary file that can seek
    start, end : int, where the Ogg pages lie
    size : int > 0, of the digest in bytes
    """
    streams: list[_Stream] = []
    current: dict[bytes, _Stream] = {}  # by serial number
    file.seek(start)
    while (head := file.read(PAGE)) and len(head) == PAGE and file.tell() <= end:
        if head[:4] != b"OggS":
            if not _find_page(file, file.tell() - PAGE + 1, end):
                break
            continue
        lacing = file.read(head[26])
        body = file.read(sum(lacing))
        serial = head[14:18]
        if head[5] & BEGIN or serial not in current:
            current[serial] = _Stream(size)
            streams.append(current[serial])
        current[serial].add(lacing, body)
    whole = blake2b(digest_size=size)
    heard = [stream for stream in streams if not stream.empty]
    for stream in heard:
        whole.update(stream.lacing.digest() + stream.packets.digest())
    return whole.digest() if heard else None


def _find_page(file: BinaryIO, place: int, end: int) -> bool:
    """Go to the next page after damage."""
    while place < end:
        file.seek(place)
        block = file.read(SEARCH)
        found = block.find(b"OggS")
        if found >= 0:
            file.seek(place + found)
            return True
        if len(block) < SEARCH:
            return False
        place += SEARCH - 3
    return False
