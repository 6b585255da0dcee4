"""Fit what turns a network's scores into honest ones: Platt scaling and a threshold a tag.

In: pooled scores of held-out tracks and what is known of them. Slopes are drawn towards a slope
that all tags share, so that a tag with little evidence does not get a wild one. Thresholds begin
with the best expected F1 and rise until what is shown is mostly right.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from earmark.folds import grouped_folds
from earmark.tagging.calibration import Calibration, logit, sigmoid
from earmark.vocabulary import Vocabulary

ITERATIONS = 60
SLOPE_PRIOR = 5.0  # curvature of the belief in the shared slope; 600 tracks give a rare tag 50
OFFSET_PRIOR = 1e-3
SLOPE_RANGE = (0.2, 5.0)
LOWEST_THRESHOLD = 0.05
FOLDS = 5
RIGHT = 0.6  # chance of being right from which a tag of a song is shown
LOWEST_SEEN = 0.03  # score of cells that tell how the chance of being right grows
HIGHEST_FLOOR = 0.5
QUIET_SHARE = 0.97  # of sounds without music that certainly lack a tag and must not show it
VOICE_SHARE = 0.99  # of recordings that certainly lack a voice and must not show it
VOICE_FLOOR = 0.15  # for tags of voices, where recordings tell who sings and who does not
MANY, SOME = 20, 3  # recordings that lack a tag, and that have it, for a quantile to be believed
TASTE = (
    "english",
    "foreign",
    "not english",
)  # tags of the category "voice" that recordings do not settle


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


@dataclass(frozen=True)
class Evidence:
    """What people certainly say of held-out tracks, synonyms counted as one.

    Attributes
    ----------
    right : np.ndarray [shape=(tracks, tags)]
        1 where a tag or a synonym was given, 0 where none was, NaN where nobody knows.
    songs : np.ndarray [shape=(tracks,), bool], songs with listeners' tags
    quiet : np.ndarray [shape=(tracks,), bool], sounds without music: notes, places, speech
    vocabulary : Vocabulary, of the columns
    """

    right: np.ndarray
    songs: np.ndarray
    quiet: np.ndarray
    vocabulary: Vocabulary

    def of(self, rows: np.ndarray) -> "Evidence":
        """Only some tracks."""
        return Evidence(self.right[rows], self.songs[rows], self.quiet[rows], self.vocabulary)


def by_group(said: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """What was said of any synonym: 1 if one was given, 0 if one was ruled out and none given.

    Parameters
    ----------
    said : np.ndarray [shape=(tracks, tags)], 1, 0 or NaN
    vocabulary : Vocabulary, of the columns
    """
    groups = np.array([tag.group for tag in vocabulary.tags])
    found = np.full(said.shape, np.nan)
    for group in np.unique(groups):
        some = said[:, groups == group]
        known = np.where((some == 0).any(1), 0.0, np.nan)
        found[:, groups == group] = np.where((some == 1).any(1), 1.0, known)[:, None]
    return found


def fit_floor(scores: np.ndarray, right: np.ndarray, vocabulary: Vocabulary) -> float:
    """The score from which a tag of a song is right with the chance :data:`RIGHT`.

    A logistic curve over the log-odds of scores, one for all tags: of each song the best tag of
    each group of synonyms, as people see them.

    Parameters
    ----------
    scores, right : np.ndarray [shape=(songs, tags)]
    vocabulary : Vocabulary, of the columns

    Returns
    -------
    float in [.05, .5]; the lowest where scores tell nothing
    """
    groups = np.array([tag.group for tag in vocabulary.tags])
    best = np.zeros(scores.shape, bool)
    for group in np.unique(groups):
        columns = np.flatnonzero(groups == group)
        best[np.arange(len(scores)), columns[scores[:, columns].argmax(1)]] = True
    seen = best & (scores >= LOWEST_SEEN) & ~np.isnan(right)
    x, y = logit(scores[seen].astype(np.float64)), right[seen]
    if len(y) < MANY or y.min() == y.max():
        return LOWEST_THRESHOLD
    x = np.stack([np.ones_like(x), x])
    line = np.zeros(2)
    for _ in range(ITERATIONS):
        p = sigmoid(line @ x)
        curvature = (x * (p * (1 - p))) @ x.T + OFFSET_PRIOR * np.eye(2)
        line -= 0.7 * np.linalg.solve(curvature, x @ (p - y) + OFFSET_PRIOR * line)
    if line[1] <= 0:
        return LOWEST_THRESHOLD
    floor = float(sigmoid((logit(np.array(RIGHT)) - line[0]) / line[1]))
    return min(max(floor, LOWEST_THRESHOLD), HIGHEST_FLOOR)


def raise_for_precision(
    thresholds: np.ndarray, scores: np.ndarray, evidence: Evidence
) -> np.ndarray:
    """Thresholds over which a tag is more often right than not.

    Each is at least the floor of :func:`fit_floor`, and so high that of the sounds without music
    which certainly lack the tag hardly one shows it. A voice is no matter of taste: where
    recordings tell, such a tag is shown from the score on that hardly one without it reaches.

    Parameters
    ----------
    thresholds : np.ndarray [shape=(tags,)], of the best F1
    scores : np.ndarray [shape=(tracks, tags)], calibrated
    evidence : Evidence, of these tracks
    """
    right, quiet, known = evidence.right, evidence.quiet, ~evidence.songs
    floor = fit_floor(scores[evidence.songs], right[evidence.songs], evidence.vocabulary)
    raised = np.maximum(thresholds, floor)
    for column, tag in enumerate(evidence.vocabulary.tags):
        absent = right[:, column] == 0
        if (quiet & absent).sum() >= MANY:
            least = np.quantile(scores[quiet & absent, column], QUIET_SHARE)
            raised[column] = max(raised[column], least)
        there = (known & (right[:, column] == 1)).sum()
        if _is_voice(tag.name, evidence.vocabulary) and there >= SOME:
            without = scores[known & absent, column]
            if len(without) >= MANY:
                least = max(float(np.quantile(without, VOICE_SHARE)), VOICE_FLOOR)
                raised[column] = min(raised[column], least)
    return raised


def _is_voice(name: str, vocabulary: Vocabulary) -> bool:
    """Whether a tag says that somebody sings, speaks or raps."""
    if name in TASTE or vocabulary.contradicts(name, "vocals"):
        return False
    return vocabulary.category(name) == "voice" or name == "rap"


def calibrated(
    card: dict[str, Any],
    scores: np.ndarray,
    targets: np.ndarray,
    weights: np.ndarray,
    evidence: Evidence | None = None,
) -> dict[str, Any]:
    """The card with fitted slopes, offsets and thresholds; with evidence those for precision."""
    slopes, offsets = fit_platt(scores, targets, weights)
    scores = Calibration(slopes, offsets)(scores)
    thresholds = fit_thresholds(scores, targets, weights)
    if evidence is not None:
        thresholds = raise_for_precision(thresholds, scores, evidence)
    for j, tag in enumerate(card["tag"]):
        tag["slope"] = round(float(slopes[j]), 4)
        tag["offset"] = round(float(offsets[j]), 4)
        tag["threshold"] = round(float(thresholds[j]), 4)
    return card


def out_of_fold(
    scores: np.ndarray,
    targets: np.ndarray,
    weights: np.ndarray,
    groups: np.ndarray,
    evidence: Evidence | None = None,
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
    evidence : Evidence or None, of the tracks; with it thresholds rise for precision
    folds : int > 1
    seed : int, of the parting

    Returns
    -------
    calibrated : np.ndarray [shape=(tracks, tags), float32]
    shown : np.ndarray [shape=(tracks, tags), bool], which reach their thresholds
    """
    fold = grouped_folds(groups, folds, seed=seed)
    calibrated = np.zeros(scores.shape, np.float32)
    shown = np.zeros(scores.shape, bool)
    for number in range(folds):
        held, rest = fold == number, fold != number
        fitted = Calibration(*fit_platt(scores[rest], targets[rest], weights[rest]))
        thresholds = fit_thresholds(fitted(scores[rest]), targets[rest], weights[rest])
        if evidence is not None:
            some = evidence.of(rest)
            thresholds = raise_for_precision(thresholds, fitted(scores[rest]), some)
        calibrated[held] = fitted(scores[held])
        shown[held] = calibrated[held] >= thresholds
    return calibrated, shown
