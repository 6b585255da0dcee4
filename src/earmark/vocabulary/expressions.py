"""Expressions over tags: text in, a question that any matrix of scores answers out.

``violin and slow and not female``, ``(techno or house) and not vocals``, ``rap > .6``: search,
playlists, genre maps, segments and censoring all ask in this one language (docs/expressions.md has
the grammar).

A bare tag is true where its score, or that of a synonym, reaches its threshold; a comparison looks
at the calibrated score of that tag alone. Beside the truth, each expression has a *strength* in
[0, 1] to rank by. That of a tag with score s and threshold t is s / (s + t), which is .5 at the
threshold; of a comparison the same with its number as t; "and", "or" and "not" take the minimum,
the maximum and the complement (Zadeh 1965, *Fuzzy sets*), so that what is true lies at .5 or above.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from earmark.vocabulary.vocabulary import Vocabulary

LEAST_THRESHOLD = 1e-6  # keeps strength defined where a threshold is 0


@dataclass(frozen=True)
class Answer:
    """What an expression says of scores.

    Attributes
    ----------
    truth : np.ndarray [shape=(...), bool]
    strength : np.ndarray [shape=(...), float32, in [0, 1]], to rank by
    """

    truth: np.ndarray
    strength: np.ndarray


@dataclass(frozen=True)
class Scores:
    """What an expression is asked about.

    Attributes
    ----------
    scores : np.ndarray [shape=(..., tags), in [0, 1]], calibrated
    thresholds : np.ndarray [shape=(tags,)], score from which a tag is true
    facts : mapping of str -> np.ndarray [shape=(...), bool], of words like ``group:3``
    """

    scores: np.ndarray
    thresholds: np.ndarray
    facts: Mapping[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """A bare tag: it or a synonym is over its threshold."""

    name: str
    places: tuple[int, ...]

    def __call__(self, of: Scores) -> Answer:
        """Truth and strength for each row of scores."""
        places = list(self.places)
        scores, thresholds = of.scores[..., places], of.thresholds[places]
        truth: np.ndarray = (scores >= thresholds).any(axis=-1)  # type: ignore[assignment]
        return Answer(truth, _strength(scores, thresholds).max(axis=-1))

    def __str__(self) -> str:
        return _quoted(self.name)

    def names(self) -> Iterator[str]:
        """Names of the tags that are asked for."""
        yield self.name


@dataclass(frozen=True)
class Compared:
    """A tag's own score against a number."""

    name: str
    place: int
    sign: str
    number: float

    def __call__(self, of: Scores) -> Answer:
        """Truth and strength for each row of scores."""
        scores = of.scores[..., self.place]
        strength = _strength(scores, np.float32(self.number))
        if self.sign == ">":
            return Answer(scores > self.number, strength)
        if self.sign == ">=":
            return Answer(scores >= self.number, strength)
        if self.sign == "<":
            return Answer(scores < self.number, 1 - strength)
        return Answer(scores <= self.number, 1 - strength)

    def __str__(self) -> str:
        return f"{_quoted(self.name)} {self.sign} {self.number:g}"

    def names(self) -> Iterator[str]:
        """Names of the tags that are asked for."""
        yield self.name


@dataclass(frozen=True)
class Fact:
    """A word with a colon, as ``group:3``, that whoever asks knows the truth of."""

    word: str

    def __call__(self, of: Scores) -> Answer:
        """Truth and strength for each row of scores."""
        truth = np.asarray(of.facts[self.word], bool)
        return Answer(truth, truth.astype(np.float32))

    def __str__(self) -> str:
        return self.word

    def names(self) -> Iterator[str]:
        """A fact asks for no tag."""
        yield from ()


@dataclass(frozen=True)
class Defined:
    """A word that stands for another expression, as a genre of a map."""

    name: str
    meaning: "Expression"

    def __call__(self, of: Scores) -> Answer:
        """Truth and strength for each row of scores."""
        return self.meaning(of)

    def __str__(self) -> str:
        return _quoted(self.name)

    def names(self) -> Iterator[str]:
        """Names of the tags that are asked for."""
        yield from self.meaning.names()


@dataclass(frozen=True)
class Not:
    """The opposite."""

    part: "Expression"

    def __call__(self, of: Scores) -> Answer:
        """Truth and strength for each row of scores."""
        answer = self.part(of)
        return Answer(~answer.truth, 1 - answer.strength)

    def __str__(self) -> str:
        inner = f"({self.part})" if isinstance(self.part, All | Any) else str(self.part)
        return f"not {inner}"

    def names(self) -> Iterator[str]:
        """Names of the tags that are asked for."""
        yield from self.part.names()


@dataclass(frozen=True)
class All:
    """Every part."""

    parts: tuple["Expression", ...]

    def __call__(self, of: Scores) -> Answer:
        """Truth and strength for each row of scores."""
        answers = [part(of) for part in self.parts]
        return Answer(
            np.logical_and.reduce([answer.truth for answer in answers]),
            np.minimum.reduce([answer.strength for answer in answers]),
        )

    def __str__(self) -> str:
        return " and ".join(f"({p})" if isinstance(p, Any) else str(p) for p in self.parts)

    def names(self) -> Iterator[str]:
        """Names of the tags that are asked for."""
        for part in self.parts:
            yield from part.names()


@dataclass(frozen=True)
class Any:
    """At least one part."""

    parts: tuple["Expression", ...]

    def __call__(self, of: Scores) -> Answer:
        """Truth and strength for each row of scores."""
        answers = [part(of) for part in self.parts]
        return Answer(
            np.logical_or.reduce([answer.truth for answer in answers]),
            np.maximum.reduce([answer.strength for answer in answers]),
        )

    def __str__(self) -> str:
        return " or ".join(map(str, self.parts))

    def names(self) -> Iterator[str]:
        """Names of the tags that are asked for."""
        for part in self.parts:
            yield from part.names()


Expression = Said | Compared | Fact | Defined | Not | All | Any


def evaluate(
    expression: Expression,
    scores: np.ndarray,
    thresholds: np.ndarray,
    facts: Mapping[str, np.ndarray] | None = None,
) -> Answer:
    """Ask an expression about a song, a timeline or a whole library at once.

    Parameters
    ----------
    expression : Expression, from :func:`earmark.vocabulary.parse_expression`
    scores : np.ndarray [shape=(..., tags), in [0, 1]], calibrated, of the vocabulary parsed for
    thresholds : np.ndarray [shape=(tags,)]
    facts : mapping of str -> np.ndarray [shape=(...), bool], or None
        The truth of each word with a colon that the expression uses.

    Returns
    -------
    Answer
        ``truth`` and ``strength`` [shape=(...)].

    Examples
    --------
    >>> from earmark.vocabulary import official_vocabulary, parse_expression
    >>> scores, thresholds = np.full((2, 188), 0.1), np.full(188, 0.3)
    >>> scores[0, official_vocabulary().index("violin")] = 0.6
    >>> answer = evaluate(parse_expression("violin and not rap"), scores, thresholds)
    >>> answer.truth.tolist(), answer.strength.round(2).tolist()
    ([True, False], [0.67, 0.25])
    """
    return expression(Scores(np.asarray(scores), np.asarray(thresholds), facts or {}))


def _strength(scores: np.ndarray, threshold: np.ndarray | np.float32) -> np.ndarray:
    scores = np.asarray(scores, np.float32)
    least = np.maximum(np.asarray(threshold, np.float32), LEAST_THRESHOLD)
    strength: np.ndarray = scores / (scores + least)
    return strength


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name


def facts_of(expression: Expression) -> Iterator[str]:
    """The words with a colon that an expression uses."""
    match expression:
        case Fact(word):
            yield word
        case Defined(_, part) | Not(part):
            yield from facts_of(part)
        case All(parts) | Any(parts):
            for part in parts:
                yield from facts_of(part)


def defined_in(expression: Expression) -> Iterator[str]:
    """The defined words that an expression uses itself, not through others."""
    match expression:
        case Defined(name, _):
            yield name
        case Not(part):
            yield from defined_in(part)
        case All(parts) | Any(parts):
            for part in parts:
                yield from defined_in(part)


def places_of(expression: Expression, vocabulary: Vocabulary) -> list[int]:
    """Places of the tags that an expression asks for, once each, in the vocabulary's order."""
    return sorted({vocabulary.index(name) for name in expression.names()})
