"""A library as people use it from Python: scan, search, look at the tracks, take a table along."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from earmark.errors import LibraryError
from earmark.library.catalogue import Catalogue
from earmark.library.connect import default_library_path
from earmark.library.rows import Track
from earmark.library.scan import Scan, scan
from earmark.library.search import Search
from earmark.library.songs import Songs

if TYPE_CHECKING:
    from earmark.library.described import Group
    from earmark.library.liking import Liking


@dataclass(frozen=True)
class Hit:
    """A song that a search found.

    Attributes
    ----------
    track : Track
    strength : float in [.5, 1], how true the expression is of it
    """

    track: Track
    strength: float


class Library:
    """A whole collection, in one file.

    What it reads it keeps in memory until somebody writes into the library, so that further
    questions are quick. Reading works while a scan writes.

    Parameters
    ----------
    path : path or None
        The library's file, which need not exist before the first scan; None for
        :func:`~earmark.library.default_library_path`.

    Examples
    --------
    >>> library = Library("music.db")  # doctest: +SKIP
    >>> library.scan(["~/Music"]).tagged  # doctest: +SKIP
    1204
    >>> [hit.track.path for hit in library.search("violin and not slow", top=2)]  # doctest: +SKIP
    ['/home/me/Music/reel.flac', '/home/me/Music/csardas.mp3']
    """

    def __init__(self, path: str | os.PathLike | None = None) -> None:
        self.path = Path(path if path is not None else default_library_path())
        self._catalogue: Catalogue | None = None
        self._search: Search | None = None
        self._songs: dict[str | None, tuple[int, Songs]] = {}

    @property
    def catalogue(self) -> Catalogue:
        """The tracks and matrices behind all questions.

        Raises
        ------
        LibraryError
            There is no library yet.
        """
        if self._catalogue is None:
            self._catalogue = Catalogue(self.path)
        return self._catalogue

    def close(self) -> None:
        """Close the file."""
        if self._catalogue is not None:
            self._catalogue.close()
        self._catalogue = self._search = None
        self._songs = {}

    def __enter__(self) -> "Library":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def scan(self, folders: Iterable[str | os.PathLike], **options: object) -> Scan:
        """Hear what is new or changed in folders.

        Parameters
        ----------
        folders : iterable of paths; ``~`` is the user's home
        options : of :func:`earmark.library.scan.scan`, as ``model``, ``jobs`` and ``retry``
            With more than one job, a script must start its work under
            ``if __name__ == "__main__":``.

        Returns
        -------
        Scan
            What was tagged, moved, failed...
        """
        if isinstance(folders, str | os.PathLike):
            folders = [folders]
        return scan([os.path.expanduser(folder) for folder in folders], self.path, **options)

    def search(self, text: str, top: int | None = None, model: str | None = None) -> list[Hit]:
        """Songs that an expression over tags is true of, best first.

        Parameters
        ----------
        text : str, as ``violin and slow and not female``
        top : int or None, how many at most
        model : str or None, whose hearing; None for the model that heard most

        Raises
        ------
        ExpressionError
            The expression makes no sense.
        LibraryError
            There is no library, or nothing was heard yet.
        """
        if self._search is None:
            self._search = Search(self.catalogue, keep=True)
        found = self._search(text, model)
        strengths = dict(zip(found.ids[:top].tolist(), found.strengths[:top].tolist(), strict=True))
        return [Hit(track, strengths[track.id]) for track in self.catalogue.tracks(strengths)]

    def songs(self, model: str | None = None) -> Songs:
        """The songs as vectors, which neighbours, playlists and groups are found with.

        Parameters
        ----------
        model : str or None, whose hearing; None for the model that heard most
        """
        state = self.catalogue.state()
        kept = self._songs.get(model)
        if kept is None or kept[0] != state:
            kept = self._songs[model] = (state, Songs.of(self.catalogue, model))
        return kept[1]

    def similar(
        self, path: str | os.PathLike, n: int = 10, where: str | None = None
    ) -> list[tuple[Track, float]]:
        """Songs that sound most like a file, with their similarity (a cosine), the nearest first.

        Parameters
        ----------
        path : path, of a song in the library or of any other, which is then heard
        n : int > 0
        where : str or None, an expression that must be true of the answers
        """
        from earmark.library.neighbours import similar

        found = similar(self.songs(), path, n, among=where)
        tracks = self.songs().tracks(found.places)
        return list(zip(tracks, found.similarities.tolist(), strict=True))

    def playlist(
        self,
        start: str | os.PathLike,
        end: str | os.PathLike,
        length: int = 20,
        where: str | None = None,
    ) -> list[Track]:
        """Songs that lead from one to another in small steps; see :mod:`earmark.library.path`."""
        from earmark.library.playlist import playlist

        return self.songs().tracks(playlist(self.songs(), start, end, length, among=where))

    def groups(self, least: int | None = None, seed: int = 0) -> "list[Group]":
        """Groups of songs that sound alike, the largest first; nothing is kept.

        Parameters
        ----------
        least : int > 1 or None, songs of a group
        seed : int, the same one gives the same groups
        """
        from earmark.library.described import group_songs

        return group_songs(self.songs(), least, seed).groups

    def duplicates(self) -> list[list[Track]]:
        """Files with one recording, in sets of two or more."""
        from earmark.library.duplicates import duplicates

        songs = self.songs()
        return [songs.tracks(rows) for rows in duplicates(songs.recordings)]

    def taste(
        self, chosen: str | os.PathLike, against: str | os.PathLike | None = None, n: int = 10
    ) -> "Liking":
        """What a folder or playlist has more of than another or the rest, and what fits it."""
        from earmark.library.liking import liking

        return liking(self.songs(), chosen, against, n)

    def __len__(self) -> int:
        """How many files there are; 0 where there is no library yet."""
        return len(self.catalogue) if self.path.exists() else 0

    def __iter__(self) -> Iterator[Track]:
        """All files, in the order in which they were found."""
        return iter(self.catalogue) if self.path.exists() else iter(())

    def to_arrow(self, model: str | None = None):
        """All files with scores and embeddings, as a pyarrow table.

        Parameters
        ----------
        model : str or None, whose hearing; None for the model that heard most

        Returns
        -------
        pyarrow.Table
            See :func:`earmark.library.table.to_arrow`.
        """
        from earmark.library.table import to_arrow

        try:
            hearing = self.catalogue.hearing(model)
        except LibraryError:
            if model is not None or self.catalogue.hearings():
                raise
            hearing = None
        return to_arrow(self.catalogue, hearing)
