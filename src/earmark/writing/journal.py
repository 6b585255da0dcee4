"""The journal of what was written: from it each file can be made again as it was.

One SQLite file beside the library, never in it, so that a library can be thrown away and made
again. A write is in the journal, on disk, before the file takes its new form.
"""

import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from earmark.errors import WritingError
from earmark.library.connect import default_library_path

OURS = 0x45614A6E  # PRAGMA application_id: "EaJn"
PATIENCE = 60.0  # seconds to wait for another writer
SCHEMA = """
    CREATE TABLE IF NOT EXISTS writes (
        id INTEGER PRIMARY KEY,
        path BLOB NOT NULL,         -- absolute, the bytes that the system knows it by
        before BLOB NOT NULL,       -- SHA-256 of the file before and after
        after BLOB NOT NULL,
        delta BLOB NOT NULL,        -- the old file from the new one, delta.py
        fields TEXT NOT NULL,       -- JSON: {field: [values before, values after]}
        written REAL NOT NULL       -- seconds since 1970
    );
    CREATE INDEX IF NOT EXISTS writes_by_path ON writes (path);
    CREATE INDEX IF NOT EXISTS writes_by_after ON writes (after);
"""
COLUMNS = "id, path, before, after, delta, fields, written"


@dataclass(frozen=True)
class Write:
    """One write to one file.

    Attributes
    ----------
    path : str, absolute
    before, after : bytes, SHA-256 of the whole file
    delta : bytes, see :mod:`earmark.writing.delta`
    fields : dict of str -> (list of str, list of str), values before and after
    written : float, seconds since 1970
    id : int, in the journal; 0 while it is not in it
    """

    path: str
    before: bytes
    after: bytes
    delta: bytes = field(repr=False)
    fields: dict[str, tuple[list[str], list[str]]]
    written: float = 0.0
    id: int = 0


def journal_path(library: str | os.PathLike | None = None) -> Path:
    """Where the journal lies: beside the library, whether there is one or not."""
    path = Path(library if library is not None else default_library_path())
    return path.with_name(f"{path.name}.undo")


class Journal:
    """A journal, made where there is none; close it or use it in a ``with`` statement.

    Parameters
    ----------
    path : path, see :func:`journal_path`

    Raises
    ------
    WritingError
        It cannot be made, read or written. All methods raise it.
    """

    def __init__(self, path: str | os.PathLike) -> None:
        self.path = Path(path)
        with self._sentences():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                self.path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, write: Write) -> int:
        """Write down a write, safe on disk when this returns. Returns its id."""
        fields = json.dumps(write.fields)
        values = [os.fsencode(write.path), write.before, write.after, write.delta, fields]
        with self._sentences():
            done = self._connection.execute(
                "INSERT INTO writes (path, before, after, delta, fields, written)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [*values, time.time()],
            )
        return done.lastrowid or 0

    def remove(self, write: int) -> None:
        """Forget a write, which was taken back or did not happen."""
        self._all("DELETE FROM writes WHERE id = ?", [write])

    def of(self, path: str | os.PathLike) -> list[Write]:
        """The writes to a file that are not taken back, newest first."""
        where = [os.fsencode(os.path.abspath(path))]
        return self._writes("WHERE path = ? ORDER BY id DESC", where)

    def ending_as(self, sha256: bytes) -> list[Write]:
        """The writes, to whatever file, that ended in these very bytes, newest first."""
        return self._writes("WHERE after = ? ORDER BY id DESC", [sha256])

    def paths(self) -> list[str]:
        """The files that were written to, in the order of their names."""
        rows = self._all("SELECT DISTINCT path FROM writes ORDER BY path")
        return [os.fsdecode(path) for (path,) in rows]

    def _prepare(self) -> None:
        (ours,) = self._connection.execute("PRAGMA application_id").fetchone()
        (tables,) = self._connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        if ours != OURS and tables:
            raise WritingError(f"{self.path}: not a journal of Earmark")
        self._connection.execute("PRAGMA synchronous = FULL")
        if ours != OURS:
            self._connection.executescript(
                f"BEGIN IMMEDIATE; PRAGMA application_id = {OURS}; {SCHEMA} COMMIT;"
            )

    def _writes(self, where: str, values: list) -> list[Write]:
        rows = self._all(f"SELECT {COLUMNS} FROM writes {where}", values)
        return [
            Write(os.fsdecode(path), before, after, delta, _pairs(fields), written, id)
            for id, path, before, after, delta, fields, written in rows
        ]

    def _all(self, query: str, values: list | None = None) -> list[tuple]:
        with self._sentences():
            return self._connection.execute(query, values or []).fetchall()

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            why = getattr(error, "strerror", None) or error
            raise WritingError(f"{self.path}: the journal cannot be used ({why})") from error


def _pairs(fields: str) -> dict[str, tuple[list[str], list[str]]]:
    return {name: (old, new) for name, (old, new) in json.loads(fields).items()}
