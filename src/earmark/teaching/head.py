"""A last layer that tells tags by embeddings: logistic regression, one line a tag, in numpy.

The embedding is first brought to mean 0 and deviation 1 over the examples. What is drawn towards 0
(ridge) is strong, since there are more numbers in an embedding than examples; how strong was chosen
on the corpus' training split (``benchmarks/teach.py``).
"""

from dataclasses import dataclass

import numpy as np

from earmark.tagging.calibration import sigmoid

RIDGE = 30.0
STEPS = 30
LEAST_WIDTH = 1e-3
SETTLED = 1e-6


@dataclass(frozen=True)
class Head:
    """A line a tag.

    Attributes
    ----------
    weights : np.ndarray [shape=(d, tags), float64], on embeddings as they are
    offsets : np.ndarray [shape=(tags,), float64]
    """

    weights: np.ndarray
    offsets: np.ndarray

    def __call__(self, embeddings: np.ndarray) -> np.ndarray:
        """Log-odds, not yet calibrated [shape=(songs, tags)]."""
        return embeddings @ self.weights + self.offsets

    def scaled(self, slopes: np.ndarray, offsets: np.ndarray) -> "Head":
        """The head whose log-odds are ``slopes * log-odds + offsets``."""
        return Head(self.weights * slopes, self.offsets * slopes + offsets)


def fit_head(
    embeddings: np.ndarray, labels: np.ndarray, weights: np.ndarray, ridge: float = RIDGE
) -> Head:
    """Learn to tell tags.

    Parameters
    ----------
    embeddings : np.ndarray [shape=(songs, d)]
    labels : np.ndarray [shape=(songs, tags)], 1 there, 0 absent, NaN unknown
    weights : np.ndarray [shape=(songs,)], what each song counts
    ridge : float > 0

    Returns
    -------
    Head
        A tag of which all known songs have it, or none, gets weights of 0.
    """
    middle = np.average(embeddings, axis=0, weights=weights)
    width = np.sqrt(np.average((embeddings - middle) ** 2, axis=0, weights=weights))
    width = np.maximum(width, LEAST_WIDTH)
    inputs = (embeddings - middle) / width
    lines = np.stack(
        [_line(inputs, labels[:, tag], weights, ridge) for tag in range(labels.shape[1])], axis=1
    )
    slopes = lines[:-1] / width[:, None]
    return Head(slopes, lines[-1] - middle @ slopes)


def _line(inputs: np.ndarray, labels: np.ndarray, weights: np.ndarray, ridge: float) -> np.ndarray:
    """Weights and offset of one tag [shape=(d + 1,)], by Newton's steps."""
    known = ~np.isnan(labels)
    x = np.concatenate([inputs[known], np.ones((known.sum(), 1))], axis=1)
    y, weight = labels[known], weights[known].astype(np.float64)
    line = np.zeros(x.shape[1])
    there, absent = weight[y == 1].sum(), weight[y == 0].sum()
    if not there or not absent:
        return line
    # With and without count the same together, however many there are of each.
    weight = weight * np.where(y == 1, 0.5 / there, 0.5 / absent) * weight.sum()
    prior = np.full(x.shape[1], ridge)
    prior[-1] = 1e-3
    for _ in range(STEPS):
        chance = sigmoid(x @ line)
        curve = weight * np.maximum(chance * (1 - chance), 1e-6)
        slope = x.T @ (weight * (chance - y)) + prior * line
        step = np.linalg.solve((x * curve[:, None]).T @ x + np.diag(prior), slope)
        line -= step
        if np.abs(step).max() < SETTLED:
            break
    return line
