"""What is to be written comes from here: files that are heard now, or were heard for a library."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from earmark.errors import EarmarkError
from earmark.tagging.result import Tagging, Timeline
from earmark.vocabulary import Expression, Vocabulary, evaluate, parse_expression
from earmark.vocabulary.genres import GenreMap, find_map
from earmark.writing.values import wanted_values

if TYPE_CHECKING:
    from earmark.library import Catalogue, Hearing
    from earmark.tagging import Tagger


@dataclass(frozen=True)
class Heard:
    """A file, and what would stand in its fields if they were empty.

    Attributes
    ----------
    path : str
    wanted : dict of field -> list of str
    digest : bytes or None, of its sound where it is known already, with `size` and `mtime_ns`
    """

    path: str
    wanted: dict[str, list[str]]
    digest: bytes | None = None
    size: int = -1
    mtime_ns: int = -1


@dataclass(frozen=True)
class Choice:
    """What of that which was heard is written, and of which files.

    Attributes
    ----------
    genre_map : str or None, name or path of a map that makes genres of the scores
    where : str or None, an expression over tags: only files of which it holds
    limit : int or None, how many genres at most
    mood_map : str or None, name or path of a map that makes moods of the scores
    """

    genre_map: str | None = None
    where: str | None = None
    limit: int | None = None
    mood_map: str | None = None


def heard_files(
    paths: Iterable[str | EarmarkError],
    choice: Choice,
    make_tagger: "Callable[[], Tagger]",
    catalogue: "Catalogue | None" = None,
    model: str | None = None,
) -> Iterator[Heard | EarmarkError]:
    """Files with what is heard in them; those that a library knows unchanged are not heard again.

    A map or an expression that makes no sense is raised, a file that cannot be heard is not.

    Parameters
    ----------
    paths : iterable of paths, or errors in place of folders that cannot be used
    choice : Choice
    make_tagger : callable without arguments, is called when a file must be heard
    catalogue : Catalogue or None
    model : str or None, whose hearing in the library counts; None for the one that heard most

    Yields
    ------
    Heard, or the error of a file that cannot be heard; in order, without those left out
    """
    tagger, known = None, _Known(catalogue, model) if catalogue is not None else None
    chooser = _Chooser(choice)
    for path in paths:
        if isinstance(path, EarmarkError):
            yield path
            continue
        try:
            found = known.find(path) if known else None
            if found is None:
                tagger = tagger or make_tagger()
                found = tagger(path), {}
            tagging, facts = found
        except EarmarkError as error:
            yield error
            continue
        if heard := chooser(path, tagging, facts):
            yield heard


def heard_tracks(
    catalogue: "Catalogue", choice: Choice, model: str | None = None
) -> Iterator[Heard]:
    """All tracks of a library that a model heard, in the order of their ids."""
    hearing = catalogue.hearing(model)
    matrix = catalogue.scores(hearing)
    chooser = _Chooser(choice)
    for id, row in zip(matrix.ids, matrix.rows, strict=True):
        for track in catalogue.tracks([id]):  # none, if a scan has missed the file meanwhile
            facts = {"digest": track.digest, "size": track.size, "mtime_ns": track.mtime_ns}
            if heard := chooser(track.path, _tagging(hearing, row), facts):
                yield heard


class _Known:
    """What a library's best hearing says of a file, looked up by its path."""

    def __init__(self, catalogue: "Catalogue", model: str | None) -> None:
        self._catalogue = catalogue
        known = [one for one in catalogue.hearings() if model is None or one.name == model]
        self._hearing = known[0] if known else None
        self._matrix = catalogue.scores(self._hearing) if self._hearing else None

    def find(self, path: str) -> tuple[Tagging, dict] | None:
        track = self._catalogue.find(path)
        if track is None or self._hearing is None or self._matrix is None:
            return None
        try:
            seen = os.stat(path)
        except OSError:
            return None
        row = int(np.searchsorted(self._matrix.ids, track.id))
        there = row < len(self._matrix) and self._matrix.ids[row] == track.id
        if not there or (seen.st_size, seen.st_mtime_ns) != (track.size, track.mtime_ns):
            return None
        facts = {"digest": track.digest, "size": track.size, "mtime_ns": track.mtime_ns}
        return _tagging(self._hearing, self._matrix.rows[row]), facts


class _Chooser:
    """What of a tagging is to be written; maps and expression are read once, with its tags."""

    def __init__(self, choice: Choice) -> None:
        self._choice = choice
        self._vocabulary: Vocabulary | None = None
        self._rule: Expression | None = None
        self._genres: GenreMap | None = None
        self._moods: GenreMap | None = None

    def __call__(self, path: str, tagging: Tagging, facts: dict) -> Heard | None:
        choice = self._choice
        if self._vocabulary is not tagging.vocabulary:
            self._vocabulary = tagging.vocabulary
            self._rule = parse_expression(choice.where, self._vocabulary) if choice.where else None
            self._genres = self._map(choice.genre_map)
            self._moods = self._map(choice.mood_map)
        if self._rule and not evaluate(self._rule, tagging.scores, tagging.thresholds).truth:
            return None
        wanted = wanted_values(
            tagging.tags(),
            tagging.vocabulary,
            words=list(tagging.genres(self._genres)) if self._genres else None,
            moods=list(tagging.genres(self._moods)) if self._moods else None,
            limit=choice.limit,
        )
        return Heard(os.path.abspath(path), wanted, **facts)

    def _map(self, name: str | None) -> GenreMap | None:
        return find_map(name, self._vocabulary) if name else None


def _tagging(hearing: "Hearing", scores: np.ndarray) -> Tagging:
    """Scores of a library as a tagging, whose course over time and embedding are not needed."""
    nothing = np.zeros(0, np.float32)
    return Tagging(
        vocabulary=hearing.vocabulary,
        thresholds=hearing.thresholds,
        scores=scores,
        timeline=Timeline(nothing, nothing, np.zeros((0, len(scores)), np.float32)),
        embedding=nothing,
        model=hearing.name,
        seconds=0.0,
    )
