"""Fit what turns a network's scores into honest ones: Platt scaling and a threshold a tag.

In: pooled scores of held-out tracks and what is known of them. Slopes are drawn towards a slope
that all tags share, so that a tag with little evidence does not get a wild one.
"""

import numpy as np

from earmark.tagging.calibration import Calibration, logit, sigmoid

ITERATIONS = 60
SLOPE_PRIOR = 5.0  # curvature of the belief in the shared slope; 600 tracks give a rare tag 50
OFFSET_PRIOR = 1e-3
SLOPE_RANGE = (0.2, 5.0)
LOWEST_THRESHOLD = 0.05
FOLDS = 5


def fit_platt(
    scores: np.ndarray, targets: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Slope and offset a tag, in log-odds, by weighted logistic regression on soft targets.

    Parameters
    ----------
    scores : np.ndarray [shape=(tracks, tags), in [0, 1]]
    targets : np.ndarray [same shape, in [0, 1]]
    weights : np.ndarray [same shape, >= 0]

    Returns
    -------
    slopes, offsets : np.ndarray [shape=(tags,), float64]
    """
    x = logit(scores.astype(np.float64))
    middle = x.mean(0)
    x = x - middle  # slope and offset then hardly depend on each other
    rate = np.clip((targets * weights).sum(0) / weights.sum(0), 1e-4, 1 - 1e-4)
    slopes, offsets = np.ones(x.shape[1]), logit(rate)
    shared = 1.0
    for _ in range(ITERATIONS):
        p = sigmoid(slopes * x + offsets)
        error, curve = weights * (p - targets), weights * p * (1 - p)
        # Newton's step on two numbers a tag, with a Gaussian prior on each slope.
        g_slope = (error * x).sum(0) + SLOPE_PRIOR * (slopes - shared)
        g_offset = error.sum(0)
        h_slope = (curve * x**2).sum(0) + SLOPE_PRIOR
        h_offset = curve.sum(0) + OFFSET_PRIOR
        h_both = (curve * x).sum(0)
        determinant = np.maximum(h_slope * h_offset - h_both**2, 1e-9)
        slopes = slopes - 0.7 * (h_offset * g_slope - h_both * g_offset) / determinant
        offsets = offsets - 0.7 * (h_slope * g_offset - h_both * g_slope) / determinant
        slopes = np.clip(slopes, *SLOPE_RANGE)
        shared = float(np.average(slopes, weights=(curve * x**2).sum(0)))
    return slopes, offsets - slopes * middle


def fit_thresholds(scores: np.ndarray, targets: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """For each tag the score from which showing it gives the best expected F1.

    With soft targets, the expected true positives are the sum of the targets of the tracks shown
    (Lewis 1995, *Evaluating and optimizing autonomous text classification systems*).

    Parameters
    ----------
    scores, targets, weights : np.ndarray [shape=(tracks, tags)]
        `scores` are calibrated.

    Returns
    -------
    np.ndarray [shape=(tags,), in [.05, 1)]
    """
    thresholds = np.empty(scores.shape[1])
    for j in range(scores.shape[1]):
        order = np.argsort(-scores[:, j])
        hits = np.cumsum((targets * weights)[order, j])
        shown = np.cumsum(weights[order, j])
        f1 = 2 * hits / (shown + hits[-1] + 1e-9)
        best = int(np.argmax(f1))
        upper = scores[order[best], j]
        lower = scores[order[min(best + 1, len(order) - 1)], j]
        thresholds[j] = (upper + lower) / 2
    return np.maximum(thresholds, LOWEST_THRESHOLD)


def out_of_fold(
    scores: np.ndarray,
    targets: np.ndarray,
    weights: np.ndarray,
    groups: np.ndarray,
    folds: int = FOLDS,
    seed: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """What calibration and thresholds do to tracks that they were not fitted on.

    The tracks are parted into folds, a group in one fold only; each fold is calibrated by what was
    fitted on the others.

    Parameters
    ----------
    scores, targets, weights : np.ndarray [shape=(tracks, tags)], as for :func:`fit_platt`
    groups : np.ndarray [shape=(tracks,)], artists or sources
    folds : int > 1
    seed : int, of the parting

    Returns
    -------
    calibrated : np.ndarray [shape=(tracks, tags), float32]
    shown : np.ndarray [shape=(tracks, tags), bool], which reach their thresholds
    """
    fold = parted(groups, folds, seed)
    calibrated = np.zeros(scores.shape, np.float32)
    shown = np.zeros(scores.shape, bool)
    for number in range(folds):
        held, rest = fold == number, fold != number
        fitted = Calibration(*fit_platt(scores[rest], targets[rest], weights[rest]))
        thresholds = fit_thresholds(fitted(scores[rest]), targets[rest], weights[rest])
        calibrated[held] = fitted(scores[held])
        shown[held] = calibrated[held] >= thresholds
    return calibrated, shown


def parted(groups: np.ndarray, folds: int, seed: int = 0) -> np.ndarray:
    """Fold of each track [shape=(tracks,), int in [0, folds)], that of its group."""
    names, which = np.unique(groups, return_inverse=True)
    return np.random.default_rng(seed).permutation(np.arange(len(names)) % folds)[which]
