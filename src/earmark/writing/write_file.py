"""Write fields into one file: a copy, mutagen on it, every check, the journal, the exchange."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from earmark.errors import EarmarkError, WritingError
from earmark.sound.payload import payload_digest
from earmark.writing.containers import Tags, read_tags, write_fields
from earmark.writing.delta import apply_delta, make_delta
from earmark.writing.journal import Journal, Write
from earmark.writing.replacement import replacement

NEW = ("the number", "the vendor's name", "what follows the comments")  # parts of a first tag


def write_file(
    path: str | os.PathLike,
    values: Mapping[str, list[str]],
    journal: Journal | None,
    *,
    break_links: bool = False,
) -> os.stat_result:
    """Put values into fields of a file, or leave the file as it is.

    Parameters
    ----------
    path : path
    values : mapping of field -> list of str; an empty list takes a field away
    journal : Journal or None, gets what is needed to take the write back
    break_links : bool, whether a file with several names may become a file of its own

    Returns
    -------
    os.stat_result, of the file as it is now

    Raises
    ------
    WritingError
        One sentence: why the file was left as it is.
    """
    with replacement(path, break_links=break_links) as new:
        sha256 = new.fill()
        before = read_tags(new.path)
        sound = payload_digest(new.path)
        with _named(new.copy, path):
            write_fields(new.copy, dict(values))
            after = read_tags(new.copy)
            check_kept(path, before, after)
            check_written(path, after, values)
            if payload_digest(new.copy) != sound:
                raise WritingError(f"{path}: its sound would not stay as it is")
        fields = {name: (before.values[name], after.values[name]) for name in values}
        if journal is None:
            return new.finish()
        write = Write(str(new.path), sha256, *_way_back(new.path, new.copy, sha256), fields)
        return new.finish(partial(_noted, journal, write))


def check_kept(path: object, before: Tags, after: Tags) -> None:
    """Raise WritingError if a part that is not ours is not the same before and after."""
    for name, digest in before.rest.items():
        if after.rest.get(name) != digest:
            shown = "".join(one if one.isprintable() else "?" for one in name)
            raise WritingError(f"{path}: {shown} would not stay as it is")
    for name in after.rest.keys() - before.rest.keys():
        if not name.startswith(NEW):
            raise WritingError(f"{path}: {name} would be there anew")


def check_written(path: object, after: Tags, values: Mapping[str, list[str]]) -> None:
    """Raise WritingError if values cannot be read again as they were to be written."""
    for name, those in values.items():
        if after.values[name] != after.fitting(name, those):
            raise WritingError(f"{path}: the field {name} cannot hold what was to be written")


def _way_back(old: Path, new: Path, sha256: bytes) -> tuple[bytes, bytes]:
    """SHA-256 of the new file, and the delta to the old one, which is tried."""
    delta, summed, again = make_delta(old, new), hashlib.sha256(), hashlib.sha256()
    with open(new, "rb") as file:
        for block in apply_delta(delta, file):
            again.update(block)
        file.seek(0)
        for block in iter(lambda: file.read(1 << 20), b""):
            summed.update(block)
    if again.digest() != sha256:
        raise WritingError(f"{old}: it was changed while it was being written")
    return summed.digest(), delta


@contextmanager
def _noted(journal: Journal, write: Write) -> Iterator[None]:
    """A write is in the journal before it happens, and out of it if it does not."""
    for last in journal.of(write.path)[:1]:
        if last.before == write.before:
            journal.remove(last.id)  # it never happened, or somebody put the old file back
    id = journal.add(write)
    try:
        yield
    except (OSError, WritingError):  # not Ctrl-C, which may come when it has happened
        journal.remove(id)
        raise


@contextmanager
def _named(copy: Path, path: object) -> Iterator[None]:
    """Sentences about the copy name the file instead."""
    try:
        yield
    except EarmarkError as error:
        raise WritingError(str(error).replace(str(copy), str(path))) from error
