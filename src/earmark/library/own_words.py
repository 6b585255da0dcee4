"""A file's own words about itself: title, artist, album, by mutagen."""

import os
from typing import NamedTuple

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
    import mutagen

    try:
        tags = mutagen.File(path).tags or {}
        known = {str(key).lower(): value for key, value in tags.items()}
    except Exception:  # what is wrong with a file is told where it is decoded
        return Words()
    return Words(*(_first(known, keys) for keys in KEYS.values()))


def _first(known: dict, keys: tuple[str, ...]) -> str | None:
    for key in keys:
        value = known.get(key.lower())
        values = getattr(value, "text", value)  # of an ID3 frame
        if isinstance(values, list | tuple):
            values = values[0] if values else None
        text = " ".join(str(values).replace("\0", " ").split()) if values is not None else ""
        if text:
            return text[:LONGEST]
    return None
