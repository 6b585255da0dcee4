"""Maps from what is heard to words of anybody's own: genres, moods, shelves of a record shop.

A map is a TOML file with a rule a word, an expression over tags::

    "cult" = "eerie and chanting and dark and not happy"
    "club" = { when = "techno or house or trance", weight = 1.2 }

    [about]
    summary = "what our radio station calls its programmes"

A word holds where its rule is true. Words are ranked by the rule's strength (see
:mod:`earmark.vocabulary.expressions`) times its weight, which is 1 if the map does not say. A rule
may use other words of the map, unless they are tags as well; no word may lead back to itself.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from earmark.errors import EarmarkError, GenreMapError, UnknownMapError
from earmark.vocabulary.expressions import Answer, Expression, defined_in, evaluate
from earmark.vocabulary.parse import parse_expression
from earmark.vocabulary.vocabulary import Vocabulary, official_vocabulary

SHIPPED = Path(__file__).with_name("maps")
ABOUT = "about"
DEEPEST = 50  # words built on words; more is a mistake


@dataclass(frozen=True)
class Rule:
    """When a word fits.

    Attributes
    ----------
    word : str
    text : str, the rule as the map has it
    expression : Expression
    weight : float > 0, factor of the strength when words are ranked
    """

    word: str
    text: str
    expression: Expression
    weight: float = 1.0


@dataclass(frozen=True)
class GenreMap:
    """Rules in the order of the file.

    Attributes
    ----------
    name : str, of a shipped map, or the path
    summary : str, one line; '' where the map does not say
    rules : tuple of Rule
    """

    name: str
    summary: str
    rules: tuple[Rule, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the map."""
        return tuple(rule.word for rule in self.rules)

    @property
    def defined(self) -> dict[str, Expression]:
        """Each word with its meaning, as :func:`~earmark.vocabulary.parse_expression` takes it."""
        return {rule.word: rule.expression for rule in self.rules}

    def __call__(self, scores: np.ndarray, thresholds: np.ndarray) -> Answer:
        """Which words fit, for any number of sounds at once.

        Parameters
        ----------
        scores : np.ndarray [shape=(..., tags), in [0, 1]], calibrated
        thresholds : np.ndarray [shape=(tags,)]

        Returns
        -------
        Answer
            ``truth`` and ``strength`` [shape=(..., words)]; strengths have their weights.
        """
        answers = [evaluate(rule.expression, scores, thresholds) for rule in self.rules]
        weights = [np.float32(rule.weight) for rule in self.rules]
        return Answer(
            np.stack([answer.truth for answer in answers], axis=-1),
            np.stack(
                [a.strength * weight for a, weight in zip(answers, weights, strict=True)], axis=-1
            ),
        )

    def ranked(self, scores: np.ndarray, thresholds: np.ndarray) -> dict[str, float]:
        """The words that fit one sound, best first, with their strengths; none is an answer."""
        answer = self(scores, thresholds)
        order = np.argsort(-answer.strength, kind="stable")
        words = self.words
        return {words[i]: float(answer.strength[i]) for i in order if answer.truth[i]}


def map_names() -> list[str]:
    """Names of the shipped maps."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def find_map(name: str | os.PathLike[str], vocabulary: Vocabulary | None = None) -> GenreMap:
    """A shipped map by name, or a map file by path.

    Parameters
    ----------
    name : str or path
    vocabulary : Vocabulary or None
        The tags in the order of the scores that the map will be asked about; None for the official
        ones.

    Raises
    ------
    GenreMapError
        No such map, or one that makes no sense; the sentence names the map and the word.
    """
    if isinstance(name, str) and name in map_names():
        return read_map(SHIPPED / f"{name}.toml", vocabulary, name)
    if not os.path.exists(name):
        shipped = ", ".join(map_names())
        raise UnknownMapError(f"no map {os.fspath(name)!r}: not a file and not one of {shipped}")
    return read_map(name, vocabulary)


def read_map(
    path: str | os.PathLike[str], vocabulary: Vocabulary | None = None, name: str | None = None
) -> GenreMap:
    """Read a map file; errors as of :func:`find_map`."""
    path = Path(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise GenreMapError(f"map {path} cannot be read: {error.strerror}") from error
    return map_from_text(content, vocabulary, name or os.fspath(path), f"map {path}")


def map_from_text(
    content: str | bytes,
    vocabulary: Vocabulary | None = None,
    name: str = "map",
    called: str = "the map",
) -> GenreMap:
    """A map from the text of its file; GenreMapError, in which it is `called` so."""
    try:
        text = content.decode() if isinstance(content, bytes) else content
        table = tomllib.loads(text.replace("\r\n", "\n"))
    except ValueError as error:
        raise GenreMapError(f"{called} is no TOML: {error}") from error
    except RecursionError:
        raise GenreMapError(f"{called} is nested too deeply") from None
    try:
        return parse_map(table, vocabulary, name)
    except EarmarkError as error:
        raise GenreMapError(f"{called}: {error}") from error


def parse_map(
    table: Mapping[str, Any], vocabulary: Vocabulary | None = None, name: str = "map"
) -> GenreMap:
    """A map from what its TOML file holds: rules by word, and perhaps ``about``.

    Raises
    ------
    GenreMapError
        One sentence that names the word.
    """
    vocabulary = vocabulary or official_vocabulary()
    about = table.get(ABOUT, {})
    told = isinstance(about, Mapping) and "when" not in about
    entries = {word: entry for word, entry in table.items() if not (told and word == ABOUT)}
    if not entries:
        raise GenreMapError('it has no rules, such as "cult" = "eerie and chanting"')
    texts = {word: _text_and_weight(word, entry) for word, entry in entries.items()}
    expressions = _resolved({word: text for word, (text, _) in texts.items()}, vocabulary)
    rules = tuple(
        Rule(word, text, expressions[word], weight) for word, (text, weight) in texts.items()
    )
    summary = str(about.get("summary", "")) if told else ""
    return GenreMap(name, summary, rules)


def _text_and_weight(word: str, entry: Any) -> tuple[str, float]:
    if not word.strip():
        raise GenreMapError("a word is empty")
    if isinstance(entry, str):
        return entry, 1.0
    if not isinstance(entry, Mapping) or not isinstance(entry.get("when"), str):
        raise GenreMapError(f"{word!r} is neither a rule in text nor a table with 'when'")
    if unknown := entry.keys() - {"when", "weight"}:
        raise GenreMapError(f"{word!r} has {min(unknown)!r}, which is neither 'when' nor 'weight'")
    weight = entry.get("weight", 1.0)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < 1e6:
        raise GenreMapError(f"{word!r} has the weight {weight!r}, which is not a number over 0")
    return entry["when"], float(weight)


def _resolved(texts: Mapping[str, str], vocabulary: Vocabulary) -> dict[str, Expression]:
    """Expressions whose words are replaced by their meanings, whatever the order of the file."""
    tags = {name.casefold() for name in vocabulary}
    # A first reading, in which words mean nothing yet, tells which rule needs which.
    unknown = parse_expression(vocabulary.names[0], vocabulary)
    names = {word: unknown for word in texts if word.casefold() not in tags}
    needs = {
        word: set(defined_in(_parsed(word, text, vocabulary, names)))
        for word, text in texts.items()
    }
    done: dict[str, Expression] = {}

    def resolve(word: str, path: tuple[str, ...]) -> None:
        if word in path:
            circle = " -> ".join((*path[path.index(word) :], word))
            raise GenreMapError(f"{word!r} leads back to itself ({circle})")
        if word in done:
            return
        if len(path) == DEEPEST:
            raise GenreMapError(f"{path[0]!r} is built on more than {DEEPEST} words in a row")
        for needed in sorted(needs[word]):
            resolve(needed, (*path, word))
        known = {needed: done[needed] for needed in needs[word]}
        done[word] = _parsed(word, texts[word], vocabulary, known)

    for word in texts:
        resolve(word, ())
    return done


def _parsed(
    word: str, text: str, vocabulary: Vocabulary, defined: Mapping[str, Expression]
) -> Expression:
    try:
        return parse_expression(text, vocabulary, defined=defined)
    except EarmarkError as error:
        raise GenreMapError(f"{word!r}: {error}") from error
