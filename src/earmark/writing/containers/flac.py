"""FLAC: a block of Vorbis comments; every other block but padding stays as its bytes."""

import os
from typing import Any, BinaryIO

from mutagen.flac import FLAC

from earmark.errors import WritingError
from earmark.writing.containers import vorbis
from earmark.writing.containers.tags import Tags, behind_id3, digest_from, digest_of

PADDING, COMMENTS = 1, 4  # types of blocks


def read(path: str | os.PathLike) -> Tags:
    """The metadata of a FLAC file."""
    with open(path, "rb") as file:
        tags = FLAC(file).tags
        rest = _rest(file, path)
    return Tags("Vorbis comments", vorbis.field_values(tags), rest)


def write(path: str | os.PathLike, values: dict[str, list[str]]) -> None:
    """Write fields into a FLAC file."""
    sound: Any = FLAC(path)
    if sound.tags is None:
        sound.add_tags()
        sound.tags.vendor = "Earmark"
    vorbis.set_fields(sound.tags, values)
    sound.save(path)


def _rest(file: BinaryIO, path: object) -> dict[str, bytes]:
    start = behind_id3(file)
    found = {"what stands before fLaC": digest_from(file, 0, start)}
    at, last, comments = start + 4, False, 0
    while not last:
        file.seek(at)
        head = file.read(4)
        if len(head) < 4:
            raise ValueError("it ends within its blocks")
        last, kind, size = bool(head[0] & 0x80), head[0] & 0x7F, int.from_bytes(head[1:], "big")
        if kind == COMMENTS:
            comments += 1
            if comments > 1:
                raise WritingError(f"{path}: it has more than one block of comments")
            found |= {
                name: digest
                for name, digest in vorbis.foreign_comments(file.read(size), path).items()
                if name != "the vendor's name" or digest != digest_of(b"Earmark")
            }
        elif kind != PADDING:
            found[f"block {len(found)}, of type {kind}"] = digest_from(file, at + 4, size)
        at += 4 + size
    found["the sound"] = digest_from(file, at)
    return found
