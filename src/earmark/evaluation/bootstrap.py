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
BLOCK = 2**22  # weights that are looked at together, so that memory stays small
TINY = np.finfo(np.float64).tiny


def draw_weights(groups: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """How often each song was drawn.

    Parameters
    ----------
    groups : np.ndarray [shape=(songs,)], songs of one artist share a value
    draws : int > 0
    seed : int

    Returns
    -------
    np.ndarray [shape=(draws, songs), uint8]
        A byte is enough: that one of several hundred groups is drawn more than 255 times, where
        once is expected, has a chance of less than 1e-500.
    """
    _, which = np.unique(groups, return_inverse=True)
    count = which.max() + 1
    rng = np.random.default_rng(seed)
    times = np.empty((draws, count), np.uint8)
    for row in times:
        row[:] = np.bincount(rng.integers(count, size=count), minlength=count)
    return times[:, which]


def weighted_curves(
    truth: np.ndarray, scores: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """ROC-AUC and average precision of one tag in every draw.

    Parameters
    ----------
    truth : np.ndarray [shape=(songs,)], boolean, or float with NaN for unknown
    scores : np.ndarray [shape=(songs,)], NaN for unknown
    weights : np.ndarray [shape=(draws, songs)], each >= 0

    Returns
    -------
    roc_auc, pr_auc : np.ndarray [shape=(draws,), float64], NaN without positives or negatives
    """
    return _curves(_steps(truth, scores), np.ascontiguousarray(weights.T))


@dataclass(frozen=True)
class _Steps:
    """Where both curves of a tag step: at every score that a positive has, its *levels*.

    Between two levels the single negatives do not matter, only how many were drawn.

    Attributes
    ----------
    positives, negatives : np.ndarray [int], songs with and without the tag, highest score first
    levels : np.ndarray [shape=(levels,), int], first positive of each level
    above, down_to : np.ndarray [shape=(levels,), int]
        Negatives with a higher score, and with at least as high a score.
    """

    positives: np.ndarray
    negatives: np.ndarray
    levels: np.ndarray
    above: np.ndarray
    down_to: np.ndarray


def _steps(truth: np.ndarray, scores: np.ndarray) -> _Steps:
    known = ~np.isnan(scores)
    sides = (np.flatnonzero(known & (truth == value)) for value in (1, 0))
    positives, negatives = (side[np.argsort(-scores[side], kind="stable")] for side in sides)
    rising = -scores[positives]
    levels = np.flatnonzero(np.append(True, np.diff(rising) != 0)[: len(rising)])
    above, down_to = (
        np.searchsorted(-scores[negatives], rising[levels], side) for side in ("left", "right")
    )
    return _Steps(positives, negatives, levels, above, down_to)


def _curves(steps: _Steps, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both metrics in every draw; `weights` have a row a song, for rows add up fastest."""
    songs, draws = weights.shape
    areas = np.full((2, draws), np.nan)
    if len(steps.positives) and len(steps.negatives):
        block = max(2, BLOCK // songs)
        for first in range(0, draws, block):
            areas[:, first : first + block] = _areas(steps, weights[:, first : first + block])
    return areas[0], areas[1]


def _areas(steps: _Steps, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    cuts, places = np.unique(np.stack([steps.above, steps.down_to]), return_inverse=True)
    misses = _sums_before(weights[steps.negatives], np.append(cuts, len(steps.negatives)))
    above, down_to = misses[places.reshape(2, -1)]
    hits = weights[steps.positives].astype(np.float64)
    if len(steps.levels) < len(hits):
        hits = np.add.reduceat(hits, steps.levels, axis=0)
    found = hits.cumsum(0)
    positives, negatives = found[-1], misses[-1]
    with np.errstate(invalid="ignore", divide="ignore"):
        # A positive beats the negatives below it, and half of those that tie with it.
        lost = (hits * (above + down_to)).sum(0) / 2
        roc = (positives * negatives - lost) / (positives * negatives)
        precision = found / np.maximum(found + down_to, TINY)
        pr = (hits * precision).sum(0) / positives
    missing = (positives == 0) | (negatives == 0)
    return np.where(missing, np.nan, roc), np.where(missing, np.nan, pr)


def _sums_before(rows: np.ndarray, cuts: np.ndarray) -> np.ndarray:
    """Sum of the rows before each cut; cuts rise, and may be 0 or the number of rows."""
    # float32 counts without an error up to 2**24.
    rows = rows.astype(np.float32 if rows.dtype == np.uint8 else np.float64)
    starts = [0, *cuts[:-1]]
    runs = [rows[first:end].sum(0) for first, end in zip(starts, cuts, strict=True)]
    return np.cumsum(runs, axis=0, dtype=np.float64)


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
    by_song = np.ascontiguousarray(weights.T)
    for tag in np.flatnonzero(tags):
        both = _curves(_steps(truth[:, tag], scores[:, tag]), by_song)
        for name, values in zip(METRICS, both, strict=True):
            found[name].append(values)
    empty = np.empty((0, len(weights)))
    return {name: np.array(values) if values else empty for name, values in found.items()}


def macro_draws(values: np.ndarray) -> np.ndarray:
    """Mean over tags in every draw [shape=(draws,)]; NaN where no tag is left."""
    there = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        means: np.ndarray = np.where(there, values, 0).sum(0) / there.sum(0)
    return means


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
    """A difference with the interval and the p of its paired draws; NaN draws are left out."""
    draws = draws[~np.isnan(draws)]
    low, high = interval(draws)
    if not len(draws):
        return Difference(value, low, high, float("nan"))
    below, above = float(np.mean(draws <= 0)), float(np.mean(draws >= 0))
    return Difference(value, low, high, min(1.0, 2 * min(below, above)))
