"""Tags of a music file, taken along whole: fields, covers, lyrics, ratings, whatever is there."""

import os

from earmark.errors import MediaError

SUFFIXES = (".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".m4b", ".wma", ".aif", ".aiff")


def has_own_tags(source: str | os.PathLike, target: str | os.PathLike) -> bool:
    """Whether both are music files of one kind, so that tags are copied as they lie."""
    suffixes = {os.path.splitext(path)[1].lower() for path in (source, target)}
    return len(suffixes) == 1 and suffixes <= set(SUFFIXES)


def copy_tags(source: str | os.PathLike, target: str | os.PathLike) -> None:
    """Give a file the tags of another of its kind, and no others.

    Raises
    ------
    MediaError
        They cannot be read or written.
    """
    import mutagen

    try:
        old, new = mutagen.File(source), mutagen.File(target)
        if old is None or new is None or type(old) is not type(new):
            return
        new.delete()
        new = mutagen.File(target)
        if old.tags is None:
            return
        if new.tags is None:
            new.add_tags()
        if hasattr(old, "pictures"):  # FLAC
            for picture in old.pictures:
                new.add_picture(picture)
        new.tags.clear()
        if hasattr(old.tags, "getall"):  # ID3
            for frame in old.tags.values():
                new.tags.add(frame)
            new.save(v2_version=old.tags.version[1])
            return
        for key, value in dict(old.tags).items():
            new.tags[key] = value
        new.save()
    except mutagen.MutagenError as error:
        raise MediaError(f"{source}: its tags cannot be taken along ({error})") from error
