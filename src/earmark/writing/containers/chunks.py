"""Files of chunks, RIFF and AIFF: a digest of each chunk but the one that holds our tags."""

from collections.abc import Iterator
from typing import BinaryIO, Literal

from earmark.errors import WritingError
from earmark.writing.containers.tags import digest_from

Order = Literal["little", "big"]  # of the bytes of a size


def chunks(file: BinaryIO, path: object, order: Order) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and size of the content of each chunk.

    Parameters
    ----------
    file : binary file
    path : for sentences
    order : 'little' or 'big', of the sizes

    Raises
    ------
    WritingError
        The sizes of the chunks do not fit the file.
    """
    end = file.seek(0, 2)
    file.seek(4)
    told = 8 + int.from_bytes(file.read(4), order)
    if told > end:
        raise WritingError(f"{path}: its first part tells a size that the file has not")
    at = 12
    while at + 8 <= told:
        file.seek(at)
        name, size = file.read(4), int.from_bytes(file.read(4), order)
        if at + 8 + size > told:
            raise WritingError(f"{path}: its part {name!r} tells a size that the file has not")
        yield name, at + 8, size
        at += 8 + size + size % 2
    if told < end:
        raise WritingError(f"{path}: it has {end - told} bytes that belong to none of its parts")


def chunk_content(file: BinaryIO, path: object, order: Order, name: bytes) -> bytes:
    """What the first chunk of this name, in small letters, holds; nothing where there is none."""
    for found, start, size in chunks(file, path, order):
        if found.lower() == name:
            file.seek(start)
            return file.read(size)
    return b""


def foreign_chunks(file: BinaryIO, path: object, order: Order, ours: bytes) -> dict[str, bytes]:
    """A digest of each chunk in its order, but of those that are called `ours`, in small letters.

    Parameters and errors as of :func:`chunks`.
    """
    found: dict[str, bytes] = {}
    for name, start, size in chunks(file, path, order):
        if name.lower() != ours:
            found[f"part {len(found)}, {name!r}"] = digest_from(file, start, size)
    return found
