"""Songs that somebody sorted in, a readable genre map out.

Each shelf gets a rule of at most three alternatives, each of which asks at most three things of the
scores, as ``rock > .31 and vocals < .12 or metal > .2``. Alternatives are found one after the other
(sequential covering, Michalski 1969), each grown greedily from the condition that tells the shelf
from the rest best: by the F1 score of the whole rule, with shelf and rest weighing the same, so
that a small shelf is not forgotten. On few songs many conditions are equally right, most of them
by chance: so the fewer there are, the more it counts how clearly a condition parts them, and
numbers lie in the middle between both sides. Songs for which no rule holds stay without a word.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from earmark.errors import GenreMapError
from earmark.folds import grouped_folds
from earmark.vocabulary.conditions import Candidates, Condition, candidates
from earmark.vocabulary.genres import GenreMap, parse_map
from earmark.vocabulary.vocabulary import Vocabulary

CONDITIONS, ALTERNATIVES = 3, 3
GAIN = 0.01  # F1 that a further condition or alternative must bring, or the rule is longer for it
CLEARNESS = 0.4  # F1 that a clear gap is worth on a shelf of one song; on one of ten, a tenth of it
FEWEST = 4  # songs a shelf needs
PART = 256  # conditions that are counted at once, so that memory stays small
SHARE = 0.1  # of the shelf's songs that an alternative must find


@dataclass(frozen=True)
class Quality:
    """How a way of learning does on songs that it has not seen.

    Attributes
    ----------
    songs, answered, right : int
        Songs, those that got a word, those whose best word is their shelf.
    words : tuple of str, the shelves
    confusion : np.ndarray [shape=(shelves, shelves + 1), int]
        Songs by their shelf and their best word; the last column has those without a word.
    """

    songs: int
    answered: int
    right: int
    words: tuple[str, ...]
    confusion: np.ndarray

    @property
    def by_shelf(self) -> dict[str, float]:
        """Share of each shelf's songs whose best word is the shelf."""
        sums = self.confusion.sum(axis=1)
        return {w: float(self.confusion[i, i] / sums[i]) for i, w in enumerate(self.words)}


def learn_map(
    scores: np.ndarray, shelves: Sequence[str], vocabulary: Vocabulary, name: str = "learned"
) -> tuple[GenreMap, dict[str, str]]:
    """Fit a rule to each shelf.

    Parameters
    ----------
    scores : np.ndarray [shape=(songs, tags), in [0, 1]], calibrated
    shelves : sequence of str [length=songs], where somebody put each song
    vocabulary : Vocabulary of the scores

    Returns
    -------
    GenreMap
    table : dict of word -> rule, as it is written to TOML

    Raises
    ------
    GenreMapError
        Fewer than two shelves, or a shelf of too few songs.
    """
    names, which = np.unique(np.asarray(shelves, dtype=object).astype(str), return_inverse=True)
    if len(names) < 2:
        raise GenreMapError("a map is learned from at least two folders or tags")
    counts = np.bincount(which)
    if counts.min() < FEWEST:
        few = str(names[counts.argmin()])
        raise GenreMapError(f"{few!r} has {counts.min()} songs; at least {FEWEST} are needed")
    scores = np.asarray(scores, np.float32)
    table = {str(w): _rule(scores, which == i, vocabulary) for i, w in enumerate(names)}
    return parse_map(table, vocabulary, name), table


def cross_validate(
    scores: np.ndarray,
    shelves: Sequence[str],
    groups: Sequence[str],
    vocabulary: Vocabulary,
    thresholds: np.ndarray,
    folds: int = 5,
) -> Quality:
    """Learn without a part of the groups, name that part; in turn for every part.

    Parameters
    ----------
    groups : sequence of str [length=songs]
        Artist or source, which is never on both sides.
    folds : int > 1
        Fewer where there are fewer groups.
    """
    names, which = np.unique(np.asarray(shelves, dtype=object).astype(str), return_inverse=True)
    if len(set(groups)) < 2:
        raise GenreMapError("all songs are of one artist or group, so nothing can be validated")
    fold = grouped_folds(groups, folds, kinds=which)
    confusion = np.zeros((len(names), len(names) + 1), int)
    for part in range(fold.max() + 1):
        known, asked = fold != part, np.flatnonzero(fold == part)
        # A shelf with too few songs left gets no rule; its songs then count as not named right.
        enough = [i for i in range(len(names)) if (which[known] == i).sum() >= FEWEST]
        rules = {str(names[i]): _rule(scores[known], which[known] == i, vocabulary) for i in enough}
        if rules:
            answer = parse_map(rules, vocabulary)(scores[asked], thresholds)
            best = np.where(answer.truth, answer.strength, -1).argmax(axis=1)
            found = np.where(answer.truth.any(axis=1), np.array(enough)[best], len(names))
        else:
            found = np.full(len(asked), len(names))
        np.add.at(confusion, (which[asked], found), 1)
    return Quality(
        songs=len(which),
        answered=int(confusion[:, :-1].sum()),
        right=int(np.trace(confusion)),
        words=tuple(map(str, names)),
        confusion=confusion,
    )


def _rule(scores: np.ndarray, inside: np.ndarray, vocabulary: Vocabulary) -> str:
    """The text of the best rule for the songs that are `inside`."""
    tried = candidates(scores, inside)
    weights = np.where(inside, 0.5 / inside.sum(), 0.5 / max(1, (~inside).sum()))
    alternatives: list[str] = []
    found, best = np.zeros(len(inside), bool), 0.0
    for _ in range(ALTERNATIVES):
        chosen, truth, quality = _alternative(tried, inside, weights, found)
        fresh = (truth & inside & ~found).sum()
        if alternatives and (quality < best + GAIN or fresh < max(2, SHARE * inside.sum())):
            break
        alternatives.append(" and ".join(one.text(vocabulary) for one in chosen))
        found, best = found | truth, quality
    return " or ".join(alternatives)


def _alternative(
    tried: Candidates, inside: np.ndarray, weights: np.ndarray, found: np.ndarray
) -> tuple[list[Condition], np.ndarray, float]:
    """The conditions of one more alternative, where it holds, and F1 of the whole rule with it."""
    chosen: list[Condition] = []
    truth, best = np.ones(len(inside), bool), 0.0
    for _ in range(CONDITIONS):
        quality = _f1((tried.holds & truth) | found, inside, weights)
        place = _clearest(tried, quality, truth, CLEARNESS / inside.sum())
        if chosen and quality[place] < best + GAIN:
            place = int(quality.argmax())  # a clear one that adds nothing hides none that does
            if quality[place] < best + GAIN:
                break
        condition, holds = tried.centred(place, truth)
        chosen.append(condition)
        truth, best = truth & holds, float(quality[place])
    return chosen, truth, best


def _clearest(tried: Candidates, quality: np.ndarray, some: np.ndarray, worth: float) -> int:
    """The best condition, where clearness counts `worth` beside quality."""
    near = np.flatnonzero(quality >= quality.max() - worth)
    clear = np.array([tried.clearness(int(row), some) for row in near])
    return int(near[(quality[near] + worth * clear).argmax()])


def _f1(truth: np.ndarray, inside: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """F1 of each row of `truth`, shelf and rest weighing the same."""
    both = np.stack([weights * inside, weights], axis=1).astype(np.float32)
    parts = [truth[first : first + PART] @ both for first in range(0, len(truth), PART)]
    hit, said = np.concatenate(parts).T
    quality: np.ndarray = 2 * hit / (said + (weights * inside).sum())
    return quality
