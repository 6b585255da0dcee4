"""How good a head is on songs it did not learn from, and what its log-odds are worth.

The examples are parted into folds, a group (artist, album) in one fold only; each fold is judged by
a head that learned from the others. On those log-odds the calibration is fitted (Platt 1999), and
the threshold with the best F1. So quality and calibration are those of songs by others than the
ones learned from, as far as the groups say who is who.
"""

from dataclasses import dataclass

import numpy as np

from earmark.evaluation.metrics import average_precision, roc_auc
from earmark.folds import grouped_folds
from earmark.tagging.calibration import logit, sigmoid
from earmark.teaching.head import Head, fit_head

FOLDS = 5
STEPS = 50
SLOPE_PRIOR, OFFSET_PRIOR = 1.0, 0.01  # a handful of songs must not make a wild slope
SLOPES = (0.05, 5.0)
CLEAR = 1.64  # standard errors over chance from which something was learned
LEAST_THRESHOLD, MOST_THRESHOLD = 0.05, 0.9


@dataclass(frozen=True)
class Quality:
    """What was measured of one tag.

    Attributes
    ----------
    examples : int, songs with the tag
    groups : int, artists or albums that these are from
    roc_auc, pr_auc : float, NaN where nobody can tell
    learned : bool, whether it is clearly better than chance
    """

    examples: int
    groups: int
    roc_auc: float
    pr_auc: float
    learned: bool


@dataclass(frozen=True)
class Judged:
    """A head that is calibrated and judged.

    Attributes
    ----------
    head : Head, whose log-odds are calibrated
    thresholds : np.ndarray [shape=(tags,), in (0, 1)]
    qualities : tuple of Quality
    """

    head: Head
    thresholds: np.ndarray
    qualities: tuple[Quality, ...]


def judge(
    embeddings: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    groups: np.ndarray,
    seed: int = 0,
) -> Judged:
    """Learn from all songs, and from all but a fifth five times.

    Parameters
    ----------
    embeddings : np.ndarray [shape=(songs, d)]
    labels : np.ndarray [shape=(songs, tags)], 1 there, 0 absent, NaN unknown
    weights : np.ndarray [shape=(songs,)], what each counts; in the measures only those of 1 do
    groups : np.ndarray [shape=(songs,)], artists or albums
    seed : int, of the parting
    """
    fold = grouped_folds(groups, FOLDS, kinds=_kinds(labels), seed=seed)
    told = np.zeros(labels.shape)
    for number in range(fold.max() + 1):
        rest = fold != number
        told[~rest] = fit_head(embeddings[rest], labels[rest], weights[rest])(embeddings[~rest])
    slopes, offsets, thresholds, qualities = [], [], [], []
    for tag in range(labels.shape[1]):
        truth, known = labels[:, tag], ~np.isnan(labels[:, tag])
        slope, offset = _platt(told[known, tag], truth[known], weights[known])
        slopes.append(slope)
        offsets.append(offset)
        counted = known & (weights == 1)
        chances = sigmoid(slope * told[counted, tag] + offset)
        thresholds.append(_threshold(chances, truth[counted] == 1))
        qualities.append(_quality(told[counted, tag], truth[counted] == 1, groups[counted]))
    head = fit_head(embeddings, labels, weights).scaled(np.array(slopes), np.array(offsets))
    return Judged(head, np.array(thresholds), tuple(qualities))


def _kinds(labels: np.ndarray) -> np.ndarray:
    """The first tag of each song [shape=(songs,), int], a number more where it has none."""
    first = np.concatenate([np.nan_to_num(labels), np.full((len(labels), 1), 0.5)], 1)
    return first.argmax(1)


def _platt(told: np.ndarray, truth: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Slope and offset that make log-odds honest; 1 and 0 where there is nothing to fit."""
    there = float(weights @ truth)
    total = float(weights.sum())
    if not 0 < there < total:
        return 1.0, 0.0
    slope, offset = 1.0, float(logit(np.array(there / total)))
    for _ in range(STEPS):
        chance = sigmoid(slope * told + offset)
        error, curve = weights * (chance - truth), weights * chance * (1 - chance)
        gradient = np.array(
            [error @ told + SLOPE_PRIOR * (slope - 1), error.sum() + OFFSET_PRIOR * offset]
        )
        both = curve @ told
        hessian = np.array(
            [[curve @ told**2 + SLOPE_PRIOR, both], [both, curve.sum() + OFFSET_PRIOR]]
        )
        step = np.linalg.solve(hessian, gradient)
        slope = float(np.clip(slope - 0.7 * step[0], *SLOPES))
        offset -= 0.7 * float(step[1])
    return slope, offset


def _threshold(chances: np.ndarray, truth: np.ndarray) -> float:
    """The chance from which showing the tag has the best F1."""
    if not truth.any() or truth.all():
        return 0.5
    order = np.argsort(-chances, kind="stable")
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + truth.sum())
    best = int(np.argmax(f1))
    upper, lower = chances[order[best]], chances[order[min(best + 1, len(order) - 1)]]
    return float(np.clip((upper + lower) / 2, LEAST_THRESHOLD, MOST_THRESHOLD))


def _quality(told: np.ndarray, truth: np.ndarray, groups: np.ndarray) -> Quality:
    there, absent = int(truth.sum()), int((~truth).sum())
    named = len(set(groups[truth].tolist()))
    if not there or not absent:
        return Quality(there, named, float("nan"), float("nan"), False)
    area = roc_auc(truth, told)
    chance = np.sqrt(
        (there + absent + 1) / (12 * there * absent)
    )  # of Mann and Whitney's statistic
    learned = bool(area - 0.5 > CLEAR * chance)
    return Quality(there, named, area, average_precision(truth, told), learned)
