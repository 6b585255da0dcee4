"""Carry out a plan: each file is checked against its line, written, noted in the journal."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from earmark.errors import EarmarkError, WritingError
from earmark.sound.payload import payload_digest
from earmark.writing.containers import read_tags
from earmark.writing.drafts import remove_left_drafts
from earmark.writing.journal import Journal
from earmark.writing.plan import Line
from earmark.writing.write_file import write_file

Learn = Callable[[str, os.stat_result], object]  # is told of a file's new size and time


@dataclass(frozen=True)
class Applied:
    """What became of a line.

    Attributes
    ----------
    line : Line
    written : bool, False where the file says already what was planned, or for an error
    error : str or None, one sentence: why the file was left as it is, or if it was written what
        the library could not be told
    """

    line: Line
    written: bool
    error: str | None = None


def apply_plan(
    lines: Iterable[Line],
    journal: Journal,
    *,
    learn: Learn | None = None,
    break_links: bool = False,
) -> Iterator[Applied]:
    """Write what is planned; a file that cannot be written is left as it is, and the rest goes on.

    Parameters
    ----------
    lines : iterable of Line
    journal : Journal
    learn : callable or None, is called with the path and the new stat of each file that is written
    break_links : bool, whether files with several names (hard links) become files of their own
    """
    swept: set[Path] = set()
    for line in lines:
        seen = None
        try:
            sweep(line.path, swept)
            seen = _apply(line, journal, break_links)
            if seen is not None and learn:
                learn(line.path, seen)
        except EarmarkError as error:
            yield Applied(line, seen is not None, str(error))
        else:
            yield Applied(line, seen is not None)


def sweep(path: str, swept: set[Path]) -> None:
    """Remove what killed runs left in the folder of a file, unless that folder was swept."""
    for folder in (Path(path).parent, Path(os.path.realpath(path)).parent):
        if folder not in swept:
            swept.add(folder)
            remove_left_drafts(folder)


def _apply(line: Line, journal: Journal, break_links: bool) -> os.stat_result | None:
    tags = read_tags(line.path)
    then = {name: tags.fitting(name, values) for name, values in line.then.items()}
    if all(tags.values[name] == values for name, values in then.items()):
        return None
    seen = os.stat(line.path)
    if (
        (seen.st_size, seen.st_mtime_ns) != (line.size, line.mtime_ns)
        or any(tags.values[name] != line.now[name] for name in then)
        or payload_digest(line.path).hex() != line.digest
    ):
        raise WritingError(f"{line.path}: it has changed since the plan was made")
    return write_file(line.path, then, journal, break_links=break_links)
