"""How many bytes a container says that it has, to notice that its end is missing.

avi, wma and other asf, Matroska and mp4 name their own length; FFmpeg passes over a missing end.
"""

import struct
from pathlib import Path
from typing import BinaryIO

from earmark.sound.headers import opened

ASF = b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"
ASF_PROPERTIES = b"\xa1\xdc\xab\x8c\x47\xa9\xcf\x11\x8e\xe4\x00\xc0\x0c\x20\x53\x65"
EBML, SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"
MOST_BOXES = 10_000


def promised_bytes(source: Path | BinaryIO, head: bytes) -> int | None:
    """Bytes that the whole file should have, None where it does not say.

    Parameters
    ----------
    source : path or seekable binary file, which is left at its start
    head : bytes, the first 4096 of it
    """
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return _known(8 + struct.unpack("<I", head[4:8])[0])
    if head.startswith(ASF):
        at = head.find(ASF_PROPERTIES)
        return _known(struct.unpack("<Q", head[at + 40 : at + 48])[0]) if 0 < at < 4000 else None
    if head.startswith(EBML):
        return _matroska(head)
    if head[4:8] == b"ftyp":
        with opened(source) as file:
            promised = _mp4(file)
            file.seek(0)
        return promised
    return None


def _known(size: int) -> int | None:
    return size if 8 < size < 1 << 50 and size != 8 + 0xFFFFFFFF else None


def _matroska(head: bytes) -> int | None:
    at = head.find(SEGMENT)
    if at < 0 or at + 12 > len(head) or not head[at + 4]:
        return None
    width = 9 - head[at + 4].bit_length()
    size = int.from_bytes(head[at + 4 : at + 4 + width], "big") & ((1 << 7 * width) - 1)
    unknown = size == (1 << 7 * width) - 1
    return None if unknown else _known(at + 4 + width + size)


def _mp4(file: BinaryIO) -> int | None:
    at = 0
    for _ in range(MOST_BOXES):
        file.seek(at)
        box = file.read(16)
        if len(box) < 8:
            return at or None
        length = struct.unpack(">I", box[:4])[0]
        if length == 1 and len(box) == 16:
            length = struct.unpack(">Q", box[8:])[0]
        if length < 8 or not all(32 <= letter < 127 or letter == 0xA9 for letter in box[4:8]):
            return None  # reaches to the end of the file, or is no box
        at += length
    return None
