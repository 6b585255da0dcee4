"""From the scores of windows to those of a song: a power mean over time.

With exponent 1 it is the mean; a higher one lets windows in which a tag is heard clearly count for
more, as a listener names a song's flute even if it plays in one part only. Exponents between the
mean and the maximum are the generalised means of Hardy, Littlewood and Pólya 1934, *Inequalities*.
"""

import numpy as np


def power_mean(scores: np.ndarray, weights: np.ndarray, exponent: float = 1.0) -> np.ndarray:
    """Weighted power mean over windows.

    Parameters
    ----------
    scores : np.ndarray [shape=(windows, tags), in [0, 1]]
    weights : np.ndarray [shape=(windows,)], each >= 0, not all 0
    exponent : float > 0

    Returns
    -------
    np.ndarray [shape=(tags,), float32], between the lowest and the highest score of each tag
    """
    shares = (weights / np.sum(weights)).astype(np.float32)
    if exponent == 1:
        mean: np.ndarray = shares @ scores
        return mean
    powers: np.ndarray = shares @ scores ** np.float32(exponent)
    return powers ** np.float32(1 / exponent)
