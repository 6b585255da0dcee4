"""Genre, mood and artist as they are written in the fields of a sound file, whatever its kind."""

import re
from dataclasses import dataclass

GENRE = ("genre", "tcon", "\xa9gen", "wm/genre")
MOOD = ("mood", "tmoo", "txxx:mood", "----:com.apple.itunes:mood", "wm/mood")
ARTIST = ("albumartist", "album artist", "tpe2", "aart", "wm/albumartist")
ARTIST_TOO = ("artist", "tpe1", "\xa9art", "author")
NUMBER = re.compile(r"\((\d+)\)|^(\d+)$")


@dataclass(frozen=True)
class Fields:
    """Words of a file's fields; empty where there are none."""

    genres: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()
    artist: str = ""


def read_fields(path: str) -> Fields:
    """Fields of a sound file; none where its kind has none.

    Raises
    ------
    OSError
        The file itself cannot be read.
    mutagen.MutagenError
        Its fields make no sense.
    """
    import mutagen

    try:
        file = mutagen.File(path)
    except mutagen.MutagenError as error:
        if isinstance(error.__cause__, OSError):
            raise error.__cause__ from error
        raise
    if file is None or not file.tags:
        return Fields()
    texts: dict[str, list[str]] = {}
    for key, value in file.tags.items():
        texts.setdefault(key.lower(), []).extend(_texts(value))

    def words(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(word for name in names for word in texts.get(name, ()))

    genres = tuple(_named(word) for word in words(GENRE))
    return Fields(genres, words(MOOD), next(iter(words(ARTIST) + words(ARTIST_TOO)), ""))


def _texts(value: object) -> list[str]:
    """Text of one field of any kind of file: strings, frames with ``text``, bytes of MP4."""
    if isinstance(value, bytes):
        return [value.decode("utf-8", "replace")]
    if isinstance(value, str):
        return value.split("\0")  # APEv2 joins several values with it
    inner = getattr(value, "text", value)
    if isinstance(inner, list):
        return [text for item in inner for text in _texts(item)]
    if hasattr(value, "value"):
        return _texts(value.value) if isinstance(value.value, str | bytes) else [str(value)]
    return [str(inner)]


def _named(genre: str) -> str:
    """ "(17)" and "17" are numbers in ID3's list of genres."""
    from mutagen.id3 import TCON

    if NUMBER.search(genre):
        return "; ".join(TCON(encoding=3, text=[genre]).genres)
    return genre
