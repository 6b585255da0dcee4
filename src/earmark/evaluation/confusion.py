"""What a model hears in the place of a tag that it misses."""

import numpy as np

from earmark.evaluation.topk import rank

CHUNK = 65536  # songs that are ranked at once


def heard_instead(truth: np.ndarray, scores: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Wrong tags among the `k` highest scores of songs in which another tag is missed.

    Parameters
    ----------
    truth, scores : np.ndarray [shape=(songs, tags)]
        1 there, 0 absent, NaN unknown; a tag whose score is NaN is neither missed nor heard.
    k : int > 0

    Returns
    -------
    shares : np.ndarray [shape=(tags, tags)]
        Row `a`, column `b`: of the songs in which `a` is missed and `b` absent or there for sure,
        the share in which `b` is absent and among the highest; NaN without such songs.
    missed : np.ndarray [shape=(tags,), int64], songs in which each tag is missed
    """
    tags = truth.shape[1]
    wrong, asked = np.zeros((2, tags, tags))
    missed = np.zeros(tags, np.int64)
    for first in range(0, len(truth), CHUNK):
        there, place = truth[first : first + CHUNK], rank(scores[first : first + CHUNK])
        lost = ((there == 1) & (place >= k)).astype(np.float32)
        heard = ((there == 0) & (place >= 0) & (place < k)).astype(np.float32)
        missed += lost.sum(0).astype(np.int64)
        wrong += lost.T @ heard
        asked += lost.T @ (~np.isnan(there)).astype(np.float32)
    shares = np.full((tags, tags), np.nan)
    np.divide(wrong, asked, out=shares, where=asked > 0)
    return shares, missed
