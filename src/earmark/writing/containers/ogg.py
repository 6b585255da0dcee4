"""Ogg with Vorbis or Opus: a packet of comments; every other packet stays as its bytes.

Longer comments may take more pages, and then every later page gets another number and checksum:
those two are left out of the digest, all else of each page is in it.
"""

import hashlib
import os
from collections.abc import Iterator
from typing import BinaryIO

from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

from earmark.writing.containers import vorbis
from earmark.writing.containers.tags import Tags, digest_of

STARTS = {b"\x01vorbis": (OggVorbis, 3, b"\x03vorbis"), b"OpusHead": (OggOpus, 2, b"OpusTags")}


def read(path: str | os.PathLike) -> Tags:
    """The metadata of an Ogg file."""
    with open(path, "rb") as file:
        kind, _, _ = _kind(file)
        file.seek(0)
        tags = kind(file).tags
        rest = _rest(file, path)
    return Tags("Vorbis comments", vorbis.field_values(tags), rest)


def write(path: str | os.PathLike, values: dict[str, list[str]]) -> None:
    """Write fields into an Ogg file."""
    with open(path, "rb") as file:
        kind, _, _ = _kind(file)
    sound = kind(path)
    vorbis.set_fields(sound.tags, values)
    sound.save(path)


def _kind(file: BinaryIO) -> tuple:
    file.seek(0)
    head = file.read(64)
    packet = head[27 + head[26] :]
    return next(what for start, what in STARTS.items() if packet.startswith(start))


def _rest(file: BinaryIO, path: object) -> dict[str, bytes]:
    """Digests of the head's packets, of each comment that is not ours, of all later pages."""
    _, headers, mark = _kind(file)
    file.seek(0)
    packets, serial = [bytearray()], None
    pages = hashlib.sha256()
    for head, lacing, body in _pages(file):
        serial = serial or head[14:18]
        if head[14:18] != serial or len(packets) > headers:
            pages.update(b"".join([head[4:18], head[26:27], lacing, body]))
            continue
        at = 0
        for length in lacing:
            packets[-1] += body[at : at + length]
            at += length
            if length < 255:
                packets.append(bytearray())
    if len(packets) <= headers or not packets[1].startswith(mark):
        raise ValueError("its packet of comments is not where it should be")
    found = {f"packet {i}": digest_of(bytes(packet)) for i, packet in enumerate(packets) if i != 1}
    comments = bytes(packets[1][len(mark) :])
    if mark == b"\x03vorbis":
        comments = comments.rstrip(b"\0")[:-1]  # the framing bit
    return found | vorbis.foreign_comments(comments, path) | {"the sound": pages.digest()}


def _pages(file: BinaryIO) -> Iterator[tuple[bytes, bytes, bytes]]:
    while head := file.read(27):
        if head[:4] != b"OggS" or len(head) < 27:
            # What is no page is passed over by players; it must stay, so it is part of the sound.
            yield b"\0" * 14 + b"none" + b"\0" * 9, b"", head + file.read()
            return
        lacing = file.read(head[26])
        yield head, lacing, file.read(sum(lacing))
