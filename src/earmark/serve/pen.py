"""Writing into the files of a library's tracks, and taking it back, for a server that may.

The same plan, checks and journal as ``earmark write``. A track is named by its number, never by a
path; what comes back from a person is checked as an edited plan is.
"""

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from earmark.errors import EarmarkError, WritingError
from earmark.library import Catalogue, Track
from earmark.library.record import Recorder
from earmark.messages import printable
from earmark.serve.problems import ProblemError
from earmark.writing import (
    Choice,
    Counts,
    Journal,
    Line,
    Mode,
    apply_plan,
    heard_files,
    journal_path,
    make_plan,
    undo,
)
from earmark.writing.plan import parse_line


class Pen:
    """What routes ask of writing; every method may be called from any thread, one writes at a time.

    Parameters
    ----------
    library : Path, the library's file, beside which the journal lies
    """

    def __init__(self, library: Path) -> None:
        self._library = library
        self._lock = threading.Lock()

    def plan(
        self, tracks: list[int], fields: list[str], mode: Mode, choice: Choice
    ) -> dict[str, Any]:
        """What would be written: lines for the files that would change, and what of the others."""
        failed: list[str] = []
        with self._of(tracks) as (catalogue, found, plain):
            counts = Counts(tell=lambda text: failed.append(plain(text)))
            paths = [track.path for track in found]
            heard = heard_files(paths, choice, _not_now, catalogue)
            ids = {os.path.abspath(track.path): track.id for track in found}
            lines = [
                _told(ids[line.path], line)
                for line in make_plan(heard, counts, fields=fields, mode=mode)
            ]
        return {"lines": lines, "same": counts.same, "unheard": counts.unheard, "failed": failed}

    def write(self, edited: list[dict[str, Any]]) -> dict[str, Any]:
        """Carry out lines of a plan, with values that a person may have changed."""
        written: list[int] = []
        failed: list[str] = []
        with self._of([line["track"] for line in edited]) as (_, found, plain):
            paths = {track.id: os.path.abspath(track.path) for track in found}
            lines = [_line(paths[line["track"]], line) for line in edited]
            ids = {path: id for id, path in paths.items()}
            with self._noting() as (journal, learn):
                for done in apply_plan(lines, journal, learn=learn):
                    if done.written:
                        written.append(ids[done.line.path])
                    if done.error:
                        failed.append(plain(done.error))
        return {"written": written, "same": len(lines) - len(written) - len(failed)} | {
            "failed": failed
        }

    def undo(self, tracks: list[int]) -> dict[str, Any]:
        """Take back what was written to tracks."""
        undone: list[int] = []
        notes: list[str] = []
        with self._of(tracks) as (_, found, plain), self._noting() as (journal, learn):
            paths = [os.path.abspath(track.path) for track in found]
            for track, done in zip(found, undo(paths, journal, learn=learn), strict=True):
                if done.whole or done.fields:
                    undone.append(track.id)
                if done.note:
                    notes.append(plain(done.note))
        return {"undone": undone, "notes": notes}

    def written(self) -> list[int]:
        """The tracks to which something was written that can be taken back."""
        with self._of([]) as (catalogue, _, _):
            if not journal_path(self._library).is_file():
                return []
            with Journal(journal_path(self._library)) as journal:
                tracks = [catalogue.find(path) for path in journal.paths()]
        return [track.id for track in tracks if track is not None]

    @contextmanager
    def _of(
        self, ids: list[int]
    ) -> Iterator[tuple[Catalogue, list[Track], Callable[[object], str]]]:
        """Tracks and a way to say sentences without paths; errors become problems."""
        plain: Callable[[object], str] = str
        try:
            with self._lock, Catalogue(self._library) as catalogue:
                wanted = list(dict.fromkeys(ids))
                found = list(catalogue.tracks(wanted))
                if len(found) < len(wanted):
                    raise ProblemError(404, "no such track")
                plain = _plain(self._library, found)
                yield catalogue, found, plain
        except EarmarkError as error:
            raise ProblemError(422, _plain(self._library, [])(plain(error))) from None

    @contextmanager
    def _noting(self) -> Iterator[tuple[Journal, Callable[[str, os.stat_result], object]]]:
        """The journal, and what tells the library of a file's new size and time."""
        recorder = Recorder(self._library)
        try:
            with Journal(journal_path(self._library)) as journal:
                yield (
                    journal,
                    lambda path, seen: recorder.retagged(path, seen.st_size, seen.st_mtime_ns),
                )
        finally:
            recorder.close()


def _not_now() -> NoReturn:
    raise WritingError("a song is not as the library heard it; scan it again")


def _told(track: int, line: Line) -> dict[str, Any]:
    return {
        "track": track,
        "file": printable(Path(line.path).name),
        "form": line.form,
        "state": f"{line.size}-{line.mtime_ns}-{line.digest}",
        "now": line.now,
        "then": line.then,
    }


def _line(path: str, edited: dict[str, Any]) -> Line:
    """A line of a plan as it came back, for the file that is meant."""
    name = Path(path).name
    try:
        size, mtime, digest = edited["state"].split("-")
        line = Line(path, "", digest, int(size), int(mtime), edited["now"], edited["then"])
    except ValueError:
        raise WritingError(f"{name}: its line is not of a plan") from None
    return parse_line(json.dumps(asdict(line)), name)


def _plain(library: Path, tracks: list[Track]) -> Callable[[object], str]:
    """A function that takes the server's paths out of a sentence."""
    names = [(str(journal_path(library)), "the journal"), (str(library), "the library")]
    for track in tracks:
        for path in (track.path, os.path.abspath(track.path), os.path.realpath(track.path)):
            names += [(path, Path(path).name), (os.path.join(os.path.dirname(path), ""), "")]
            names += [(os.path.dirname(path), "its folder")]

    def plain(sentence: object) -> str:
        text = str(sentence)
        for path, name in names:
            text = text.replace(path, name) if len(path) > 1 else text
        return printable(text)

    return plain
