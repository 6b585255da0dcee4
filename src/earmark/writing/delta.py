"""A file as a recipe from another one: which pieces to copy, and the bytes that are not there.

With it a file can be made again as it was before its metadata were written, at the cost of little
more than the metadata that are gone: pictures and the sound are copied from the file itself. Both
files are laid side by side from their starts, then from their ends, for as long as few bytes
differ; in what is left between, pieces of the old file are looked for anywhere in the new one.
"""

import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import numpy as np

from earmark.errors import WritingError

CHUNK = 1 << 20  # bytes that are compared at once
FEW = 0.02  # share of a chunk that may differ where two files still lie side by side
NEAR = 24  # equal bytes between two differences that are kept along, which costs less than a copy
BLOCK = 256  # bytes of the old file that are looked for at once
PROBES = 64  # of blocks that are not found, before all blocks are looked for
UNFOUND = 1 << 16  # bytes that are rather kept than looked for block by block
LARGEST = 1 << 26  # bytes of the old file that a recipe holds at most, before compression
FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, so that it has an inverse among 64-bit numbers
INVERSE = np.uint64(pow(int(FACTOR), -1, 1 << 64))
COPY, KEPT = struct.Struct("<cQQ"), struct.Struct("<cQ")

Piece = tuple[int, int] | bytes  # place and length in the new file, or bytes as they are


def make_delta(old: str | os.PathLike, new: str | os.PathLike) -> bytes:
    """The recipe that makes `old` from `new`, compressed.

    Raises
    ------
    WritingError
        The files have too little in common.
    """
    with open(old, "rb") as before, open(new, "rb") as after:
        sizes = [file.seek(0, os.SEEK_END) for file in (before, after)]
        start, end = 0, 0
        first: list[Piece] = []
        while start < min(sizes):
            length = min(CHUNK, min(sizes) - start)
            some = _side_by_side(before, after, start, start, length)
            if some is None:
                break
            first += some
            start += length
        last: list[list[Piece]] = []
        while end < min(sizes) - start:
            length = min(CHUNK, min(sizes) - start - end)
            some = _side_by_side(
                before, after, sizes[0] - end - length, sizes[1] - end - length, length
            )
            if some is None:
                break
            last.append(some)
            end += length
        left = _read(before, start, sizes[0] - end - start)
        right = _read(after, start, sizes[1] - end - start)
        middle = list(_found(left, right, start))
    return _packed([*first, *middle, *(piece for some in reversed(last) for piece in some)])


def apply_delta(delta: bytes, new: BinaryIO) -> Iterator[bytes]:
    """The bytes of the old file, from its recipe and the new file."""
    for piece in _unpacked(delta):
        if isinstance(piece, bytes):
            yield piece
            continue
        start, length = piece
        new.seek(start)
        while length:
            block = new.read(min(CHUNK, length))
            if not block:
                raise WritingError("the file is shorter than the journal says")
            length -= len(block)
            yield block


def _side_by_side(
    before: BinaryIO, after: BinaryIO, at: int, beside: int, length: int
) -> list[Piece] | None:
    """A chunk of the old file from the new one's chunk beside it; None where much differs."""
    old, new = _read(before, at, length), _read(after, beside, length)
    if old == new:
        return [(beside, length)]
    differ = np.flatnonzero(np.frombuffer(old, np.uint8) != np.frombuffer(new, np.uint8))
    if len(differ) > FEW * length:
        return None
    breaks = np.flatnonzero(np.diff(differ) > NEAR)
    starts = differ[np.concatenate([[0], breaks + 1])].tolist()
    ends = (differ[np.concatenate([breaks, [len(differ) - 1]])] + 1).tolist()
    pieces: list[Piece] = []
    done = 0
    for start, end in zip(starts, ends, strict=True):
        if start > done:
            pieces.append((beside + done, start - done))
        pieces.append(old[start:end])
        done = end
    if done < length:
        pieces.append((beside + done, length - done))
    return pieces


def _found(old: bytes, new: bytes, offset: int) -> Iterator[Piece]:
    """Bytes of the old file as pieces of the new one's, which begin there at `offset`.

    A few probes find what was moved in one piece, as a picture is; only where much is left
    unfound, every block of the old bytes is looked for.
    """
    if len(old) > LARGEST or len(new) > LARGEST:
        raise WritingError("too much of the file would change at once")
    matches = _probed(old, new)
    if len(old) - sum(length for _, _, length in matches) > UNFOUND:
        matches = _matched(old, new, _places(old, new))
    done = 0
    for at, place, length in matches:
        if at > done:
            yield old[done:at]
        yield offset + place, length
        done = at + length
    if done < len(old):
        yield old[done:]


def _probed(old: bytes, new: bytes) -> list[tuple[int, int, int]]:
    """Matches (place in old, in new, length) around blocks amid what is not matched yet."""
    matches: list[tuple[int, int, int]] = []
    gaps, probes = [(0, len(old))], PROBES
    while gaps and probes:
        gaps.sort(key=lambda gap: gap[0] - gap[1])
        start, end = gaps.pop(0)
        if end - start < BLOCK:
            break
        at = start + (end - start - BLOCK) // 2
        match = _around(old, new, at, new.find(old[at : at + BLOCK]), start, end)
        if match is None:
            probes -= 1
            gaps += [(start, at), (at + BLOCK, end)]
        else:
            matches.append(match)
            gaps += [(start, match[0]), (match[0] + match[2], end)]
    return sorted(matches)


def _matched(old: bytes, new: bytes, places: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Matches around blocks, of which the place in the old bytes and one in the new is known."""
    matches: list[tuple[int, int, int]] = []
    done = 0
    for at, place in places:
        match = _around(old, new, at, place, done, len(old)) if at >= done else None
        if match is not None:
            matches.append(match)
            done = match[0] + match[2]
    return matches


def _around(
    old: bytes, new: bytes, at: int, place: int, start: int, end: int
) -> tuple[int, int, int] | None:
    """The longest match of old[start:end] and the new bytes that holds the block at both places."""
    if place < 0 or old[at : at + BLOCK] != new[place : place + BLOCK]:
        return None
    left, right = np.frombuffer(old, np.uint8), np.frombuffer(new, np.uint8)
    back = _equal(left[start:at][::-1], right[:place][::-1])
    length = _equal(left[at:end], right[place:])
    return at - back, place - back, back + length


def _places(old: bytes, new: bytes) -> list[tuple[int, int]]:
    """Places of the old bytes' blocks, and for each one place in the new where it may stand."""
    count = len(old) // BLOCK
    if not count or len(new) < BLOCK:
        return []
    blocks = np.frombuffer(old, np.uint8)[: count * BLOCK].reshape(count, BLOCK)
    sums = np.empty(count, np.uint64)
    powers = np.cumprod(np.full(CHUNK + BLOCK, FACTOR)) * INVERSE
    for some in range(0, count, CHUNK // BLOCK):
        part = slice(some, some + CHUNK // BLOCK)
        sums[part] = (blocks[part] * powers[:BLOCK]).sum(axis=1, dtype=np.uint64)
    known, which = np.unique(sums, return_inverse=True)
    place = np.full(len(known), -1)
    back = np.cumprod(np.full(CHUNK, INVERSE)) * FACTOR
    for some in range(0, len(new) - BLOCK + 1, CHUNK):
        piece = np.frombuffer(new, np.uint8)[some : some + CHUNK + BLOCK - 1]
        summed = np.concatenate([[np.uint64(0)], np.cumsum(piece * powers[: len(piece)])])
        windows = (summed[BLOCK:] - summed[:-BLOCK]) * back[: len(piece) - BLOCK + 1]
        near = np.minimum(np.searchsorted(known, windows), len(known) - 1)
        hits = np.flatnonzero(known[near] == windows)[::-1]
        fresh = hits[place[near[hits]] < 0]
        place[near[fresh]] = fresh + some  # of several the first, since it is written last
    there = place[which]
    return [(int(i) * BLOCK, int(there[i])) for i in np.flatnonzero(there >= 0)]


def _equal(left: np.ndarray, right: np.ndarray) -> int:
    """How many bytes two arrays have in common from their starts."""
    most = min(len(left), len(right))
    for start in range(0, most, CHUNK):
        end = min(start + CHUNK, most)
        differ = left[start:end] != right[start:end]
        if differ.any():
            return start + int(differ.argmax())
    return most


def _read(file: BinaryIO, start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(length)


def _packed(pieces: Iterable[Piece]) -> bytes:
    packer = zlib.compressobj(6)
    packed = []
    for piece in _joined(pieces):
        if isinstance(piece, bytes):
            packed += [packer.compress(KEPT.pack(b"K", len(piece))), packer.compress(piece)]
        else:
            packed.append(packer.compress(COPY.pack(b"C", *piece)))
    return b"".join([*packed, packer.flush()])


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Pieces, those that follow each other in the new file as one."""
    last: tuple[int, int] | None = None
    for piece in pieces:
        if last and isinstance(piece, tuple) and sum(last) == piece[0]:
            last = last[0], last[1] + piece[1]
            continue
        if last:
            yield last
        last = piece if isinstance(piece, tuple) else None
        if isinstance(piece, bytes):
            yield piece
    if last:
        yield last


def _unpacked(delta: bytes) -> Iterator[Piece]:
    try:
        data, at = zlib.decompress(delta), 0
    except zlib.error as error:
        raise WritingError(f"the journal is damaged ({error})") from error
    while at < len(data):
        if data[at : at + 1] == b"C":
            _, start, length = COPY.unpack_from(data, at)
            at += COPY.size
            yield start, length
        else:
            _, length = KEPT.unpack_from(data, at)
            at += KEPT.size
            yield data[at : at + length]
            at += length
