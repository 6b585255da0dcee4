"""Ranking metrics of tagging: ROC-AUC and PR-AUC per tag and their macro mean, numpy only.

Conventions
-----------
``truth`` is boolean [shape=(songs, tags)], ``scores`` is float of the same shape; higher means the
tag fits better. A tag counts only with enough positives and negatives; others are NaN per tag and
left out of the mean, which is over the tags that count.

References
----------
ROC-AUC is the Mann-Whitney statistic (Hanley & McNeil 1982), ties count half. PR-AUC is average
precision, the step-wise sum of precision over recall, as in scikit-learn's
``average_precision_score``. Intervals are bootstrap percentiles over groups of songs (Efron 1979).
"""

from collections.abc import Callable
from typing import Any

import numpy as np


def validate(truth: np.ndarray, scores: np.ndarray) -> None:
    """Raise ValueError unless truth and scores can be compared."""
    if truth.shape != scores.shape or truth.ndim != 2:
        raise ValueError(
            f"truth {truth.shape} and scores {scores.shape} must both be (songs, tags)"
        )
    if truth.dtype != bool:
        raise ValueError(f"truth must be boolean, not {truth.dtype}")
    if np.isnan(scores).any():
        raise ValueError("scores must not be NaN")


def roc_auc(truth: np.ndarray, scores: np.ndarray) -> float:
    """Area under the ROC curve of one tag.

    Parameters
    ----------
    truth : np.ndarray [shape=(songs,), bool]
    scores : np.ndarray [shape=(songs,)]

    Returns
    -------
    float in [0, 1]
        Chance that a song with the tag scores higher than one without; NaN if either is missing.
    """
    positives, negatives = np.sort(scores[truth]), np.sort(scores[~truth])
    if not len(positives) or not len(negatives):
        return float("nan")
    below = np.searchsorted(negatives, positives, "left").sum()
    not_above = np.searchsorted(negatives, positives, "right").sum()
    return float((below + not_above) / 2 / (len(positives) * len(negatives)))


def average_precision(truth: np.ndarray, scores: np.ndarray) -> float:
    """Area under the precision-recall curve of one tag, as average precision.

    Parameters and the missing case are as in :func:`roc_auc`. Songs with equal scores are taken
    together.
    """
    if not truth.any() or truth.all():
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    hits = truth[order]
    last_of_ties = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    found = np.cumsum(hits)[last_of_ties]
    precision = found / (last_of_ties + 1)
    return float(np.sum(np.diff(found, prepend=0) * precision) / hits.sum())


def countable(truth: np.ndarray, least: int) -> np.ndarray:
    """Tags with at least `least` positives and as many negatives [shape=(tags,), bool]."""
    positives = truth.sum(0)
    return (positives >= least) & (len(truth) - positives >= least)


def macro(
    metric: Callable[[np.ndarray, np.ndarray], float],
    truth: np.ndarray,
    scores: np.ndarray,
    tags: np.ndarray,
) -> float:
    """Mean of a metric over the tags marked in `tags`; NaN values of single tags do not count."""
    values = [metric(truth[:, j], scores[:, j]) for j in np.flatnonzero(tags)]
    return float(np.nanmean(values)) if values else float("nan")


def bootstrap(
    statistic: Callable[[np.ndarray], float], groups: np.ndarray, draws: int, seed: int
) -> tuple[float, float]:
    """95 % interval of a statistic when groups of songs are drawn again with replacement.

    Parameters
    ----------
    statistic : callable, indices of songs -> float
    groups : np.ndarray [shape=(songs,)], songs of one artist share a value
    draws : int > 0
    seed : int

    Returns
    -------
    low, high : float, the 2.5 and 97.5 percentiles
    """
    rng = np.random.default_rng(seed)
    _, which = np.unique(groups, return_inverse=True)
    members = [np.flatnonzero(which == g) for g in range(which.max() + 1)]
    values = []
    for _ in range(draws):
        drawn = rng.integers(len(members), size=len(members))
        values.append(statistic(np.concatenate([members[g] for g in drawn])))
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)


def evaluate(
    truth: np.ndarray,
    scores: np.ndarray,
    groups: np.ndarray,
    *,
    least: int = 4,
    draws: int = 1000,
    seed: int = 0,
) -> dict[str, Any]:
    """Macro ROC-AUC and PR-AUC with counts and intervals.

    Parameters
    ----------
    truth : np.ndarray [shape=(songs, tags), bool]
    scores : np.ndarray [shape=(songs, tags)]
    groups : np.ndarray [shape=(songs,)], artists, kept together by the bootstrap
    least : int, positives and negatives that a tag needs to count
    draws, seed : int, of the bootstrap

    Returns
    -------
    dict
        ``songs``, ``tags`` (that count), ``roc_auc``, ``pr_auc``, ``roc_auc_ci`` and ``pr_auc_ci``
        ([low, high]).
    """
    validate(truth, scores)
    tags = countable(truth, least)
    result: dict[str, Any] = {"songs": len(truth), "tags": int(tags.sum())}
    for name, metric in (("roc_auc", roc_auc), ("pr_auc", average_precision)):
        result[name] = macro(metric, truth, scores, tags)

        def again(songs: np.ndarray, metric: Callable = metric) -> float:
            return macro(metric, truth[songs], scores[songs], tags)

        result[f"{name}_ci"] = list(bootstrap(again, groups, draws, seed))
    return result
