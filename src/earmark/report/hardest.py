"""The songs that a model gets most wrong: which of their tags it missed, and what it heard instead.

A song's mark is the average precision of its tags: 1 if all its true tags score above all absent
ones, near 0 if they come last. Tags of which the truth or the score is unknown do not count.
"""

from dataclasses import dataclass

import numpy as np

from earmark.evaluation.metrics import average_precision
from earmark.evaluation.predictions import Predictions
from earmark.evaluation.topk import rank

WRONG = 5  # tags heard instead that are named


@dataclass(frozen=True)
class PlacedTag:
    """One tag of a song: its score, and its place among all scores of the song, from 1."""

    tag: str
    score: float
    place: int


@dataclass(frozen=True)
class HardSong:
    """A song that a model gets wrong.

    Attributes
    ----------
    file : str
    group : str, its artist or source; '' where nobody knows
    precision : float in (0, 1], average precision of its tags
    true : tuple of PlacedTag, all its tags that the model knows, the highest score first
    wrong : tuple of PlacedTag, the highest scores of tags that are absent, at most `WRONG`
    """

    file: str
    group: str
    precision: float
    true: tuple[PlacedTag, ...]
    wrong: tuple[PlacedTag, ...]


def hardest_songs(predictions: Predictions, n: int) -> list[HardSong]:
    """The `n` songs of the lowest average precision, the lowest first, equal ones by their order.

    Songs without a known tag, and songs of which nothing is known to be absent, are left out.
    """
    marks = np.array(
        [_mark(*song) for song in zip(predictions.truth, predictions.scores, strict=True)]
    )
    order = np.argsort(marks, kind="stable")  # NaN, a song without a mark, comes last
    return [_song(predictions, i, float(marks[i])) for i in order[:n] if not np.isnan(marks[i])]


def _mark(truth: np.ndarray, scores: np.ndarray) -> float:
    known = ~np.isnan(truth) & ~np.isnan(scores)
    return average_precision(truth[known] == 1, scores[known])


def _song(predictions: Predictions, song: int, mark: float) -> HardSong:
    truth, scores = predictions.truth[song], predictions.scores[song]
    places = rank(scores[None])[0]

    def heard(value: int) -> tuple[PlacedTag, ...]:
        which = np.flatnonzero((truth == value) & (places >= 0))
        which = which[np.argsort(places[which])]
        return tuple(
            PlacedTag(predictions.tags[i], float(scores[i]), int(places[i]) + 1) for i in which
        )

    file, group = predictions.files[song], str(predictions.groups[song])
    return HardSong(file, group, mark, heard(1), heard(0)[:WRONG])
