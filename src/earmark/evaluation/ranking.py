"""How well the tags of one song are ranked: reciprocal rank and lwlrap.

Conventions
-----------
``truth`` is float [shape=(songs, tags)], 1 there, 0 absent, NaN unknown; ``scores`` has the same
shape, NaN for a tag that the model does not know. Cells in which either is NaN are left out. Songs
in which no tag is there, or none is known to be absent, do not count. (ROC-AUC and PR-AUC of each
song are :func:`earmark.evaluation.metrics.per_clip`.)

References
----------
lwlrap is the label-weighted label-ranking average precision of DCASE 2019 task 2 (Fonseca et al.
2019): each label of each song counts the same.
"""

from collections.abc import Iterator

import numpy as np


def _songs(truth: np.ndarray, scores: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Truth and scores of songs in which some tag is there and some absent, as far as known."""
    for labels, own in zip(truth, scores, strict=True):
        known = ~np.isnan(labels) & ~np.isnan(own)
        there = labels[known] == 1
        if there.any() and not there.all():
            yield there, own[known]


def mean_reciprocal_rank(truth: np.ndarray, scores: np.ndarray) -> float:
    """Mean of 1 / rank of a song's best true tag; equal scores share the worst of their ranks."""
    ranks = [(own >= own[there].max()).sum() for there, own in _songs(truth, scores)]
    return float(np.mean(1 / np.array(ranks))) if ranks else float("nan")


def lwlrap(truth: np.ndarray, scores: np.ndarray) -> float:
    """Mean over all labels of the share of true tags among those ranked as high; ties are worst."""
    precisions = []
    for there, own in _songs(truth, scores):
        hits = own[there]
        as_high = (own[None] >= hits[:, None]).sum(1)
        precisions.append((hits[None] >= hits[:, None]).sum(1) / as_high)
    return float(np.mean(np.concatenate(precisions))) if precisions else float("nan")
