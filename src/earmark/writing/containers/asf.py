"""ASF (wma): attributes of the header; every other object, and all that follows, stays as it is."""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO

from mutagen.asf import ASF, ASFUnicodeAttribute
from mutagen.asf._objects import (
    ContentDescriptionObject,
    ExtendedContentDescriptionObject,
    HeaderExtensionObject,
    MetadataLibraryObject,
    MetadataObject,
    PaddingObject,
)

from earmark.errors import WritingError
from earmark.writing.containers.tags import Tags, digest_from, digest_of

NAMES = {
    "genre": "WM/Genre",
    "mood": "WM/Mood",
    "comment": "Description",
    "earmark": "EARMARK",
}
WRITTEN = {
    kind.GUID
    for kind in (
        ContentDescriptionObject,
        ExtendedContentDescriptionObject,
        MetadataLibraryObject,
        MetadataObject,
        PaddingObject,
    )
}
HEAD, EXTENSION = 30, 46  # bytes before the objects within


def read(path: str | os.PathLike) -> Tags:
    """The metadata of an ASF file."""
    with open(path, "rb") as file:
        tags: Any = ASF(file).tags
        rest = _attributes(tags) | _objects(file, path)
    values = {
        name: [str(value) for value in tags.get(key, []) if str(value)]
        for name, key in NAMES.items()
    }
    return Tags("ASF attributes", values, rest)


def write(path: str | os.PathLike, values: dict[str, list[str]]) -> None:
    """Write fields into an ASF file."""
    sound: Any = ASF(path)
    for name, those in values.items():
        if NAMES[name] in sound.tags:
            del sound.tags[NAMES[name]]
        if those:
            sound.tags[NAMES[name]] = [ASFUnicodeAttribute(text) for text in those]
    sound.save(path)


def _attributes(tags: Any) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    count: Counter[str] = Counter()
    foreign = [(name, value) for name, value in tags if name not in NAMES.values()]
    plain = [
        (name, repr([value.TYPE, value.value, value.language, value.stream]))
        for name, value in foreign
    ]
    for name, text in sorted(plain):
        count[name] += 1
        found[f"the attribute {name} number {count[name]}"] = digest_of(
            text.encode("utf-8", "surrogatepass")
        )
    return found


def _objects(file: BinaryIO, path: object) -> dict[str, bytes]:
    file.seek(16)
    size = int.from_bytes(file.read(8), "little")
    found: dict[str, bytes] = {}
    count: Counter[bytes] = Counter()
    for guid, start, end in _walk(file, HEAD, size, path):
        if guid == HeaderExtensionObject.GUID:
            for inner, begin, stop in _walk(file, start - 24 + EXTENSION, end, path):
                _digest(file, inner, begin, stop, count, found)
        else:
            _digest(file, guid, start, end, count, found)
    found["all behind the header"] = digest_from(file, size)
    return found


def _digest(
    file: BinaryIO, guid: bytes, start: int, end: int, count: Counter, found: dict[str, bytes]
) -> None:
    if guid not in WRITTEN:
        count[guid] += 1
        found[f"the object {guid.hex()} number {count[guid]}"] = digest_from(
            file, start, end - start
        )


def _walk(file: BinaryIO, start: int, end: int, path: object) -> Iterator[tuple[bytes, int, int]]:
    """GUID, start and end of the content of each object."""
    while start + 24 <= end:
        file.seek(start)
        head = file.read(24)
        size = int.from_bytes(head[16:], "little")
        if size < 24 or start + size > end:
            raise WritingError(f"{path}: an object of its header tells a size that it has not")
        yield head[:16], start + 24, start + size
        start += size
