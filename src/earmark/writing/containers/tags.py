"""What a file's metadata says in our fields, and a fingerprint of each part that is not ours."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO

FIELDS = ("genre", "mood", "comment", "earmark")
SEPARATOR = "/"  # between values where a container has room for one text only, as in ID3v2.3
BLOCK = 1 << 20


@dataclass(frozen=True)
class Tags:
    """The metadata of a file.

    Attributes
    ----------
    form : str, of the metadata, as in 'ID3v2.3'
    values : dict of str -> list of str
        What stands in each of ``FIELDS``; an empty list where there is nothing.
    rest : dict of str -> bytes
        Digest of each part that is not one of our fields: foreign frames, pictures, chapters,
        the sound. Writing must leave all of them equal.
    joined : frozenset of str, fields that hold one text, values joined by ``SEPARATOR``
    """

    form: str
    values: dict[str, list[str]]
    rest: dict[str, bytes] = field(repr=False)
    joined: frozenset[str] = frozenset()

    def fitting(self, name: str, values: Iterable[str]) -> list[str]:
        """Values of a field as they would be read once they are written here."""
        values = [value for value in values if value]
        if name == "comment" and name in self.joined:
            return [SEPARATOR.join(values)] if values else []
        if name in self.joined:
            return [part for part in SEPARATOR.join(values).split(SEPARATOR) if part]
        return values


def behind_id3(file: BinaryIO) -> int:
    """Where a file begins behind the ID3v2 tags in front of it."""
    start = 0
    while True:
        file.seek(start)
        head = file.read(10)
        if head[:3] != b"ID3" or len(head) < 10:
            return start
        size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        start += 10 + size + (10 if head[5] & 0x10 else 0)


def digest_of(*parts: bytes) -> bytes:
    """Digest of some bytes."""
    return hashlib.sha256(b"".join(parts)).digest()


def digest_from(file: BinaryIO, start: int, length: int | None = None) -> bytes:
    """Digest of a piece of a file; None for all to its end."""
    file.seek(start)
    summed = hashlib.sha256()
    while length is None or length > 0:
        block = file.read(BLOCK if length is None else min(BLOCK, length))
        if not block:
            break
        summed.update(block)
        if length is not None:
            length -= len(block)
    return summed.digest()
