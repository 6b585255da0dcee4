"""MP4 (m4a, m4b): atoms below moov.udta.meta.ilst; all others stay as their bytes.

The tables of where the sound lies (stco, co64) change when the atoms before it grow: each of their
entries must lead to the same byte of the same atom as before. Fragmented files are refused, since
their tables of fragments would no longer be true.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from mutagen.mp4 import MP4, MP4FreeForm

from earmark.errors import WritingError
from earmark.writing.containers.tags import Tags, digest_from, digest_of

NAMES = {"genre": "\xa9gen", "comment": "\xa9cmt"}
APPLE = "----:com.apple.iTunes:"
FREE = {"mood": f"{APPLE}MOOD", "earmark": f"{APPLE}EARMARK"}
OURS = {b"\xa9gen", b"gnre", b"\xa9cmt"}
PARENTS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"udta", b"meta", b"ilst", b"edts"}
TABLES = {b"stco": ">u4", b"co64": ">u8"}
META = b"moov.udta.meta"
SMALL = 1 << 26  # bytes of moov that are read at once at most


@dataclass(frozen=True)
class Atom:
    """A piece of a file: where it begins, where its content begins and ends."""

    name: bytes
    start: int
    content: int
    end: int


def read(path: str | os.PathLike) -> Tags:
    """The metadata of an MP4 file."""
    with open(path, "rb") as file:
        rest = _rest(file, path)
        file.seek(0)
        tags: Any = MP4(file).tags
    values: dict[str, list[str]] = {}
    for name, key in NAMES.items():
        values[name] = [str(text) for text in (tags or {}).get(key, []) if text]
    for name, key in FREE.items():
        texts = [bytes(text) for text in (tags or {}).get(_own(tags, key), [])]
        values[name] = [text.decode("utf-8", "replace") for text in texts if text]
    return Tags("MP4 atoms", values, rest)


def write(path: str | os.PathLike, values: dict[str, list[str]]) -> None:
    """Write fields into an MP4 file."""
    sound: Any = MP4(path)
    if sound.tags is None:
        sound.add_tags()
    for name, those in values.items():
        key = NAMES.get(name) or _own(sound.tags, FREE[name])
        sound.tags.pop(key, None)
        if those:
            texts = [MP4FreeForm(text.encode("utf-8")) for text in those]
            sound.tags[key] = texts if name in FREE else list(those)
    sound.save(path)


def _own(tags: dict | None, key: str) -> str:
    """The key as this file spells it."""
    return next((own for own in tags or {} if own.lower() == key.lower()), key)


def _rest(file: BinaryIO, path: object) -> dict[str, bytes]:
    size = file.seek(0, os.SEEK_END)
    tops = list(_atoms(file, 0, size, path))
    names = [atom.name for atom in tops]
    if b"moof" in names:
        raise WritingError(f"{path}: a fragmented MP4 (its part moof), which is not written into")
    if names.count(b"moov") != 1:
        raise WritingError(f"{path}: it has {names.count(b'moov')} parts moov instead of one")
    found: dict[str, bytes] = {}
    for i, atom in enumerate(tops):
        if atom.name == b"moov":
            for where, inner in _below(file, atom, b"moov", path):
                _digest(file, where, inner, tops, found)
        else:
            found[f"part {i}, {atom.name!r}"] = digest_from(
                file, atom.content, atom.end - atom.content
            )
    return found


def _digest(
    file: BinaryIO, where: bytes, atom: Atom, tops: list[Atom], found: dict[str, bytes]
) -> None:
    """Put the digest of an atom below moov beside the others, if it is not ours."""
    if where in (META + b".hdlr", META + b".free") or atom.name == b"free":
        return
    file.seek(atom.content)
    content = file.read(min(atom.end - atom.content, SMALL))
    if where.startswith(META + b".ilst."):
        if atom.name in OURS or (atom.name == b"----" and _freeform(content) in _free_names()):
            return
    elif atom.name in TABLES:
        places = np.frombuffer(content[8:], TABLES[atom.name]).astype(np.int64)
        content = _relative(places, tops).tobytes()
    name = f"part {where.decode('latin-1')}"
    twice = sum(known.partition(" number ")[0] == name for known in found)
    found[f"{name} number {twice}"] = digest_of(content)


def _relative(places: np.ndarray, tops: list[Atom]) -> np.ndarray:
    """Places in the file as pairs of the atom they lie in and the distance to its start."""
    starts = np.array([atom.content for atom in tops])
    which = np.searchsorted(starts, places, side="right") - 1
    return np.stack([which, places - starts[np.maximum(which, 0)]])


def _free_names() -> set[bytes]:
    return {key.lower().encode() for key in FREE.values()}


def _freeform(content: bytes) -> bytes:
    """Name of a free atom, as in '----:com.apple.itunes:mood', in small letters."""
    mean = int.from_bytes(content[:4], "big")
    name = int.from_bytes(content[mean : mean + 4], "big")
    return b":".join([b"----", content[12:mean], content[mean + 12 : mean + name]]).lower()


def _below(file: BinaryIO, atom: Atom, where: bytes, path: object) -> Iterator[tuple[bytes, Atom]]:
    """Every atom without others in it, with the way to it."""
    start = atom.content
    if atom.name == b"meta":
        file.seek(start)
        start += 4 if file.read(8)[4:] != b"hdlr" else 0
    for inner in _atoms(file, start, atom.end, path):
        way = where + b"." + inner.name
        if inner.name in PARENTS and not where.endswith(b".ilst"):
            yield from _below(file, inner, way, path)
        else:
            yield way, inner


def _atoms(file: BinaryIO, start: int, end: int, path: object) -> Iterator[Atom]:
    while start + 8 <= end:
        file.seek(start)
        head = file.read(16)
        length, name, content = int.from_bytes(head[:4], "big"), head[4:8], start + 8
        if length == 1:
            length, content = int.from_bytes(head[8:16], "big"), start + 16
        elif length == 0:
            if head[:8] == bytes(8):
                return  # QuickTime ends udta with four zeros
            length = end - start
        if length < content - start or start + length > end:
            raise WritingError(f"{path}: its part {name!r} tells a size that the file has not")
        yield Atom(name, start, content, start + length)
        start += length
