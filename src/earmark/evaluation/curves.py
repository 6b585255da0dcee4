"""ROC and precision-recall curves of a tag, at the same places for every tag."""

import numpy as np

GRID = np.linspace(0, 1, 201)


def tag_curves(there: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Curves of one tag at `GRID`.

    Parameters
    ----------
    there : np.ndarray [shape=(songs,), bool], with at least one song with and one without
    scores : np.ndarray [shape=(songs,)], all known

    Returns
    -------
    true_positive_rate : np.ndarray [shape=(201,)], linear between the thresholds
    precision : np.ndarray [shape=(201,)]
        At each recall that of the highest threshold which reaches it, as in average precision.
    """
    order = np.argsort(-scores, kind="stable")
    last_of_ties = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    found = np.cumsum(there[order])[last_of_ties]
    wrong = last_of_ties + 1 - found
    recall = found / found[-1]
    rate = np.interp(GRID, np.append(0, wrong / wrong[-1]), np.append(0, recall))
    reached = np.searchsorted(recall, np.maximum(GRID - 1e-12, 1e-12))
    return rate, (found / (last_of_ties + 1))[reached]
