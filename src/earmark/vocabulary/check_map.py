"""A genre map in, what is odd about it out: rules that never or always hold, words that coincide.

Whether a rule *can* hold is decided without any song: truth changes only where a score crosses a
threshold or a number of the rule, so each tag of the rule takes a value in every gap between them,
all combinations are tried (or a seeded sample of them), and combinations in which a listener would
contradict himself ("slow" and "fast") are told apart. How often a rule *does* hold is counted on
scores, if there are any.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from earmark.vocabulary.expressions import (
    All,
    Any,
    Compared,
    Defined,
    Expression,
    Fact,
    Not,
    Said,
    evaluate,
)
from earmark.vocabulary.genres import GenreMap
from earmark.vocabulary.vocabulary import Vocabulary

MOST = 20_000  # combinations that are tried; a sample of this many stands for more
COINCIDE = 0.9  # share of the rarer word's songs from which two words are said to coincide
RARE, USUAL = 0.001, 0.9  # share of songs below and above which a rule says little
FEWEST = 20  # songs of the rarer word without which nothing is said of coincidence


@dataclass(frozen=True)
class MapCheck:
    """What was found.

    Attributes
    ----------
    faults : tuple of str, sentences about rules that cannot work
    doubts : tuple of str, sentences about rules that say little
    shares : dict of word -> share of the songs for which it holds; empty without songs
    unnamed : float or None, share of the songs that get no word at all; None without songs
    """

    faults: tuple[str, ...]
    doubts: tuple[str, ...]
    shares: dict[str, float]
    unnamed: float | None


def check_map(
    genre_map: GenreMap,
    vocabulary: Vocabulary,
    thresholds: np.ndarray,
    scores: np.ndarray | None = None,
) -> MapCheck:
    """Look for what is odd about a map.

    Parameters
    ----------
    genre_map : GenreMap
    vocabulary : Vocabulary, the one it was read for
    thresholds : np.ndarray [shape=(tags,)]
    scores : np.ndarray [shape=(songs, tags)] or None
        Calibrated scores of example songs, to count on.
    """
    faults, doubts = [], []
    for rule in genre_map.rules:
        never, always, opposed = possible(rule.expression, vocabulary, thresholds)
        if never:
            faults.append(f"{rule.word!r} can never hold: {rule.text}")
        elif always:
            faults.append(f"{rule.word!r} always holds: {rule.text}")
        elif opposed:
            doubts.append(f"{rule.word!r} holds only where tags contradict each other: {rule.text}")
    if scores is None or not len(scores):
        return MapCheck(tuple(faults), tuple(doubts), {}, None)
    truth = genre_map(scores, thresholds).truth
    shares = dict(zip(genre_map.words, truth.mean(axis=0).tolist(), strict=True))
    for word, share in shares.items():
        if share < RARE:
            doubts.append(f"{word!r} held for {share:.1%} of {len(scores)} songs")
        elif share > USUAL:
            doubts.append(f"{word!r} held for {share:.0%} of {len(scores)} songs")
    doubts += _coincidences(genre_map.words, truth)
    return MapCheck(tuple(faults), tuple(doubts), shares, float((~truth.any(axis=1)).mean()))


def possible(
    expression: Expression, vocabulary: Vocabulary, thresholds: np.ndarray
) -> tuple[bool, bool, bool]:
    """Whether an expression never holds, always holds, holds only where tags contradict.

    Scores between a threshold and the next are all alike to an expression, so one of each is tried.
    """
    levels = {}
    for place, numbers in _numbers(expression, thresholds).items():
        edges = sorted({0.0, *numbers, 1.0})
        between = [(low + high) / 2 for low, high in pairwise(edges)]
        levels[place] = np.array(sorted({*edges, *between}), np.float32)
    places = sorted(levels)
    count = int(np.prod([float(len(levels[place])) for place in places]))
    if count <= MOST:
        grid = np.meshgrid(*(levels[place] for place in places), indexing="ij")
        columns = [axis.ravel() for axis in grid]
    else:
        columns = _sampled([levels[place] for place in places])
    rows = len(columns[0]) if columns else 1
    scores = np.zeros((rows, len(vocabulary)), np.float32)
    for place, column in zip(places, columns, strict=True):
        scores[:, place] = column
    facts = dict.fromkeys(_facts(expression), np.zeros(rows, bool))
    truth = evaluate(expression, scores, thresholds, facts).truth
    said = scores >= thresholds
    sound = np.ones(rows, bool)
    for a, b in combinations(places, 2):
        if vocabulary.contradicts(vocabulary.names[a], vocabulary.names[b]):
            sound &= ~(said[:, a] & said[:, b])
    never = not truth.any()
    return never, bool(truth.all()), not never and not (truth & sound).any()


def _sampled(levels: list[np.ndarray]) -> list[np.ndarray]:
    """Combinations from nearly all low to nearly all high, which chance alone would not draw."""
    random = np.random.default_rng(0)
    skew = 4.0 ** random.uniform(-4, 4, MOST)
    skew[:2] = np.inf, 0  # all lowest, all highest
    draws = np.minimum(random.random((len(levels), MOST)), 1 - 1e-9)
    return [
        values[np.minimum((len(values) * draw**skew).astype(int), len(values) - 1)]
        for values, draw in zip(levels, draws, strict=True)
    ]


def _numbers(expression: Expression, thresholds: np.ndarray) -> dict[int, set[float]]:
    """For each tag of an expression the scores at which its truth changes."""
    found: dict[int, set[float]] = {}
    for part in _leaves(expression):
        if isinstance(part, Said):
            for place in part.places:
                found.setdefault(place, set()).add(float(thresholds[place]))
        elif isinstance(part, Compared):
            found.setdefault(part.place, set()).add(part.number)
    return found


def _facts(expression: Expression) -> list[str]:
    return [part.word for part in _leaves(expression) if isinstance(part, Fact)]


def _leaves(expression: Expression) -> Iterator[Said | Compared | Fact]:
    match expression:
        case Defined(_, part) | Not(part):
            yield from _leaves(part)
        case All(parts) | Any(parts):
            for part in parts:
                yield from _leaves(part)
        case _:
            yield expression


def _coincidences(words: tuple[str, ...], truth: np.ndarray) -> list[str]:
    """Pairs of words of which the rarer one hardly comes without the other."""
    said = []
    counts = truth.sum(axis=0)
    for a, b in combinations(range(len(words)), 2):
        rarer, other = (a, b) if counts[a] <= counts[b] else (b, a)
        if counts[rarer] >= FEWEST:
            share = (truth[:, rarer] & truth[:, other]).sum() / counts[rarer]
            if share >= COINCIDE:
                said.append(f"{share:.0%} of {words[rarer]!r} is {words[other]!r} as well")
    return said
