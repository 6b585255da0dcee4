"""Read a library: its tracks, and what a model heard in them as matrices.

Reading works while a scan writes. Every call sees the library as it is at that moment; within
:meth:`Catalogue.snapshot` several calls see one and the same state. Rows of a matrix belong to the
track ids beside them, in rising order; ``scores(model)`` and ``embeddings(model)`` of one snapshot
have the same ids.
"""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from earmark.errors import LibraryError
from earmark.library.connect import default_library_path, open_reading, sentences
from earmark.library.rows import Hearing, Matrix, Track

AT_ONCE = 4096  # rows that are read before they are put into a matrix

TRACKS = """
    SELECT tracks.id, folders.path, tracks.name, size, mtime_ns, digest, seconds, warning, error,
        title, artist, album, added
    FROM tracks JOIN folders ON folders.id = folder_id LEFT JOIN sounds ON sounds.id = sound_id
    WHERE gone IS NULL
"""


class Catalogue:
    """A library's file, open to read; close it or use it in a ``with`` statement.

    Any thread may use it, one at a time.

    Parameters
    ----------
    path : path or None
        The library; None for :func:`default_library_path`.

    Raises
    ------
    LibraryError
        There is no library, or it cannot be read. All methods raise it for a damaged one.
    """

    def __init__(self, path: str | os.PathLike | None = None) -> None:
        self.path = Path(path if path is not None else default_library_path())
        self._connection = open_reading(self.path)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> "Catalogue":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Calls within see one state of the library, whatever a scan writes meanwhile."""
        self._all("BEGIN")
        try:
            yield
        finally:
            self._all("COMMIT")

    def state(self) -> int:
        """A number that changes when anything is written, for those who keep what they read.

        It is this open catalogue's own: compare it only with what the same object said before.
        """
        return self._all("PRAGMA data_version")[0][0]

    def __len__(self) -> int:
        """How many files there are, with those in which nothing could be heard."""
        return self._all("SELECT COUNT(*) FROM tracks WHERE gone IS NULL")[0][0]

    def __iter__(self) -> Iterator[Track]:
        """All tracks in the order of their ids, in bounded memory."""
        return self.tracks()

    def tracks(self, ids: Iterable[int] | None = None) -> Iterator[Track]:
        """Tracks: all in the order of their ids, or those wanted in the order wanted.

        Parameters
        ----------
        ids : iterable of int or None
            An id that is not there, or whose file is gone, is left out.
        """
        if ids is None:
            for row in self._rows(f"{TRACKS} ORDER BY tracks.id"):
                yield _track(row)
            return
        for id in ids:
            for row in self._all(f"{TRACKS} AND tracks.id = ?", [int(id)]):
                yield _track(row)

    def find(self, path: str | os.PathLike) -> Track | None:
        """The track of a file, None if the library has none at this path."""
        folder, name = os.path.split(os.path.abspath(path))
        where = [os.fsencode(os.path.realpath(folder)), os.fsencode(name)]
        rows = self._all(f"{TRACKS} AND folders.path = ? AND tracks.name = ?", where)
        return _track(rows[0]) if rows else None

    def with_digest(self, digest: bytes) -> list[Track]:
        """The tracks that hold a sound (see :func:`earmark.sound.payload.payload_digest`)."""
        return [_track(row) for row in self._all(f"{TRACKS} AND digest = ?", [digest])]

    def is_heard(self, digest: bytes, models: Iterable[int]) -> bool:
        """Whether one of the models, by their ids here, has heard the sound of this digest."""
        wanted = ", ".join(str(int(model)) for model in models)
        query = (
            "SELECT EXISTS (SELECT 1 FROM sounds JOIN heard ON sound_id = sounds.id"
            f" WHERE digest = ? AND model_id IN ({wanted}))"
        )
        return bool(self._all(query, [digest])[0][0])

    def hearings(self) -> list[Hearing]:
        """The models that heard sounds of this library; the one that heard most comes first."""
        rows = self._all(
            "SELECT id, name, sha256, tags, thresholds, dimensions,"
            " (SELECT COUNT(*) FROM heard WHERE model_id = models.id) AS sounds"
            " FROM models ORDER BY sounds DESC, name <> 'default', id DESC"
        )
        return [_hearing(row) for row in rows if row[-1]]

    def hearing(self, model: str | None = None, known: Sequence[Hearing] = ()) -> Hearing:
        """One model, in the version that heard most.

        Parameters
        ----------
        model : str or None
            Its name; None for the one that heard most sounds.
        known : sequence of Hearing
            What :meth:`hearings` gave, where that was just asked.

        Raises
        ------
        LibraryError
            Nothing was heard yet, or not by this model.
        """
        known = known or self.hearings()
        if not known:
            raise LibraryError(f"{self.path}: nothing was heard yet; earmark scan FOLDER listens")
        for hearing in known:
            if model is None or hearing.name == model:
                return hearing
        names = ", ".join(dict.fromkeys(hearing.name for hearing in known))
        raise LibraryError(f"{self.path}: the model {model!r} heard nothing here, but {names} did")

    def scores(self, hearing: Hearing, places: Sequence[int] | None = None) -> Matrix:
        """Calibrated scores of all tracks that a model heard.

        Parameters
        ----------
        hearing : Hearing, from :meth:`hearing` or :meth:`hearings`
        places : sequence of int or None
            Only these columns, in this order, which takes the less memory; None for all tags.

        Returns
        -------
        Matrix
            ``rows`` [shape=(n, tags or places), in [0, 1]].
        """
        query = "SELECT sound_id, scores FROM heard WHERE model_id = ?"
        return self._matrix(hearing, query, len(hearing.names), places)

    def embeddings(self, hearing: Hearing) -> Matrix:
        """Embeddings of all tracks that a model heard, as it gave them (no scaling).

        Parameters
        ----------
        hearing : Hearing, from :meth:`hearing` or :meth:`hearings`

        Returns
        -------
        Matrix
            ``rows`` [shape=(n, hearing.dimensions)].
        """
        query = (
            "SELECT sound_id, embedding FROM heard JOIN embeddings ON heard_id = heard.id"
            " WHERE model_id = ?"
        )
        return self._matrix(hearing, query, hearing.dimensions, None)

    def counts(self) -> dict[str, float]:
        """How many ``files``, ``heard``, ``failed``, ``warnings``, ``sounds`` (different ones),
        ``folders``, ``artists``, and ``seconds`` of all files.
        """
        query = (
            "SELECT COUNT(*), COUNT(sound_id), COUNT(error), COUNT(warning),"
            " COUNT(DISTINCT sound_id), COUNT(DISTINCT folder_id), COUNT(DISTINCT artist),"
            " TOTAL(seconds) FROM tracks LEFT JOIN sounds ON sounds.id = sound_id"
            " WHERE gone IS NULL"
        )
        names = ("files", "heard", "failed", "warnings", "sounds", "folders", "artists", "seconds")
        return dict(zip(names, self._all(query)[0], strict=True))

    def size(self) -> int:
        """Bytes of the library's file."""
        (pages,), (page,) = self._all("PRAGMA page_count")[0], self._all("PRAGMA page_size")[0]
        return pages * page

    def failed(self) -> Iterator[Track]:
        """Tracks in which nothing could be heard, by path."""
        order = "ORDER BY folders.path, tracks.name"
        return map(_track, self._rows(f"{TRACKS} AND error IS NOT NULL {order}"))

    def groups(self) -> dict[int, str]:
        """Number and name of each group that was kept."""
        return dict(self._all("SELECT number, name FROM groups ORDER BY number"))

    def members(self, number: int) -> np.ndarray:
        """Ids of the tracks in a kept group, rising [shape=(n,), int64]."""
        query = "SELECT track_id FROM members WHERE number = ? ORDER BY track_id"
        return np.array([id for (id,) in self._all(query, [number])], np.int64)

    def _matrix(
        self, hearing: Hearing, query: str, width: int, places: Sequence[int] | None
    ) -> Matrix:
        """What `query` gives of each sound, spread over the tracks that hold it."""
        columns = width if places is None else len(places)
        with self._one_state():
            (count,) = self._all("SELECT COUNT(*) FROM heard WHERE model_id = ?", [hearing.id])[0]
            tracks = self._all(
                "SELECT id, sound_id FROM tracks WHERE gone IS NULL AND sound_id IS NOT NULL"
                " ORDER BY id"
            )
            sounds, rows = np.empty(count, np.int64), np.empty((count, columns), np.float32)
            at = 0
            for some in self._batches(query, [hearing.id]):
                block = np.frombuffer(b"".join([blob for _, blob in some]), "<f4")
                block = block.reshape(len(some), width)
                rows[at : at + len(some)] = block if places is None else block[:, places]
                sounds[at : at + len(some)] = [sound for sound, _ in some]
                at += len(some)
        return _spread(np.array(tracks, np.int64).reshape(-1, 2), sounds, rows)

    @contextmanager
    def _one_state(self) -> Iterator[None]:
        if self._connection.in_transaction:
            yield
        else:
            with self.snapshot():
                yield

    def _all(self, query: str, values: Sequence = ()) -> list[tuple]:
        with sentences(self.path):
            return self._connection.execute(query, values).fetchall()

    def _rows(self, query: str, values: Sequence = ()) -> Iterator[tuple]:
        for some in self._batches(query, values):
            yield from some

    def _batches(self, query: str, values: Sequence) -> Iterator[list[tuple]]:
        with sentences(self.path):
            cursor = self._connection.execute(query, values)
            while some := cursor.fetchmany(AT_ONCE):
                yield some


def _spread(tracks: np.ndarray, sounds: np.ndarray, rows: np.ndarray) -> Matrix:
    """Rows of sounds as rows of tracks, which come as pairs of track and sound."""
    order = np.argsort(sounds, kind="stable")
    place = np.searchsorted(sounds, tracks[:, 1], sorter=order)
    known = place < len(sounds)
    place = order[place[known]]
    tracks = tracks[known]
    same = sounds[place] == tracks[:, 1]
    place, ids = place[same], tracks[same, 0]
    if len(place) == len(rows) and np.array_equal(place, np.arange(len(rows))):
        return Matrix(ids, rows)
    return Matrix(ids, rows[place])


def _track(row: Sequence) -> Track:
    id, folder, name, *rest = row
    return Track(id, os.path.join(os.fsdecode(folder), os.fsdecode(name)), *rest)


def _hearing(row: sqlite3.Row | tuple) -> Hearing:
    id, name, sha256, tags, thresholds, dimensions, sounds = row
    return Hearing(
        id,
        name,
        sha256,
        tuple(json.loads(tags)),
        np.frombuffer(thresholds, "<f4"),
        dimensions,
        sounds,
    )
