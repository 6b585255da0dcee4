"""Measures of one song's ranking, against scikit-learn and by hand."""

import numpy as np
import pytest
from sklearn.metrics import (
    average_precision_score,
    label_ranking_average_precision_score,
    roc_auc_score,
)

from earmark.evaluation.metrics import per_clip
from earmark.evaluation.ranking import lwlrap, mean_reciprocal_rank

RNG = np.random.default_rng(0)
TRUTH = (RNG.random((30, 12)) < 0.25).astype(float)
SCORES = np.round(RNG.random((30, 12)) + 0.3 * TRUTH, 1)  # with ties
TAGGED = TRUTH.any(1)


def test_lwlrap_is_the_label_ranking_precision_weighted_by_labels() -> None:
    expected = label_ranking_average_precision_score(
        TRUTH[TAGGED], SCORES[TAGGED], sample_weight=TRUTH[TAGGED].sum(1)
    )
    assert lwlrap(TRUTH, SCORES) == pytest.approx(expected, abs=1e-12)


def test_per_clip_is_the_mean_over_samples() -> None:
    roc, pr = per_clip(TRUTH, SCORES)
    truth, scores = TRUTH[TAGGED], SCORES[TAGGED]
    assert roc == pytest.approx(roc_auc_score(truth, scores, average="samples"), abs=1e-12)
    expected = average_precision_score(truth, scores, average="samples")
    assert pr == pytest.approx(expected, abs=1e-12)


def test_reciprocal_rank_by_hand() -> None:
    truth = np.array([[0, 1, 1], [1, 0, 0], [0, 0, 0], [1, np.nan, 0]], float)
    scores = np.array([[3, 2, 1], [9, 2, 1], [1, 2, 3], [1, 9, 1]], float)
    # Second of three, first, no tag, and a tie for the first of two known ones.
    assert mean_reciprocal_rank(truth, scores) == pytest.approx((1 / 2 + 1 + 1 / 2) / 3)


def test_nothing_tagged_is_nan() -> None:
    nothing = np.zeros((2, 3))
    assert np.isnan(lwlrap(nothing, nothing))
    assert np.isnan(mean_reciprocal_rank(nothing, nothing))
    assert np.isnan(per_clip(nothing, nothing)).all()
