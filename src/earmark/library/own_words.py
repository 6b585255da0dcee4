"""A file's own words about itself: title, artist, album.

mutagen reads what music players write; where it finds nothing, as in the words of a WAV or WebM,
FFmpeg is asked.
"""

import os
from collections.abc import Mapping
from typing import NamedTuple

from earmark.sound.av_open import av_open
from earmark.sound.formats import open_options

LONGEST = 500  # characters that are kept of each
KEYS = {
    "title": ("title", "\xa9nam", "TIT2", "INAM"),
    "artist": ("artist", "author", "\xa9ART", "TPE1", "IART"),
    "album": ("album", "wm/albumtitle", "\xa9alb", "TALB", "IPRD"),
}


class Words(NamedTuple):
    """What a file says of itself; None where it is silent."""

    title: str | None = None
    artist: str | None = None
    album: str | None = None


def own_words(path: str | os.PathLike) -> Words:
    """Title, artist and album of a file; nothing where it has no tags that can be read."""
    for read in (_by_mutagen, _by_ffmpeg):
        try:
            known = {str(key).lower(): value for key, value in read(path).items()}
        except Exception:  # what is wrong with a file is told where it is decoded
            continue
        words = Words(*(_first(known, keys) for keys in KEYS.values()))
        if any(words):
            return words
    return Words()


def _by_mutagen(path: str | os.PathLike) -> Mapping:
    import mutagen

    return mutagen.File(path).tags or {}


def _by_ffmpeg(path: str | os.PathLike) -> Mapping:
    with av_open(f"file:{os.fspath(path)}", open_options(True)) as container:
        streams = [stream.metadata for stream in container.streams.audio]
        return {**(streams[0] if streams else {}), **container.metadata}


def _first(known: dict, keys: tuple[str, ...]) -> str | None:
    for key in keys:
        value = known.get(key.lower())
        values = getattr(value, "text", value)  # of an ID3 frame
        if isinstance(values, list | tuple):
            values = values[0] if values else None
        text = "" if values is None else str(values)
        text = text.encode(errors="ignore").decode()  # without bytes that were no text
        text = " ".join(text.replace("\0", " ").split())
        if text:
            return text[:LONGEST]
    return None
