"""WAV: an ID3 tag in a chunk of its own; RIFF INFO and every other chunk stay as they are.

A file that has only INFO gets a tag that says the same, since players that find a tag no longer
look at INFO; what INFO says of genre and comment counts as a person's.
"""

import os
from typing import Any, BinaryIO

from mutagen.id3 import COMM, ID3, TALB, TCOM, TCON, TCOP, TDRC, TIT2, TPE1, TRCK
from mutagen.wave import WAVE

from earmark.writing.containers import id3
from earmark.writing.containers.chunks import chunk_content, chunks, foreign_chunks
from earmark.writing.containers.tags import Tags

FRAMES = {
    b"INAM": TIT2,
    b"IART": TPE1,
    b"IPRD": TALB,
    b"IMUS": TCOM,
    b"ICOP": TCOP,
    b"ICRD": TDRC,
    b"IGNR": TCON,
    b"IPRT": TRCK,
    b"ITRK": TRCK,
    b"ICMT": COMM,
}


def read(path: str | os.PathLike) -> Tags:
    """The metadata of a WAV file."""
    with open(path, "rb") as file:
        rest = foreign_chunks(file, path, "little", b"id3 ")
        file.seek(0)
        tags: Any = WAVE(file, translate=False, load_v1=False).tags
        if tags is None:
            tags = _said_by_info(file, path)
        tag = chunk_content(file, path, "little", b"id3 ")
        if tag[:3] == b"ID3":
            rest |= id3.frames_counted(tag, tags)
    rest |= id3.foreign_frames(tags)
    return Tags(id3.form_of(tags), id3.field_values(tags), rest, id3.joined_fields(tags))


def write(path: str | os.PathLike, values: dict[str, list[str]]) -> None:
    """Write fields into a WAV file."""
    sound: Any = WAVE(path, translate=False, load_v1=False)
    if sound.tags is None:
        sound.add_tags()
        with open(path, "rb") as file:
            for frame in _said_by_info(file, path).values():
                sound.tags.add(frame)
    id3.refuse_lost(path, sound.tags)
    version = id3.version_kept(sound.tags)
    if sound.tags.version[:2] == (2, 2):
        sound.tags.update_to_v23()
    id3.set_fields(sound.tags, values)
    sound.tags.save(path, v2_version=version, v23_sep=None)


def _said_by_info(file: BinaryIO, path: object) -> ID3:
    """A tag that says what INFO says; an empty one without INFO."""
    tags = ID3()
    for name, start, size in chunks(file, path, "little"):
        file.seek(start)
        if name != b"LIST" or file.read(4) != b"INFO":
            continue
        info, at = file.read(size - 4), 0
        while at + 8 <= len(info):
            key, length = info[at : at + 4], int.from_bytes(info[at + 4 : at + 8], "little")
            text = _text(info[at + 8 : at + 8 + length])
            if text and (kind := FRAMES.get(key)):
                more = {"lang": "eng", "desc": ""} if kind is COMM else {}
                tags.add(kind(encoding=id3.UTF8, text=[text], **more))
            at += 8 + length + length % 2
    return tags


def _text(data: bytes) -> str:
    """Words of INFO, which does not say how they are coded."""
    data = data.split(b"\0")[0]
    try:
        return data.decode("utf-8").strip()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace").strip()
