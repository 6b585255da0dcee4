"""Take back what was written: each file byte for byte as it was, or at least without our fields.

A file that is still as we left it becomes what it was before, checked by its SHA-256; several
writes to one file are taken back one after the other. In a file that somebody has changed since,
each field that still holds what we wrote gets back what stood there before; what was changed there
too stays, and the sentence says so.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from earmark.errors import EarmarkError, WritingError
from earmark.writing.apply import Learn, sweep
from earmark.writing.containers import read_tags
from earmark.writing.delta import apply_delta
from earmark.writing.journal import Journal, Write
from earmark.writing.replacement import replacement
from earmark.writing.write_file import write_file


@dataclass(frozen=True)
class Undone:
    """What became of a file.

    Attributes
    ----------
    path : str
    whole : bool, whether it is now byte for byte as it was before the first write
    fields : tuple of str, fields that were taken back in a file that was changed since
    note : str or None, one sentence with what could not be taken back, or why nothing was
    failed : bool
    """

    path: str
    whole: bool = False
    fields: tuple[str, ...] = ()
    note: str | None = None
    failed: bool = False


def undo(
    paths: Iterable[str],
    journal: Journal,
    *,
    learn: Learn | None = None,
    break_links: bool = False,
) -> Iterator[Undone]:
    """Take back all writes to files.

    Parameters
    ----------
    paths : iterable of paths of files; one that was moved is known by its bytes
    journal : Journal
    learn : callable or None, is called with the path and the new stat of each file that changes
    break_links : bool, whether files with several names (hard links) become files of their own

    Yields
    ------
    Undone, for each file
    """
    swept: set[Path] = set()
    for path in paths:
        try:
            sweep(path, swept)
            yield _undo(path, journal, learn, break_links)
        except EarmarkError as error:
            yield Undone(path, note=str(error), failed=True)


def known_paths(paths: Iterable[str], journal: Journal) -> Iterator[str]:
    """Files as they are, folders as the files below them that were written to."""
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        below = os.path.join(os.path.realpath(path), "")
        yield from (known for known in journal.paths() if known.startswith(below))


def _undo(path: str, journal: Journal, learn: Learn | None, break_links: bool) -> Undone:
    real = os.path.realpath(path)
    if not os.path.exists(real):
        moved = "; if it was moved, undo it where it is now" if journal.of(real) else ""
        raise WritingError(f"{path}: no such file{moved}")
    whole = False
    while True:
        sha256 = _sha256(path)
        writes = journal.of(real)
        there = writes or journal.ending_as(sha256)
        last = next((write for write in there if write.after == sha256), None)
        if last is not None:
            seen = _restore(path, last, break_links)
            whole = True
            if learn:
                learn(path, seen)
            if last.path == real or not os.path.exists(last.path):
                _forget(journal, there, last)
            else:
                break  # a copy: the other file can still be taken back
        elif back := next((write for write in writes if write.before == sha256), None):
            whole = True  # it never happened, or somebody put the old file back
            _forget(journal, writes, back)
        else:
            break
    if left := journal.of(real):
        return _take_back_fields(path, left, journal, learn, break_links)
    if not whole:
        return Undone(path, note=f"{path}: Earmark wrote nothing into it, as far as is known")
    return Undone(path, whole=True)


def _restore(path: str, write: Write, break_links: bool) -> os.stat_result:
    with replacement(path, break_links=break_links) as new, open(new.path, "rb") as file:
        try:
            sha256 = new.write(apply_delta(write.delta, file))
        except WritingError as error:
            raise WritingError(f"{path}: cannot be taken back, {error}") from error
        if sha256 != write.before:
            raise WritingError(f"{path}: the journal does not lead back to what it was")
        return new.finish()


def _forget(journal: Journal, writes: list[Write], back: Write) -> None:
    """Forget a write that was taken back, and later ones to the file, which are gone with it."""
    for write in writes:
        if write.id >= back.id and write.path == back.path:
            journal.remove(write.id)


def _take_back_fields(
    path: str, writes: list[Write], journal: Journal, learn: Learn | None, break_links: bool
) -> Undone:
    """Give fields their values back in a file that was changed since."""
    now = read_tags(path).values
    back = {name: list(values) for name, values in now.items()}
    kept = set()
    for write in writes:
        for name, (before, after) in write.fields.items():
            values = _taken_back(name, back[name], before, after)
            if values is None:
                kept.add(name)
            else:
                back[name] = values
    back = {name: values for name, values in back.items() if values != now[name]}
    if back:
        seen = write_file(path, back, None, break_links=break_links)
        if learn:
            learn(path, seen)
    for write in writes:
        journal.remove(write.id)
    what = f"{path}: changed since it was written, so only our fields were taken back"
    if not back:
        what = f"{path}: changed since it was written, and nothing of ours is left in it"
    elif kept - back.keys():
        what += f", but not {', '.join(sorted(kept - back.keys()))}, changed by somebody else"
    return Undone(path, fields=tuple(sorted(back)), note=what)


def _taken_back(name: str, now: list[str], before: list[str], after: list[str]) -> list[str] | None:
    """Values of a field without what was written; None where nothing of it is left."""
    if now == after:
        return list(before)
    if name == "comment":
        ours, old = "".join(after), "".join(before)
        if not now or not ours or ours not in now[0]:
            return None
        text = now[0].replace(ours, old).strip()
        return [text] if text else []
    if not any(value in now for value in after if value not in before):
        return None
    return before + [value for value in now if value not in after and value not in before]


def _sha256(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise WritingError(f"{path}: cannot be read ({error.strerror})") from error
