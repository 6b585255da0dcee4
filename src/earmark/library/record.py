"""Write into a library: what a scan found, which groups the user keeps, what to forget.

One :class:`Recorder` writes at a time; SQLite makes others wait. What is written within
:meth:`Recorder.transaction` is there as a whole or not at all, also after a crash.
"""

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from earmark.library.connect import (
    default_library_path,
    open_reading,
    open_writing,
    sentences,
    transaction,
)
from earmark.zoo.card import NETWORK, Card


class Recorder:
    """A library's file, open to write; made where there is none.

    Parameters
    ----------
    path : path or None
        The library; None for :func:`default_library_path`.
    make : bool
        Whether one is made where there is none; otherwise that is a LibraryError.

    Attributes
    ----------
    path : Path
    is_new : bool, whether it was made just now
    connection : sqlite3.Connection, for what is not written row by row

    Raises
    ------
    LibraryError
        It cannot be made or written. All methods raise it for a damaged one or a full disk.
    """

    def __init__(self, path: str | os.PathLike | None = None, *, make: bool = True) -> None:
        self.path = Path(path if path is not None else default_library_path())
        self.is_new = not self.path.exists()
        if not make:
            open_reading(self.path).close()
        self.connection = open_writing(self.path)

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written within, or nothing of it."""
        with sentences(self.path), transaction(self.connection):
            yield

    def model(self, card: Card) -> int:
        """Id of a model, which is written down if it is new; its dimensions as it first hears.

        What an earlier file of the same weights has heard is what this one would say.
        """
        sha256 = card.sha256[NETWORK]
        for earlier in card.earlier:
            self._do(
                "UPDATE OR IGNORE models SET sha256 = ? WHERE name = ? AND sha256 = ?",
                [sha256, card.name, earlier],
            )
        tags = json.dumps(card.vocabulary.names, ensure_ascii=False)
        self._do(
            "INSERT OR IGNORE INTO models (name, sha256, tags, thresholds, dimensions)"
            " VALUES (?, ?, ?, ?, 0)",
            [card.name, sha256, tags, _blob(card.thresholds)],
        )
        return self._one("SELECT id FROM models WHERE name = ? AND sha256 = ?", [card.name, sha256])

    def sound(self, digest: bytes, seconds: float, warning: str | None = None) -> int:
        """Id of a sound, which is written down if it is new."""
        self._do(
            "INSERT INTO sounds (digest, seconds, warning) VALUES (?, ?, ?)"
            " ON CONFLICT (digest) DO UPDATE SET seconds = excluded.seconds,"
            " warning = excluded.warning",
            [digest, seconds, _text(warning)],
        )
        return self._one("SELECT id FROM sounds WHERE digest = ?", [digest])

    def hear(self, model: int, sound: int, scores: np.ndarray, embedding: np.ndarray) -> None:
        """Write down what a model says of a sound; what the same model said before is replaced."""
        self._do(
            "INSERT INTO heard (model_id, sound_id, scores) VALUES (?, ?, ?)"
            " ON CONFLICT (sound_id, model_id) DO UPDATE SET scores = excluded.scores",
            [model, sound, _blob(scores)],
        )
        heard = self._one(
            "SELECT id FROM heard WHERE model_id = ? AND sound_id = ?", [model, sound]
        )
        self._do("INSERT OR REPLACE INTO embeddings VALUES (?, ?)", [heard, _blob(embedding)])
        self._do(
            "UPDATE models SET dimensions = ? WHERE id = ? AND dimensions = 0",
            [len(embedding), model],
        )

    def track(
        self,
        path: str | os.PathLike,
        size: int,
        mtime_ns: int,
        *,
        sound: int | None = None,
        error: str | None = None,
        title: str | None = None,
        artist: str | None = None,
        album: str | None = None,
    ) -> int:
        """Write down a file, new or changed; it counts as there again. Returns its id.

        Parameters
        ----------
        path : path, absolute
        size, mtime_ns : int, as the system says
        sound : int or None, id of what it holds
        error : str or None, why nothing could be heard
        title, artist, album : str or None, the file's own words
        """
        folder, name = self.place(path)
        self._do(
            "INSERT INTO tracks (folder_id, name, size, mtime_ns, sound_id, error, title, artist,"
            " album, added) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (folder_id, name) DO UPDATE SET size = excluded.size,"
            " mtime_ns = excluded.mtime_ns, sound_id = excluded.sound_id, error = excluded.error,"
            " title = excluded.title, artist = excluded.artist, album = excluded.album,"
            " gone = NULL",
            [folder, name, size, mtime_ns, sound]
            + [_text(words) for words in (error, title, artist, album)]
            + [time.time()],
        )
        return self._one("SELECT id FROM tracks WHERE folder_id = ? AND name = ?", [folder, name])

    def move(self, track: int, path: str | os.PathLike) -> None:
        """A track lies at another path now; what was known at that path is no more."""
        folder, name = self.place(path)
        self._do(
            "DELETE FROM tracks WHERE folder_id = ? AND name = ? AND id <> ?", [folder, name, track]
        )
        self._do(
            "UPDATE tracks SET folder_id = ?, name = ?, gone = NULL WHERE id = ?",
            [folder, name, track],
        )

    @property
    def has_log(self) -> bool:
        """Whether there is a write-ahead log, so that others read while this writes."""
        return self.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)

    def heard_by_others(self, name: str, model: int) -> int:
        """How many sounds other versions of a model heard, and the one of this id did not."""
        return self._one(
            "SELECT COUNT(DISTINCT sound_id) FROM heard JOIN models ON models.id = model_id"
            " WHERE name = ? AND model_id <> ? AND sound_id NOT IN"
            " (SELECT sound_id FROM heard WHERE model_id = ?)",
            [name, model, model],
        )

    def versions(self, name: str) -> list[int]:
        """Ids of all versions of a model."""
        with sentences(self.path):
            rows = self.connection.execute("SELECT id FROM models WHERE name = ?", [name])
            return [id for (id,) in rows]

    def known_sound(self, digest: bytes) -> int | None:
        """Id of a sound, None if it is new."""
        return self._maybe("SELECT id FROM sounds WHERE digest = ?", [digest])

    def holders(self, sound: int) -> list[tuple[int, str, bool]]:
        """Id, path and whether it is gone, of each track that holds a sound."""
        with sentences(self.path):
            rows = self.connection.execute(
                "SELECT tracks.id, path, name, gone IS NOT NULL FROM tracks"
                " JOIN folders ON folders.id = folder_id WHERE sound_id = ? ORDER BY tracks.id",
                [sound],
            ).fetchall()
        return [
            (id, os.path.join(os.fsdecode(folder), os.fsdecode(name)), bool(gone))
            for id, folder, name, gone in rows
        ]

    def retagged(self, path: str | os.PathLike, size: int, mtime_ns: int) -> bool:
        """A file's metadata were written, its sound is the same: the next scan finds it unchanged.

        Returns whether the library has a file at this path.
        """
        folder, name = os.path.split(os.path.abspath(path))
        changed = self._do(
            "UPDATE tracks SET size = ?, mtime_ns = ? WHERE name = ? AND folder_id ="
            " (SELECT id FROM folders WHERE path = ?)",
            [size, mtime_ns, os.fsencode(name), os.fsencode(folder)],
        )
        return changed > 0

    def place(self, path: str | os.PathLike) -> tuple[int, bytes]:
        """Where a file lies: id of its folder, which is written down if it is new, and name."""
        folder, name = os.path.split(os.fspath(path))
        return self.folder(folder), os.fsencode(name)

    def folder(self, path: str | os.PathLike) -> int:
        """Id of a folder, which is written down if it is new."""
        place = os.fsencode(path)
        self._do("INSERT OR IGNORE INTO folders (path) VALUES (?)", [place])
        return self._one("SELECT id FROM folders WHERE path = ?", [place])

    def keep_groups(self, names: Mapping[int, str], members: Iterable[tuple[int, int]]) -> None:
        """Keep groups in place of those kept before.

        Parameters
        ----------
        names : mapping of int -> str, number and name of each group
        members : iterable of (track id, number), each track in at most one group
        """
        with self.transaction():
            self._do("DELETE FROM groups")
            with sentences(self.path):
                self.connection.executemany(
                    "INSERT INTO groups VALUES (?, ?)",
                    ((int(number), name) for number, name in names.items()),
                )
                self.connection.executemany(
                    "INSERT INTO members VALUES (?, ?)",
                    ((int(track), int(number)) for track, number in members),
                )

    def _do(self, query: str, values: Iterable = ()) -> int:
        with sentences(self.path):
            return self.connection.execute(query, tuple(values)).rowcount

    def _one(self, query: str, values: Iterable) -> int:
        with sentences(self.path):
            return self.connection.execute(query, tuple(values)).fetchone()[0]

    def _maybe(self, query: str, values: Iterable) -> int | None:
        with sentences(self.path):
            row = self.connection.execute(query, tuple(values)).fetchone()
        return row[0] if row else None


def _blob(numbers: np.ndarray) -> bytes:
    return np.ascontiguousarray(numbers, "<f4").tobytes()


def _text(words: str | None) -> str | None:
    """Words that SQLite takes: no lone surrogates."""
    return None if words is None else words.encode("utf-8", "replace").decode("utf-8")
