"""A library behind a server: questions one at a time, what was read kept until somebody writes."""

import threading
from pathlib import Path
from typing import Any

import numpy as np

from earmark.errors import EarmarkError
from earmark.library import Library, Track
from earmark.library.similar import nearest
from earmark.library.songs import Songs, title_of
from earmark.library.stats import library_stats
from earmark.library.where import where
from earmark.messages import printable
from earmark.serve.problems import ProblemError

DIGITS = 4
MOST_DOTS = 50_000  # of a map; more are thinned out evenly


class Shelf:
    """What routes ask of a library; every method may be called from any thread.

    Parameters
    ----------
    path : Path, the library's file
    """

    def __init__(self, path: Path) -> None:
        self._library = Library(path)
        self._lock = threading.Lock()
        self._songs: Songs | None = None
        self._state: int | None = None

    def stats(self) -> dict[str, Any]:
        """Numbers of the whole library; not where it lies on the server."""
        with self._lock:
            found = self._asked(lambda: library_stats(self._library.catalogue))
        found.pop("library", None)
        return found

    def search(self, text: str, top: int, first: int) -> dict[str, Any]:
        """Songs that an expression is true of, best first."""
        with self._lock:
            hits = self._asked(lambda: self._library.search(text))
        shown = [
            {**told(hit.track), "strength": round(hit.strength, DIGITS)}
            for hit in hits[first : first + top]
        ]
        return {"total": len(hits), "tracks": shown}

    def similar(self, track: int, top: int, among: str | None = None) -> list[dict[str, Any]]:
        """Songs nearest to a track, no recording twice."""
        with self._lock:
            songs = self._kept()
            place = songs.row(track)
            if place is None:
                raise ProblemError(404, "no such track, or the library has not heard it")
            found = self._asked(
                lambda: nearest(
                    songs.vectors,
                    songs.vectors[place],
                    top,
                    recordings=songs.recordings,
                    leave_out=[place],
                    among=None if among is None else where(songs, among),
                )
            )
            tracks = songs.tracks(found.places)
        return [
            {**told(near), "similarity": round(float(value), DIGITS)}
            for near, value in zip(tracks, found.similarities, strict=True)
        ]

    def groups(self) -> list[dict[str, Any]]:
        """The groups that were kept, with their sizes."""
        with self._lock:
            catalogue = self._library.catalogue
            names = self._asked(catalogue.groups)
            return [
                {"number": number, "name": name, "songs": len(catalogue.members(number))}
                for number, name in names.items()
            ]

    def track(self, track: int) -> dict[str, Any]:
        """What is known of a track, with all its scores, best first."""
        found = self.find(track)
        with self._lock:
            songs = self._kept()
            place = songs.row(track)
            record = {**told(found), "warning": found.warning, "error": found.error}
            if place is not None:
                hearing, scores = songs.hearing, songs.scores[place]
                order = np.argsort(-scores, kind="stable")
                record["model"] = hearing.name
                record["scores"] = {
                    hearing.names[i]: round(float(scores[i]), DIGITS) for i in order
                }
                over = {hearing.names[i] for i in np.flatnonzero(scores >= hearing.thresholds)}
                record["tags"] = {
                    name: score for name, score in record["scores"].items() if name in over
                }
        return record

    def map(self, tag: str | None) -> dict[str, Any]:
        """A dot a song on the plane of most variance, with its group and a tag's score.

        ``x`` and ``y`` in [0, 1], ``ids``, ``groups`` (0 for none), ``titles``, and ``scores`` of
        the tag if one is asked for.
        """
        with self._lock:
            songs = self._kept()
            if tag is not None and tag not in songs.hearing.names:
                raise ProblemError(422, f"no tag {tag!r}")
            step = max(1, -(-len(songs) // MOST_DOTS))
            places = np.arange(0, len(songs), step)
            flat = _plane(songs.vectors)[places]
            ids = songs.ids[places]
            numbers = np.zeros(len(places), int)
            for number in songs.catalogue.groups():
                numbers[np.isin(ids, songs.catalogue.members(number))] = number
            titles = [printable(title_of(track)) for track in songs.tracks(places)]
            found = {
                "ids": ids.tolist(),
                "x": flat[:, 0].round(4).tolist(),
                "y": flat[:, 1].round(4).tolist(),
                "groups": numbers.tolist(),
                "titles": titles,
            }
            if tag is not None:
                column = songs.scores[places, songs.hearing.names.index(tag)]
                found["scores"] = column.astype(float).round(DIGITS).tolist()
        return found

    def find(self, track: int) -> Track:
        """A track by its number; ProblemError 404 where there is none."""
        with self._lock:
            found = self._asked(lambda: list(self._library.catalogue.tracks([track])))
        if not found:
            raise ProblemError(404, "no such track")
        return found[0]

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._library.close()

    def _kept(self) -> Songs:
        """The songs, read again where somebody wrote."""
        state = self._asked(self._library.catalogue.state)
        if self._songs is None or self._state != state:
            self._songs = self._asked(lambda: Songs.of(self._library.catalogue))
            self._state = state
        return self._songs

    def _asked(self, ask):
        """An answer, or what stands in the way as a problem that names no path."""
        try:
            return ask()
        except EarmarkError as error:
            sentence = str(error).replace(str(self._library.path), "the library")
            raise ProblemError(422, sentence) from None


def told(track: Track) -> dict[str, Any]:
    """A track as an answer; its file's name, not its folder."""
    return {
        "id": track.id,
        "title": printable(title_of(track)),
        "artist": track.artist,
        "album": track.album,
        "seconds": track.seconds,
        "file": printable(Path(track.path).name),
    }


def _plane(vectors: np.ndarray) -> np.ndarray:
    """Places [shape=(songs, 2), in [0, 1]] on the two principal components."""
    if len(vectors) < 2:
        return np.full((len(vectors), 2), 0.5)
    centred = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    flat = centred @ axes[:, -1:-3:-1]
    low, high = np.quantile(flat, [0.005, 0.995], axis=0)
    return np.clip((flat - low) / np.maximum(high - low, 1e-9), 0, 1)
