"""A digest of the sound in a file, whatever the words around it say.

Tags, pictures and cue sheets come and go; the coded sound stays byte for byte. The digest is over
these bytes alone, so that a file which was tagged, renamed or moved is known again without decoding
it. It is no fingerprint: the same music encoded anew has another digest.

What counts as sound:

* mp3, aac, WavPack, Monkey's Audio, Musepack: all between ID3v2 and APEv2 at the start and ID3v1,
  Lyrics3, APEv2 and ID3v2 at the end (:mod:`~earmark.sound.payload.edges`)
* flac: the frames after the metadata blocks
* Ogg (Vorbis, Opus, FLAC, Speex): the packets after the headers, however they lie in pages
  (:mod:`~earmark.sound.payload.ogg`)
* mp4, m4a: ``mdat``; wav: ``fmt`` and ``data``; aiff: ``COMM`` and ``SSND``; wma: the data object;
  caf, au, w64, avi, Matroska likewise (:mod:`~earmark.sound.payload.containers`)
* anything else, and what is too damaged to tell: the whole file
"""

import os
from collections.abc import Iterable
from hashlib import blake2b
from typing import BinaryIO

from earmark.errors import SoundError
from earmark.sound.payload.containers import payload_ranges
from earmark.sound.payload.edges import without_edges
from earmark.sound.payload.ogg import ogg_digest

DIGEST_BYTES = 16
BLOCK = 1 << 20


def payload_digest(path: str | os.PathLike[str]) -> bytes:
    """Digest of a file's sound apart from its metadata, in bounded memory.

    Parameters
    ----------
    path : path

    Returns
    -------
    bytes [length 16]
        BLAKE2b. It is the same after any change of tags that leaves the coded sound as it is.

    Raises
    ------
    SoundError
        The file cannot be read.

    Examples
    --------
    >>> from earmark.examples import example_path
    >>> len(payload_digest(example_path("piano")))
    16
    """
    try:
        with open(path, "rb") as file:
            return _digest(file)
    except FileNotFoundError:
        raise SoundError(f"{os.fspath(path)}: no such file") from None
    except PermissionError:
        raise SoundError(f"{os.fspath(path)}: no permission to read it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SoundError(f"{os.fspath(path)}: cannot be read ({reason})") from None


def _digest(file: BinaryIO) -> bytes:
    size = file.seek(0, os.SEEK_END)
    start, end = without_edges(file, size)
    file.seek(start)
    if file.read(4) == b"OggS" and (digest := ogg_digest(file, start, end, DIGEST_BYTES)):
        return digest
    ranges = payload_ranges(file, start, end)
    if not any(until > at for at, until in ranges):
        ranges = [(start, end)] if end > start else [(0, size)]
    return _digest_of_ranges(file, ranges)


def _digest_of_ranges(file: BinaryIO, ranges: Iterable[tuple[int, int]]) -> bytes:
    digest = blake2b(digest_size=DIGEST_BYTES)
    for start, end in ranges:
        file.seek(start)
        while start < end and (block := file.read(min(BLOCK, end - start))):
            digest.update(block)
            start += len(block)
    return digest.digest()
