"""Whether a score of .3 means that three songs in ten have the tag.

Conventions
-----------
``truth`` is float [shape=(songs, tags)]: 1 there, 0 absent, NaN unknown, or in between the share of
listeners who gave the tag, which is what a score then promises. ``scores`` has the same shape, in
[0, 1], NaN for a tag that the model does not know. Cells in which either is NaN are left out, and
tags that are not known to be less than certain in any song; all others are pooled.

References
----------
Expected calibration error after Naeini et al. 2015, *Obtaining well calibrated probabilities using
Bayesian binning*, here with bins of equal width; the Brier score is the mean squared error.
"""

from dataclasses import dataclass

import numpy as np

BINS = 15


@dataclass(frozen=True)
class Reliability:
    """Scores against what happened, bin by bin; bins without a score are left out.

    Attributes
    ----------
    score : np.ndarray [shape=(bins,)], mean score
    rate : np.ndarray [shape=(bins,)], share of cells in which the tag was there, or mean share
    count : np.ndarray [shape=(bins,), int], cells
    """

    score: np.ndarray
    rate: np.ndarray
    count: np.ndarray

    @property
    def error(self) -> float:
        """Expected calibration error: mean distance of score and rate, weighted by count."""
        if not self.count.sum():
            return float("nan")
        return float(np.average(np.abs(self.score - self.rate), weights=self.count))


def _cells(truth: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    known = ~np.isnan(truth) & ~np.isnan(scores)
    known &= (known & (truth < 1)).any(0)
    return truth[known].astype(np.float64), scores[known].astype(np.float64)


def reliability(truth: np.ndarray, scores: np.ndarray, bins: int = BINS) -> Reliability:
    """Mean score and observed rate in bins of equal width."""
    there, score = _cells(truth, scores)
    place = np.clip((score * bins).astype(int), 0, bins - 1)
    count = np.bincount(place, minlength=bins)
    used = count > 0
    means = [np.bincount(place, values, bins)[used] / count[used] for values in (score, there)]
    return Reliability(means[0], means[1], count[used])


def brier_score(truth: np.ndarray, scores: np.ndarray) -> float:
    """Mean squared distance of scores from 0 and 1; NaN without a known cell."""
    there, score = _cells(truth, scores)
    return float(np.mean((score - there) ** 2)) if len(score) else float("nan")
