"""Compare what lies on the disk with what the library knows: what is new, changed, missing.

The work that results lies in temporary tables of SQLite, so memory does not grow with the number of
files.
"""

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from earmark.library.listener import Item
from earmark.library.record import Recorder
from earmark.library.walk import Listing

AT_ONCE = 256  # items that are taken from the table at once

TABLES = (
    *(f"DROP TABLE IF EXISTS temp.{name}" for name in ("work", "missing", "back")),
    "CREATE TEMP TABLE work (id INTEGER PRIMARY KEY, folder BLOB, name BLOB, size INTEGER,"
    " mtime_ns INTEGER, track_id INTEGER, heard INTEGER)",
    "CREATE TEMP TABLE missing (track_id INTEGER PRIMARY KEY)",
    "CREATE TEMP TABLE back (track_id INTEGER PRIMARY KEY)",
)
KNOWN = """
    SELECT name, tracks.id, size, mtime_ns, error IS NOT NULL, gone IS NOT NULL, {heard}
    FROM tracks WHERE folder_id = ?
"""
HEARD = """
    EXISTS (SELECT 1 FROM heard WHERE heard.sound_id = tracks.sound_id AND model_id IN ({models}))
"""


@dataclass
class Difference:
    """How the disk differs from the library.

    Attributes
    ----------
    unchanged : int, files that need nothing
    new, changed : int, files to look at
    retried : int, files that failed and are tried again
    unheard : int, files as they were, that the model has yet to hear
    """

    unchanged: int = 0
    new: int = 0
    changed: int = 0
    retried: int = 0
    unheard: int = 0

    @property
    def work(self) -> int:
        """Files to look at."""
        return self.new + self.changed + self.retried + self.unheard


class Comparison:
    """Takes listings in, keeps the work that they mean.

    Parameters
    ----------
    recorder : Recorder
    models : iterable of int, ids of models whose hearing is good enough
    retry : bool, whether files that failed are tried again
    """

    def __init__(self, recorder: Recorder, models: Iterable[int], retry: bool) -> None:
        self._sql, self._retry = recorder.connection, retry
        heard = HEARD.format(models=", ".join(str(int(model)) for model in models))
        self._known = KNOWN.format(heard=heard)
        self._listed: set[int] = set()  # ids of folders
        self.difference = Difference()
        for statement in TABLES:
            self._sql.execute(statement)

    def add(self, listing: Listing) -> None:
        """Compare one folder."""
        folder = os.fsencode(listing.folder)
        self._sql.execute("BEGIN")
        known = self._known_in(folder, listing.whole)
        work, back = [], []
        for name, (size, mtime_ns) in sorted(listing.files.items()):
            place = os.fsencode(name)
            track = known.pop(place, None)
            if self._needs_work(track, size, mtime_ns):
                known_as = (track[0], track[5]) if track else (None, False)
                work.append((folder, place, size, mtime_ns, *known_as))
            elif track and track[4]:
                back.append([track[0]])
        self._sql.executemany(
            "INSERT INTO work (folder, name, size, mtime_ns, track_id, heard)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            work,
        )
        self._sql.executemany("INSERT OR IGNORE INTO back VALUES (?)", back)
        if listing.whole:
            missing = [[track[0]] for track in known.values() if not track[4]]
            self._sql.executemany("INSERT OR IGNORE INTO missing VALUES (?)", missing)
        self._sql.execute("COMMIT")

    def finish(self, roots: Iterable[str], unread: Iterable[str]) -> None:
        """All was listed: what lies below `roots` in no listed folder is missing too.

        Parameters
        ----------
        roots : iterable of str, real paths that were walked
        unread : iterable of str, real paths that could not be read; what lies there stays
        """
        roots, unread = list(roots), list(unread)
        for id, path in self._sql.execute("SELECT id, path FROM folders").fetchall():
            folder = os.fsdecode(path)
            if id in self._listed or not _below(folder, roots) or _below(folder, unread):
                continue
            query = "SELECT id FROM tracks WHERE folder_id = ? AND gone IS NULL"
            self._sql.execute(f"INSERT OR IGNORE INTO missing {query}", [id])
        if self._sql.execute("SELECT EXISTS (SELECT 1 FROM back)").fetchone()[0]:
            self._sql.execute(
                "UPDATE tracks SET gone = NULL WHERE id IN (SELECT track_id FROM back)"
            )

    def items(self) -> Iterator[Item]:
        """The files to look at, folder by folder."""
        last = 0
        while rows := self._sql.execute(
            "SELECT id, folder, name, size, mtime_ns, track_id, heard FROM work WHERE id > ?"
            " ORDER BY id LIMIT ?",
            [last, AT_ONCE],
        ).fetchall():
            for last, folder, name, size, mtime_ns, track, heard in rows:  # noqa: B007
                path = os.path.join(os.fsdecode(folder), os.fsdecode(name))
                yield Item(path, size, mtime_ns, track, bool(heard))

    def found_elsewhere(self, track: int) -> None:
        """A track that was missing has been found where it was moved to."""
        self._sql.execute("DELETE FROM missing WHERE track_id = ?", [track])

    def write_off(self) -> int:
        """Mark what is still missing as gone; returns how many files that are."""
        return self._sql.execute(
            "UPDATE tracks SET gone = ? WHERE id IN (SELECT track_id FROM missing)", [time.time()]
        ).rowcount

    def _known_in(self, folder: bytes, whole: bool) -> dict[bytes, tuple]:
        """By name: id, size, mtime_ns, whether failed, gone, heard."""
        row = self._sql.execute("SELECT id FROM folders WHERE path = ?", [folder]).fetchone()
        if row is None:
            return {}
        if whole:
            self._listed.add(row[0])
        return {name: rest for name, *rest in self._sql.execute(self._known, row)}

    def _needs_work(self, track: tuple | None, size: int, mtime_ns: int) -> bool:
        told = self.difference
        if track is None:
            told.new += 1
        elif (track[1], track[2]) != (size, mtime_ns):
            told.changed += 1
        elif track[3] and self._retry:
            told.retried += 1
        elif not track[3] and not track[5]:
            told.unheard += 1
        else:
            told.unchanged += 1
            return False
        return True


def _below(folder: str, roots: list[str]) -> bool:
    return any(folder == root or folder.startswith(os.path.join(root, "")) for root in roots)
