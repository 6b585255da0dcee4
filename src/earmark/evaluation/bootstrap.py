"""Intervals by drawing songs again, with all draws of a tag computed at once.

Conventions
-----------
A draw takes as many groups (artists) as there are, with replacement (Efron 1979; groups, because
songs of one artist are alike). That gives each song a weight, how often it was drawn, and weighted
ROC-AUC and average precision equal the plain ones of the drawn songs. ``truth`` is float
[shape=(songs, tags)] with NaN for unknown, ``scores`` has the same shape.

Intervals are the 2.5 and 97.5 percentiles of the draws; tags that a draw leaves without a positive
or without a negative are left out of that draw's mean.
"""

from dataclasses import dataclass

import numpy as np

METRICS = ("roc_auc", "pr_auc")


def draw_weights(groups: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """How often each song was drawn.

    Parameters
    ----------
    groups : np.ndarray [shape=(songs,)], songs of one artist share a value
    draws : int > 0
    seed : int

    Returns
    -------
    np.ndarray [shape=(draws, songs), float32]
    """
    _, which = np.unique(groups, return_inverse=True)
    count = which.max() + 1
    rng = np.random.default_rng(seed)
    drawn = rng.integers(count, size=(draws, count))
    times = np.zeros((draws, count), np.float32)
    np.add.at(times, (np.arange(draws)[:, None], drawn), 1)
    return times[:, which]


def weighted_curves(
    truth: np.ndarray, scores: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """ROC-AUC and average precision of one tag in every draw.

    Parameters
    ----------
    truth : np.ndarray [shape=(songs,), bool]
    scores : np.ndarray [shape=(songs,)]
    weights : np.ndarray [shape=(draws, songs)], each >= 0

    Returns
    -------
    roc_auc, pr_auc : np.ndarray [shape=(draws,), float64], NaN without positives or negatives
    """
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    drawn = weights[:, order].astype(np.float64)
    hits = np.cumsum(drawn * truth[order], axis=1)[:, ends]
    misses = np.cumsum(drawn * ~truth[order], axis=1)[:, ends]
    positives, negatives = hits[:, -1], misses[:, -1]
    new_hits = np.diff(hits, axis=1, prepend=0)
    # A positive beats the negatives below it, and half of those that tie with it.
    before = np.concatenate([np.zeros((len(misses), 1)), misses[:, :-1]], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        beaten = negatives[:, None] - (before + misses) / 2
        roc = (new_hits * beaten).sum(1) / (positives * negatives)
        precision = np.nan_to_num(hits / (hits + misses))
        pr = (new_hits * precision).sum(1) / positives
    missing = (positives == 0) | (negatives == 0)
    return np.where(missing, np.nan, roc), np.where(missing, np.nan, pr)


def tag_draws(
    truth: np.ndarray, scores: np.ndarray, tags: np.ndarray, weights: np.ndarray
) -> dict[str, np.ndarray]:
    """Both metrics of the marked tags in every draw.

    Parameters
    ----------
    tags : np.ndarray [shape=(tags,), bool]
    weights : np.ndarray [shape=(draws, songs)], as from :func:`draw_weights`

    Returns
    -------
    dict, ``roc_auc`` and ``pr_auc`` -> np.ndarray [shape=(marked tags, draws)]
    """
    found: dict[str, list[np.ndarray]] = {name: [] for name in METRICS}
    for tag in np.flatnonzero(tags):
        known = ~np.isnan(truth[:, tag]) & ~np.isnan(scores[:, tag])
        both = weighted_curves(truth[known, tag] == 1, scores[known, tag], weights[:, known])
        for name, values in zip(METRICS, both, strict=True):
            found[name].append(values)
    empty = np.empty((0, len(weights)))
    return {name: np.array(values) if values else empty for name, values in found.items()}


def macro_draws(values: np.ndarray) -> np.ndarray:
    """Mean over tags in every draw [shape=(draws,)]; NaN where no tag is left."""
    there = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        return np.where(there, values, 0).sum(0) / there.sum(0)


def interval(values: np.ndarray) -> list[float]:
    """The 2.5 and 97.5 percentiles of draws, NaN left out; NaN without any."""
    if not len(values) or np.isnan(values).all():
        return [float("nan")] * 2
    return [float(value) for value in np.nanpercentile(values, [2.5, 97.5])]


@dataclass(frozen=True)
class Difference:
    """By how much one model is better than another on the same songs.

    Attributes
    ----------
    value : float, macro mean of the first minus that of the second
    low, high : float, its 95 % interval
    p : float, two-sided: twice the share of draws on the other side of 0
    """

    value: float
    low: float
    high: float
    p: float


def difference(value: float, draws: np.ndarray) -> Difference:
    """A difference with the interval and the p of its paired draws."""
    low, high = interval(draws)
    below, above = np.nanmean(draws <= 0), np.nanmean(draws >= 0)
    return Difference(value, low, high, float(min(1.0, 2 * min(below, above))))
