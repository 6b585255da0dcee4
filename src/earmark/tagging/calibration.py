"""From a network's score to the chance that a listener would use the tag.

Platt scaling (Platt 1999, *Probabilistic outputs for support vector machines*), one line in
log-odds a tag, with slope and offset from the model's card.
"""

from dataclasses import dataclass

import numpy as np

SMALLEST = 1e-7  # scores are kept this far from 0 and 1, where log-odds end


def logit(scores: np.ndarray) -> np.ndarray:
    """Log-odds of scores in [0, 1]."""
    scores = np.clip(scores, SMALLEST, 1 - SMALLEST)
    odds: np.ndarray = np.log(scores) - np.log1p(-scores)
    return odds


def sigmoid(log_odds: np.ndarray) -> np.ndarray:
    """Inverse of :func:`logit`."""
    chances: np.ndarray = 1 / (1 + np.exp(-log_odds))
    return chances


@dataclass(frozen=True)
class Calibration:
    """Slope and offset of each tag in log-odds.

    Attributes
    ----------
    slopes : np.ndarray [shape=(tags,), float32, > 0]
    offsets : np.ndarray [shape=(tags,), float32]
    """

    slopes: np.ndarray
    offsets: np.ndarray

    def __call__(self, scores: np.ndarray) -> np.ndarray:
        """Calibrate scores.

        Parameters
        ----------
        scores : np.ndarray [shape=(..., tags), in [0, 1]]

        Returns
        -------
        np.ndarray [same shape, float32, in [0, 1]]
            The order of songs within a tag stays the same.
        """
        return sigmoid(self.slopes * logit(scores) + self.offsets).astype(np.float32)
