"""Ranking metrics of tagging: ROC-AUC and PR-AUC per tag and their macro mean, numpy only.

Conventions
-----------
``truth`` is boolean [shape=(songs, tags)], or float with 1 there, 0 absent, NaN unknown; ``scores``
is float of the same shape, higher means the tag fits better, NaN that the model does not know it.
Only songs in which both are known count for a tag. A tag counts only with enough positives and
negatives; others are NaN per tag and left out of the mean, which is over the tags that count.

References
----------
ROC-AUC is the Mann-Whitney statistic (Hanley & McNeil 1982), ties count half. PR-AUC is average
precision, the step-wise sum of precision over recall, as in scikit-learn's
``average_precision_score``. Intervals are those of :mod:`earmark.evaluation.bootstrap`.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from earmark.evaluation.bootstrap import METRICS, draw_weights, interval, macro_draws, tag_draws


def validate(truth: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """The truth as float; ValueError unless truth and scores can be compared."""
    if truth.shape != scores.shape or truth.ndim != 2:
        raise ValueError(
            f"truth {truth.shape} and scores {scores.shape} must both be (songs, tags)"
        )
    truth = truth.astype(np.float32)
    if not (np.isnan(truth) | (truth == 0) | (truth == 1)).all():
        raise ValueError("truth must be 1, 0, or NaN for unknown")
    if np.isinf(scores).any():
        raise ValueError("scores must not be infinite")
    return truth


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
    enough: np.ndarray = (positives >= least) & (len(truth) - positives >= least)
    return enough


def macro(
    metric: Callable[[np.ndarray, np.ndarray], float],
    truth: np.ndarray,
    scores: np.ndarray,
    tags: np.ndarray,
) -> float:
    """Mean of a metric over the tags marked in `tags`; NaN values of single tags do not count."""
    values = [metric(truth[:, j], scores[:, j]) for j in np.flatnonzero(tags)]
    return float(np.nanmean(values)) if values else float("nan")


def counts(truth: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Songs with and without each tag, of those in which truth and score are known.

    Returns
    -------
    positives, negatives : np.ndarray [shape=(tags,), int64]
    """
    known = ~np.isnan(scores)
    return ((truth == 1) & known).sum(0), ((truth == 0) & known).sum(0)


def per_tag(truth: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """ROC-AUC and average precision of each tag over the songs in which it is known.

    Returns
    -------
    roc_auc, pr_auc : np.ndarray [shape=(tags,), float64], NaN without positives or negatives
    """
    values = []
    for labels, own in zip(truth.T, scores.T, strict=True):
        known = ~np.isnan(labels) & ~np.isnan(own)
        there = labels[known] == 1
        values.append((roc_auc(there, own[known]), average_precision(there, own[known])))
    roc, pr = np.array(values, dtype=np.float64).reshape(-1, 2).T
    return roc, pr


def per_clip(truth: np.ndarray, scores: np.ndarray) -> tuple[float, float]:
    """ROC-AUC and average precision over the tags of each song, their means over songs.

    Songs without a tag that is there, or without one that is absent, are left out; NaN if all are.
    """
    values = np.stack(per_tag(truth.T, scores.T))
    there = ~np.isnan(values[0])
    if not there.any():
        return float("nan"), float("nan")
    roc, pr = values[:, there].mean(1)
    return float(roc), float(pr)


def evaluate(
    truth: np.ndarray,
    scores: np.ndarray,
    groups: np.ndarray,
    *,
    tags: Sequence[str] | None = None,
    least: int = 4,
    draws: int = 1000,
    seed: int = 0,
) -> dict[str, Any]:
    """Macro ROC-AUC and PR-AUC with counts and intervals, and what they are made of.

    Parameters
    ----------
    truth : np.ndarray [shape=(songs, tags)], boolean, or float with NaN for unknown
    scores : np.ndarray [shape=(songs, tags)], NaN for a tag that the model does not know
    groups : np.ndarray [shape=(songs,)], artists, kept together by the bootstrap
    tags : sequence of str or None, names of the columns; None leaves single tags out of the result
    least : int, positives and negatives that a tag needs to count
    draws, seed : int, of the bootstrap

    Returns
    -------
    dict
        ``songs``, ``tags`` (that count), ``roc_auc``, ``pr_auc``, ``roc_auc_ci`` and ``pr_auc_ci``
        ([low, high]), ``roc_auc_weighted`` and ``pr_auc_weighted`` (by positives), and
        ``roc_auc_per_clip`` and ``pr_auc_per_clip`` (over all tags that are known of a song, also
        those with too few positives). With `tags` also ``per_tag``, name -> ``positives``,
        ``negatives``, ``roc_auc`` and ``pr_auc`` of the tags that count, and ``too_few``, names of
        those that do not.

    Raises
    ------
    ValueError
        Shapes do not fit, truth is not 1, 0 or NaN, or a score is infinite.
    """
    truth = validate(truth, scores)
    for name, given, needed in (("groups", groups, 0), ("tags", tags, 1)):
        if given is not None and len(given) != truth.shape[needed]:
            raise ValueError(f"{len(given)} {name} do not fit truth {truth.shape}")
    positives, negatives = counts(truth, scores)
    counted = (positives >= max(least, 1)) & (negatives >= max(least, 1))
    result: dict[str, Any] = {"songs": len(truth), "tags": int(counted.sum())}
    values = dict(zip(METRICS, per_tag(truth[:, counted], scores[:, counted]), strict=True))
    if counted.any():
        drawn = tag_draws(truth, scores, counted, draw_weights(groups, draws, seed))
        intervals = [interval(macro_draws(drawn[name])) for name in METRICS]
    else:
        intervals = [[float("nan")] * 2 for _ in METRICS]
    for name, ends in zip(METRICS, intervals, strict=True):
        result[name] = float(np.mean(values[name])) if counted.any() else float("nan")
        result[f"{name}_ci"] = ends
    for name in METRICS:
        weights = positives[counted]
        weighted = np.average(values[name], weights=weights) if counted.any() else np.nan
        result[f"{name}_weighted"] = float(weighted)
    for name, value in zip(METRICS, per_clip(truth, scores), strict=True):
        result[f"{name}_per_clip"] = value
    if tags is not None:
        names = [tags[i] for i in np.flatnonzero(counted).tolist()]
        columns = {"positives": positives[counted], "negatives": negatives[counted], **values}
        rows = zip(*(column.tolist() for column in columns.values()), strict=True)
        result["per_tag"] = {
            name: dict(zip(columns, row, strict=True))
            for name, row in zip(names, rows, strict=True)
        }
        result["too_few"] = [tags[i] for i in np.flatnonzero(~counted).tolist()]
    return result
