"""AIFF: an ID3 tag in a chunk of its own; every other chunk stays as it is."""

import os
from typing import Any

from mutagen.aiff import AIFF

from earmark.writing.containers import id3
from earmark.writing.containers.chunks import chunk_content, foreign_chunks
from earmark.writing.containers.tags import Tags


def read(path: str | os.PathLike) -> Tags:
    """The metadata of such a file."""
    with open(path, "rb") as file:
        rest = foreign_chunks(file, path, "big", b"id3 ")
        file.seek(0)
        tags: Any = AIFF(file, translate=False, load_v1=False).tags
        tag = chunk_content(file, path, "big", b"id3 ")
        if tags is not None and tag[:3] == b"ID3":
            rest |= id3.frames_counted(tag, tags)
    rest |= id3.foreign_frames(tags)
    return Tags(id3.form_of(tags), id3.field_values(tags), rest, id3.joined_fields(tags))


def write(path: str | os.PathLike, values: dict[str, list[str]]) -> None:
    """Write fields into such a file."""
    sound: Any = AIFF(path, translate=False, load_v1=False)
    if sound.tags is None:
        sound.add_tags()
    id3.refuse_lost(path, sound.tags)
    version = id3.version_kept(sound.tags)
    if sound.tags.version[:2] == (2, 2):
        sound.tags.update_to_v23()
    id3.set_fields(sound.tags, values)
    sound.tags.save(path, v2_version=version, v23_sep=None)
