"""MP3: an ID3v2 tag in front; what follows it, an APE tag and ID3v1 at the end too, stays as it is.

A file that has only ID3v1 gets a 2.4 tag that says the same, since players would otherwise no
longer see what ID3v1 says.
"""

import os
from typing import BinaryIO

from mutagen.id3 import ID3, ID3NoHeaderError
from mutagen.mp3 import MPEGInfo

from earmark.writing.containers import id3
from earmark.writing.containers.tags import Tags, digest_from

ID3V1 = 128  # bytes at the end


def read(path: str | os.PathLike) -> Tags:
    """The metadata of an MP3."""
    with open(path, "rb") as file:
        tags = _load(file)
        rest = id3.foreign_frames(tags)
        length = tags.size if tags is not None else 0
        MPEGInfo(file, length)  # refuses what is no MPEG audio
        if tags is not None and length:
            file.seek(0)
            rest |= id3.frames_counted(file.read(length), tags)
        rest["what follows the tag"] = digest_from(file, length)
    return Tags(id3.form_of(tags), id3.field_values(tags), rest, id3.joined_fields(tags))


def write(path: str | os.PathLike, values: dict[str, list[str]]) -> None:
    """Write fields into an MP3."""
    with open(path, "rb+") as file:
        tags = _load(file)
        if tags is None:
            tags = ID3()
        id3.refuse_lost(path, tags)
        version = id3.version_kept(tags)
        if version == 3 and tags.version[:2] == (2, 2):
            tags.update_to_v23()
        last = _last(file)
        id3.set_fields(tags, values)
        file.seek(0)
        tags.save(file, v2_version=version, v23_sep=None)
        if last[:3] == b"TAG":
            file.seek(-ID3V1, os.SEEK_END)
            file.write(last)


def _load(file: BinaryIO) -> ID3 | None:
    file.seek(0)
    try:
        return ID3(file, translate=False, load_v1=False)
    except ID3NoHeaderError:
        file.seek(0)
    try:
        return ID3(file, translate=False, load_v1=True)
    except ID3NoHeaderError:
        return None


def _last(file: BinaryIO) -> bytes:
    if file.seek(0, os.SEEK_END) < ID3V1:
        return b""
    file.seek(-ID3V1, os.SEEK_END)
    return file.read(ID3V1)
