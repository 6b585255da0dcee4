"""Embeddings of songs: from a library that has them, and by listening for the rest."""

import os
from pathlib import Path

import numpy as np

from earmark.errors import EarmarkError, LibraryError
from earmark.library import Catalogue
from earmark.library.connect import default_library_path
from earmark.messages import progress
from earmark.tagging import Tagger

OTHERS = 1000  # songs of the library at most that stand for all other music


def embeddings_of(
    files: list[str], tagger: Tagger, library: Path | None, jobs: int, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What a model hears in songs, and in other music of the library.

    Parameters
    ----------
    files : list of str
    tagger : Tagger
    library : Path or None
        None for the user's own, if there is one.
    jobs : int > 0, processes that listen
    seed : int, decides which other songs are drawn

    Returns
    -------
    embeddings : np.ndarray [shape=(heard, d), float32]
    places : np.ndarray [shape=(heard,), int64], which of `files` could be heard
    others : np.ndarray [shape=(n, d), float32], of songs of the library that are none of `files`
    """
    path = library or default_library_path()
    known: dict[int, np.ndarray] = {}
    others = np.zeros((0, 0), np.float32)
    if library is not None or path.exists():
        with Catalogue(path) as catalogue:
            known, others = _known(catalogue, files, tagger, seed)
    missing = [place for place in range(len(files)) if place not in known]
    if missing:
        with progress("listening", len(missing)) as messages:
            heard = tagger.files([files[place] for place in missing], min(jobs, len(missing)))
            for place, (_, tagging) in zip(missing, heard, strict=True):
                messages.advance()
                if isinstance(tagging, EarmarkError):
                    messages.say(str(tagging))
                else:
                    known[place] = tagging.embedding
    places = np.array(sorted(known), np.int64)
    d = len(next(iter(known.values()))) if known else 0
    rows = np.array([known[place] for place in places], np.float32).reshape(len(places), d)
    return rows, places, others if others.size else np.zeros((0, d), np.float32)


def _known(
    catalogue: Catalogue, files: list[str], tagger: Tagger, seed: int
) -> tuple[dict[int, np.ndarray], np.ndarray]:
    """Embeddings of files that are as the library heard them, and of other songs."""
    with catalogue.snapshot():
        hearings = [one for one in catalogue.hearings() if tagger.card.is_of(one.sha256)]
        if not hearings:
            return {}, np.zeros((0, 0), np.float32)
        matrix = catalogue.embeddings(hearings[0])
        tracks = {place: catalogue.find(file) for place, file in enumerate(files)}
    rows = {id: row for row, id in enumerate(matrix.ids.tolist())}
    known, used = {}, set()
    for place, track in tracks.items():
        if track is not None and track.id in rows:
            used.add(rows[track.id])
            if _unchanged(files[place], track.size, track.mtime_ns):
                known[place] = matrix.rows[rows[track.id]]
    rest = np.setdiff1d(np.arange(len(matrix)), list(used))
    drawn = np.random.default_rng(seed).permutation(rest)[:OTHERS]
    return known, matrix.rows[np.sort(drawn)]


def _unchanged(file: str, size: int, mtime_ns: int) -> bool:
    try:
        now = os.stat(file)
    except OSError:
        return False
    return (now.st_size, now.st_mtime_ns) == (size, mtime_ns)


def needs_library(library: Path | None) -> None:
    """LibraryError where a library that the user names is not there."""
    if library is not None and not library.is_file():
        raise LibraryError(f"no library at {library}: earmark scan FOLDER makes one")
