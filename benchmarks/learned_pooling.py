"""Pooling over windows that is learned from songs: an exponent for each category of tags."""

import numpy as np

from earmark.evaluation.metrics import countable, evaluate
from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.top50 import TOP_50
from workshop.measure import LEAST

EXPONENTS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0)


def learned_exponents(pooled: np.ndarray, truth: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Scores of songs, pooled for each category of tags as is best for the other folds' songs.

    Best is the highest sum of both macro measures over the category's tags.

    Parameters
    ----------
    pooled : np.ndarray [shape=(exponents, songs, 50)], scores of the top 50 tags with each exponent
    truth : np.ndarray [shape=(songs, 50), bool]
    fold : np.ndarray [shape=(songs,)]

    Returns
    -------
    np.ndarray [shape=(songs, 50)]
    """
    categories = np.array([official_vocabulary().tag(tag).category for tag in TOP_50])
    found = np.empty_like(pooled[0])
    for number in np.unique(fold):
        own, counted = fold == number, countable(truth[fold != number], LEAST)
        for category in np.unique(categories):
            tags = np.flatnonzero((categories == category) & counted)
            sums = [_both(truth[~own][:, tags], scores[~own][:, tags]) for scores in pooled]
            place = np.ix_(own, categories == category)
            found[place] = pooled[int(np.argmax(sums))][place]
    return found


def _both(truth: np.ndarray, scores: np.ndarray) -> float:
    if not truth.shape[1]:
        return 0.0
    measured = evaluate(truth, scores, np.arange(len(truth)), least=LEAST, draws=1)
    return measured["roc_auc"] + measured["pr_auc"]
