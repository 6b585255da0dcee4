"""Open a library's file: made where it is missing, refused where it is not ours, WAL where safe.

A library is one SQLite file. Its journal is a write-ahead log (WAL), so that people read while a
scan writes; on a network drive, where WAL is not safe, it is SQLite's ordinary one.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from earmark.errors import LibraryError
from earmark.library.network_drive import on_network_drive

VERSION = 1  # of schema.sql
OURS = 0x4561726D  # PRAGMA application_id: "Earm"
PAGE = 16384  # bytes: rows of scores and embeddings lie close together
PATIENCE = 60.0  # seconds to wait for another writer
VARIABLE = "EARMARK_LIBRARY"


def default_library_path() -> Path:
    """Where the library is unless told: EARMARK_LIBRARY, else in the user's data folder."""
    if named := os.environ.get(VARIABLE):
        return Path(named).expanduser()
    from platformdirs import user_data_path

    return user_data_path("earmark", appauthor=False) / "library.db"


def open_reading(path: str | os.PathLike) -> sqlite3.Connection:
    """Open a library to read, also while another process writes.

    Raises
    ------
    LibraryError
        There is none, or it cannot be read.
    """
    path = Path(path)
    if not path.is_file():
        raise LibraryError(f"no library at {path}: earmark scan FOLDER makes one")
    with sentences(path):
        try:
            return _opened(path, "mode=ro")
        except sqlite3.OperationalError:
            if os.access(path.parent, os.W_OK):
                raise
            # A folder that cannot be written has no room for a log: nobody else writes either.
            return _opened(path, "mode=ro&immutable=1")


def open_writing(path: str | os.PathLike) -> sqlite3.Connection:
    """Open a library to write; a new one is made where there is none.

    Raises
    ------
    LibraryError
        It cannot be made or written.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(f"{path}: cannot be made ({error.strerror})") from error
    with sentences(path, OSError):
        if not path.exists() or not path.stat().st_size:
            _make(path)
        connection = _opened(path, "mode=rw")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection


@contextmanager
def sentences(path: Path, *more: type[Exception]) -> Iterator[None]:
    """What SQLite complains about, and `more`, becomes a LibraryError with one sentence."""
    try:
        yield
    except (sqlite3.Error, *more) as error:
        why = str(getattr(error, "strerror", None) or error)
        if "not a database" in why:
            raise LibraryError(f"{path}: not a library of Earmark") from error
        if "malformed" in why:
            raise LibraryError(f"{path}: the library is damaged ({why})") from error
        raise LibraryError(f"{path}: the library cannot be used ({why})") from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All that is written within, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # SQLite may have undone it already, as on a full disk
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _opened(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}",
        uri=True,
        timeout=PATIENCE,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        (ours,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if ours != OURS:
            raise LibraryError(f"{path}: not a library of Earmark")
        if version > VERSION:
            raise LibraryError(f"{path}: the library was made by a newer Earmark (form {version})")
    except BaseException:
        connection.close()
        raise
    return connection


def _make(path: Path) -> None:
    """Make a new library whole, then give it its name; of several processes at once, one does."""
    part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    connection = sqlite3.connect(part, isolation_level=None)
    try:
        connection.execute(f"PRAGMA page_size = {PAGE}")
        connection.execute(f"PRAGMA journal_mode = {'DELETE' if on_network_drive(path) else 'WAL'}")
        with transaction(connection):
            schema = files("earmark.library").joinpath("schema.sql").read_text("utf-8")
            for statement in _statements(schema):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {OURS}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
    finally:
        connection.close()
    try:
        if path.exists() and not path.stat().st_size:
            path.unlink()
        os.link(part, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        if not path.exists():
            os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
