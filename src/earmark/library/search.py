"""Which songs of a library an expression is true of, the truest first."""

import os
from dataclasses import dataclass, field

import numpy as np

from earmark.errors import LibraryError
from earmark.library.catalogue import Catalogue
from earmark.library.rows import Hearing, Matrix
from earmark.vocabulary import Expression, evaluate, parse_expression
from earmark.vocabulary.columns import narrowed
from earmark.vocabulary.expressions import facts_of
from earmark.vocabulary.genres import find_map

GROUP = "group"  # the word before the number of a kept group


@dataclass(frozen=True)
class Answers:
    """Songs that an expression is true of, best first.

    Attributes
    ----------
    ids : np.ndarray [shape=(n,), int64], of tracks
    strengths : np.ndarray [shape=(n,), float32, in [.5, 1]], falling
    """

    ids: np.ndarray
    strengths: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)


def like_file(
    catalogue: Catalogue,
    path: str | os.PathLike,
    text: str,
    top: int | None = None,
    model: str | None = None,
) -> tuple[np.ndarray, np.ndarray, int]:
    """Songs that an expression is true of, those most like a file first.

    Parameters
    ----------
    catalogue : Catalogue
    path : path, of a song in the library or not
    text : str, an expression
    top : int or None, how many at most
    model : str or None, whose hearing

    Returns
    -------
    ids : np.ndarray [shape=(n,), int64], of tracks
    similarities : np.ndarray [shape=(n,), float32, in [-1, 1]], falling
    total : int, of how many songs the expression is true
    """
    from earmark.library.query import listen
    from earmark.library.songs import Songs

    songs = Songs.of(catalogue, model)
    true = np.isin(songs.ids, Search(catalogue)(text, songs.hearing.name).ids)
    places = np.flatnonzero(true)
    nearness = songs.vectors[places] @ listen(songs, path).vector
    order = np.argsort(-nearness, kind="stable")[:top]
    return songs.ids[places[order]], nearness[order], len(places)


@dataclass
class Search:
    """Ask a library; call it with an expression.

    Parameters
    ----------
    catalogue : Catalogue, open
    keep : bool
        Whether all scores stay in memory (75 MB for 100,000 songs) for further questions, until
        somebody writes into the library. Otherwise each question reads the columns it needs.

    Examples
    --------
    >>> with Catalogue("library.db") as catalogue:  # doctest: +SKIP
    ...     Search(catalogue)("violin and not slow").ids
    array([17, 4, 93])
    """

    catalogue: Catalogue
    keep: bool = False
    _state: int | None = None
    _kept: dict[int, Matrix] = field(default_factory=dict)
    _hearings: list[Hearing] = field(default_factory=list)

    def __call__(
        self, text: str, model: str | None = None, genre_map: str | None = None
    ) -> Answers:
        """Ask.

        Parameters
        ----------
        text : str, an expression; docs/expressions.md has the grammar
        model : str or None
            Whose hearing; None for the model that heard most. Of several versions of it, a song's
            last one counts.
        genre_map : str or None
            A map whose words may be asked for too: a shipped one's name, or a file.

        Returns
        -------
        Answers

        Raises
        ------
        ExpressionError
            The expression makes no sense.
        GenreMapError
            The map makes no sense.
        LibraryError
            The model heard nothing here, or a group is not kept.
        """
        self._look()
        best = self.catalogue.hearing(model, self._hearings)
        versions = [hearing for hearing in self._hearings if hearing.name == best.name]
        ids, strengths = [], []
        answered = np.zeros(0, np.int64)
        for hearing in sorted(versions, key=lambda hearing: -hearing.id):
            matrix, truth, strength = self._asked(text, hearing, genre_map)
            if len(versions) > 1:
                truth = truth & ~np.isin(matrix.ids, answered)
                answered = np.union1d(answered, matrix.ids)
            ids.append(matrix.ids[truth])
            strengths.append(strength[truth])
        found, strength = np.concatenate(ids), np.concatenate(strengths)
        order = np.lexsort((found, -strength))
        return Answers(found[order], strength[order])

    def _asked(
        self, text: str, hearing: Hearing, genre_map: str | None
    ) -> tuple[Matrix, np.ndarray, np.ndarray]:
        """Scores, truth and strength of all songs that one version of a model heard."""
        known = hearing.vocabulary
        defined = find_map(genre_map, known).defined if genre_map else None
        expression = parse_expression(text, known, facts=(GROUP,), defined=defined)
        places, narrow = narrowed(expression)
        if self.keep:
            if hearing.id not in self._kept:
                whole = self.catalogue.scores(hearing)
                self._kept[hearing.id] = Matrix(whole.ids, np.asfortranarray(whole.rows))
            whole = self._kept[hearing.id]
            matrix = Matrix(whole.ids, whole.rows[:, places])
        else:
            matrix = self.catalogue.scores(hearing, places)
        facts = self._facts(expression, matrix.ids)
        answer = evaluate(narrow, matrix.rows, hearing.thresholds[places], facts)
        return matrix, answer.truth, answer.strength

    def _facts(self, expression: Expression, ids: np.ndarray) -> dict[str, np.ndarray]:
        facts = {}
        for word in facts_of(expression):
            number = word.partition(":")[2]
            kept = self.catalogue.groups()
            if not number.isdecimal() or int(number) not in kept:
                known = f"those kept are {', '.join(map(str, kept))}" if kept else "none is kept"
                raise LibraryError(f"{self.catalogue.path}: no group {number}; {known}")
            facts[word] = np.isin(ids, self.catalogue.members(int(number)))
        return facts

    def _look(self) -> None:
        """Forget what was kept if somebody has written since."""
        state = self.catalogue.state()
        if state != self._state or not self.keep:
            self._state, self._hearings = state, self.catalogue.hearings()
            self._kept.clear()
