"""The songs of a library as vectors, with what is needed to tell them apart and name them.

In: an open catalogue. Out: what neighbours, playlists, groups, taste and duplicates are found with.
It is read once and kept, so that a program that asks often pays once.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from earmark.errors import LibraryError
from earmark.library.catalogue import Catalogue
from earmark.library.recording import Recordings
from earmark.library.rows import Hearing, Track
from earmark.library.space import Space


@dataclass(frozen=True)
class Songs:
    """What one model heard in a library.

    Attributes
    ----------
    catalogue : Catalogue, open
    hearing : Hearing, the model
    ids : np.ndarray [shape=(songs,), int64], of the tracks, rising
    space : Space, of the library
    vectors : np.ndarray [shape=(songs, d), float32], each of length 1
    """

    catalogue: Catalogue
    hearing: Hearing
    ids: np.ndarray
    space: Space
    vectors: np.ndarray

    @classmethod
    def of(cls, catalogue: Catalogue, model: str | None = None) -> "Songs":
        """Read the songs that a model heard.

        Parameters
        ----------
        catalogue : Catalogue
        model : str or None, its name; None for the one that heard most

        Raises
        ------
        LibraryError
            It heard nothing here.
        """
        hearing = catalogue.hearing(model)
        matrix = catalogue.embeddings(hearing)
        space = Space.of(matrix.rows)
        rows = matrix.rows if matrix.rows.flags.writeable else matrix.rows.copy()
        return cls(catalogue, hearing, matrix.ids, space, space.enter(rows))

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def recordings(self) -> Recordings:
        """What tells two files of one recording."""
        seconds = np.zeros(len(self), np.float64)
        digests = np.zeros(len(self), np.int64)
        places = dict(zip(self.ids.tolist(), range(len(self)), strict=True))
        for track in self.catalogue:
            place = places.get(track.id)
            if place is not None:
                seconds[place] = track.seconds or 0
                digests[place] = hash(track.digest or b"")  # 0 for none
        return Recordings(self.vectors, seconds, digests)

    @cached_property
    def scores(self) -> np.ndarray:
        """Calibrated scores [shape=(songs, tags), float32], a row as in `vectors`."""
        matrix = self.catalogue.scores(self.hearing)
        if np.array_equal(matrix.ids, self.ids):
            return matrix.rows
        # A scan wrote in between: what is new is left out, what is gone has no score.
        rows = np.zeros((len(self), matrix.rows.shape[1]), np.float32)
        _, here, there = np.intersect1d(
            self.ids, matrix.ids, assume_unique=True, return_indices=True
        )
        rows[here] = matrix.rows[there]
        return rows

    def place(self, path: str | os.PathLike) -> int | None:
        """Row of a file; None where the library has not heard it."""
        track = self.catalogue.find(path)
        return None if track is None else self.row(track.id)

    def row(self, id: int) -> int | None:
        """Row of a track; None where the model has not heard it."""
        place = int(np.searchsorted(self.ids, id))
        return place if place < len(self) and self.ids[place] == id else None

    def tracks(self, places: Iterable[int]) -> list[Track]:
        """The tracks of rows, in their order."""
        return list(self.catalogue.tracks(self.ids[place] for place in places))

    def artist(self, place: int) -> str:
        """Whose song it is: the file's own word, or else its folder."""
        for track in self.tracks([place]):
            return (track.artist or "").casefold().strip() or str(Path(track.path).parent)
        return ""

    def needed(self, path: str | os.PathLike) -> int:
        """Row of a file; LibraryError where the library has not heard it."""
        place = self.place(path)
        if place is None:
            raise LibraryError(f"{path}: not in the library {self.catalogue.path}; scan it first")
        return place


def title_of(track: Track) -> str:
    """What people call a song: artist and title, or else the name of its file."""
    name = Path(track.path).stem
    if track.title and track.artist:
        return f"{track.artist} - {track.title}"
    return track.title or name
