"""Where the samples of an uncompressed sound lie, by its header and by the file: wav and its kin.

Headers are wrong in ways that no reader notices: a recorder that was switched off leaves an old
length, 4 GB wrap around, a file that was cut promises more than it holds. What lies behind the
promised samples is either chunks, which are known by their shape, or more of the sound.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from earmark.sound.headers import opened

UNKNOWN = 0x7F000000  # what programs that write to a pipe promise, or more
WRAP = 1 << 32
LINEAR = {1, 3}  # wav formats: integers, floats
SIMPLE = LINEAR | {6, 7}  # A-law and mu-law too: one sample after the other
EXTENSIBLE = 0xFFFE
STRAY = 64  # bytes behind everything that mean nothing
W64_DATA = b"data\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a"
CODED = (  # how frames of DTS and IEC 61937 begin, which some wav files hold as 16-bit samples
    *(b"\x7f\xfe\x80\x01", b"\xfe\x7f\x01\x80", b"\x1f\xff\xe8\x00", b"\xff\x1f\x00\xe8"),
    *(b"\x72\xf8\x1f\x4e", b"\xf8\x72\x4e\x1f"),
)
PROBED = 1 << 16


@dataclass
class Layout:
    """Where the samples are.

    Attributes
    ----------
    kind : str, ``wav``, ``rifx``, ``aiff``, ``au``, ``caf`` or ``w64``
    start : int, of the samples, in bytes
    promised : int or None, bytes of samples by the header, None where it does not know
    size : int, bytes of the file
    tag : int, of a wav's format; 1 and 3 are linear
    unit : int, bytes of one sample of all channels, 0 where unknown
    patches : dict of int to bytes, header that promises what `end` says
    end : int, where the samples end
    stale : bool, whether the header promises much less than there is
    """

    kind: str
    start: int
    promised: int | None
    size: int
    tag: int = 1
    unit: int = 0
    patches: dict[int, bytes] | None = None
    end: int = 0
    stale: bool = False
    junk: int = 0

    @property
    def share(self) -> float:
        """How many times more the header promises than there is, 1 where nothing is missing."""
        there = self.size - self.start
        if self.promised is None or self.promised <= there or there <= 0:
            return 1.0
        return self.promised / there


def layout(source: Path | BinaryIO, head: bytes) -> Layout | None:
    """The layout of a sound that begins with `head`, None where it is no such format."""
    find = next((find for mark, find in FINDERS.items() if head.startswith(mark)), None)
    if find is None:
        return None
    with opened(source) as file:
        size = file.seek(0, os.SEEK_END)
        try:
            found = find(file, size)
        except (struct.error, ValueError):
            found = None
        if found is not None:
            _settle(found, file)
        file.seek(0)
    return found


def holds_coded_sound(source: Path | BinaryIO, found: Layout) -> bool:
    """Whether what a wav calls 16-bit samples are frames of DTS, AC-3 or the like."""
    if found.kind != "wav" or found.tag not in (1, EXTENSIBLE):
        return False
    with opened(source) as file:
        file.seek(found.start)
        probe = file.read(PROBED)
        file.seek(0)
    if any(probe.count(mark) > 1 for mark in CODED):
        return True
    first = probe.lstrip(b"\0")[:2]
    return first in (b"\x0b\x77", b"\x77\x0b") and probe.count(first) > 8


def _settle(found: Layout, file: BinaryIO) -> None:
    """Find out where the samples really end, and mend the header where it says less."""
    found.end = found.size
    if found.promised is None:
        return
    end = found.start + found.promised
    if end >= found.size:
        return
    found.end = end
    behind = found.size - end
    if behind <= max(STRAY, 0.01 * found.promised) or _chunks_follow(file, end, found):
        return
    wrapped = [
        place
        for place in range(end + WRAP, found.size + 1, WRAP)
        if found.size - place <= STRAY or _chunks_follow(file, place, found)
    ]
    true_end = wrapped[0] if wrapped else found.size
    if not wrapped and _is_junk(file, found, end):
        found.junk = behind
        return
    found.end, found.stale = true_end, True


def _chunks_follow(file: BinaryIO, at: int, found: Layout) -> bool:
    """Whether chunks of the format, tags or zeros fill the file from there to its end."""
    if found.kind == "au":
        names: Iterator[tuple[bytes, int, int]] = iter(())
    elif found.kind == "w64":
        names = _w64_chunks(file, -(-at // 8) * 8, found.size)
    elif found.kind == "caf":
        names = _chunks(file, at, found.size, ">4sq", padded=False)
    else:
        order = ">4sI" if found.kind in ("aiff", "rifx") else "<4sI"
        names = _chunks(file, at + at % 2, found.size, order)
    end = at
    for _name, start, length in names:
        if start + length > found.size + 1:
            break
        end = start + length
    file.seek(min(end, found.size))
    rest = file.read(PROBED)
    tags = rest.startswith((b"ID3", b"TAG", b"APETAGEX", b"LYRICSBEGIN"))
    return found.size - end <= STRAY or tags or not rest.strip(b"\0")


def _is_junk(file: BinaryIO, found: Layout, end: int) -> bool:
    """Whether what lies behind the samples is unlike them: as random as only packed data are."""
    if not found.unit:
        return True

    def randomness(at: int) -> float:
        file.seek(at)
        counts = np.bincount(np.frombuffer(file.read(PROBED), np.uint8), minlength=256)
        shares = counts[counts > 0] / max(1, counts.sum())
        return float(-(shares * np.log2(shares)).sum())

    middle = end + (found.size - end) // 2
    before = randomness(found.start + max(0, (end - found.start) // 2 - PROBED // 2))
    return min(randomness(end), randomness(middle)) > max(7.95, before + 0.2)


def _chunks(
    file: BinaryIO, at: int, size: int, form: str, padded: bool = True
) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and length of each chunk from there on."""
    width = struct.calcsize(form)
    while at + width <= size:
        file.seek(at)
        name, length = struct.unpack(form, file.read(width))
        if not all(32 <= letter < 127 for letter in name):
            return
        yield name, at + width, length
        if length < 0:
            return
        at += width + length + (length % 2 if padded else 0)


def _w64_chunks(file: BinaryIO, at: int, size: int) -> Iterator[tuple[bytes, int, int]]:
    while at + 24 <= size:
        file.seek(at)
        name, length = struct.unpack("<16sQ", file.read(24))
        if length < 24 or not name[:3].isalpha():
            return
        yield name, at + 24, length - 24
        at += -(-length // 8) * 8


def _format(content: bytes, order: str) -> tuple[int, int]:
    """Tag and bytes of a sample of all channels, from a wav's format chunk."""
    tag, _channels, _rate, _bytes, unit, _bits = struct.unpack(order + "HHIIHH", content[:16])
    if tag == EXTENSIBLE and len(content) >= 26:
        tag = struct.unpack(order + "H", content[24:26])[0]
    return tag, unit


def _riff(file: BinaryIO, size: int) -> Layout | None:
    file.seek(0)
    mark = file.read(12)
    if mark[8:12] != b"WAVE":
        return None
    order = ">" if mark[:4] == b"RIFX" else "<"
    tag, unit, long_size = 1, 0, 0
    long_at: int | None = None
    for name, start, length in _chunks(file, 12, size, order + "4sI"):
        if name == b"fmt ":
            file.seek(start)
            tag, unit = _format(file.read(min(length, 40)), order)
        elif name == b"ds64":
            file.seek(start + 8)
            long_at, long_size = start + 8, struct.unpack("<Q", file.read(8))[0]
        elif name == b"data":
            promised, patches = length, {start - 4: b"\xff" * 4}
            if long_at is not None and length == 0xFFFFFFFF:
                promised, patches = long_size, {long_at: struct.pack("<Q", size - start)}
            unknown = promised == 0 or (promised >= UNKNOWN and start + promised > size)
            unknown = unknown and (promised == length or not promised)
            kind = "rifx" if order == ">" else "wav"
            return Layout(kind, start, None if unknown else promised, size, tag, unit, patches)
    return None


def _aiff(file: BinaryIO, size: int) -> Layout | None:
    file.seek(0)
    if file.read(12)[8:12] not in (b"AIFF", b"AIFC"):
        return None
    unit, frames_at = 0, None
    for name, start, length in _chunks(file, 12, size, ">4sI"):
        if name == b"COMM":
            file.seek(start)
            channels, _frames, bits = struct.unpack(">HIH", file.read(8))
            unit, frames_at = channels * -(-bits // 8), start + 2
        elif name == b"SSND":
            unknown = length <= 8 or (length >= UNKNOWN and start + length > size)
            there = max(0, size - start - 8)
            patches = {start - 4: struct.pack(">I", min(there + 8, 0xFFFFFFFE))}
            if frames_at is not None and unit:
                patches[frames_at] = struct.pack(">I", min(there // unit, 0xFFFFFFFF))
            promised = None if unknown else length - 8
            return Layout("aiff", start + 8, promised, size, 1, unit, patches)
    return None


def _au(file: BinaryIO, size: int) -> Layout:
    file.seek(4)
    start, promised, coding, _rate, channels = struct.unpack(">5I", file.read(20))
    width = {1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 8, 27: 1}.get(coding, 0)
    unknown = promised == 0 or (promised >= UNKNOWN and start + promised > size)
    patches = {8: b"\xff" * 4}
    return Layout("au", start, None if unknown else promised, size, 1, width * channels, patches)


def _caf(file: BinaryIO, size: int) -> Layout | None:
    unit = 0
    for name, start, length in _chunks(file, 8, size, ">4sq", padded=False):
        if name == b"desc":
            file.seek(start + 8)
            coding, _flags, unit = struct.unpack(">4sII", file.read(12))
            unit = unit if coding == b"lpcm" else 0
        elif name == b"data":
            patches = {start - 8: struct.pack(">q", -1)}
            promised = None if length < 4 else length - 4
            return Layout("caf", start + 4, promised, size, 1, unit, patches)
    return None


def _w64(file: BinaryIO, size: int) -> Layout | None:
    tag, unit = 1, 0
    for name, start, length in _w64_chunks(file, 40, size):
        if name[:4] == b"fmt ":
            file.seek(start)
            tag, unit = _format(file.read(min(length, 40)), "<")
        elif name == W64_DATA:
            patches = {start - 8: struct.pack("<Q", size - start + 24)}
            return Layout("w64", start, length or None, size, tag, unit, patches)
    return None


FINDERS = {
    **dict.fromkeys((b"RIFF", b"RIFX", b"RF64", b"BW64"), _riff),
    b"FORM": _aiff,
    b".snd": _au,
    b"caff": _caf,
    b"riff": _w64,
}
