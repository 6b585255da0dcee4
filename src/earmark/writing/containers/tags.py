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
    joined: frozenset[str] = frozenset({"comment"})

    def fitting(self, name: str, values: Iterable[str]) -> list[str]:
        """Values of a field as they would be read once they are written here."""
        values = [value for value in values if value]
        if name == "comment":
            return values[:1]
        if name in self.joined:
            return [part for part in SEPARATOR.join(values).split(SEPARATOR) if part]
        return values


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
