"""Calibration: right scores have no error, boasts have theirs."""

import numpy as np
import pytest

from earmark.evaluation.calibration import brier_score, reliability


def test_by_hand() -> None:
    truth = np.array([[1, 0], [0, 0], [1, np.nan]], float)
    scores = np.array([[0.9, 0.1], [0.9, 0.3], [np.nan, 0.5]])
    found = reliability(truth, scores, bins=5)
    np.testing.assert_allclose(found.score, [0.1, 0.3, 0.9])
    np.testing.assert_allclose(found.rate, [0, 0, 0.5])
    assert found.count.tolist() == [1, 1, 2]
    assert found.error == pytest.approx((0.1 + 0.3 + 2 * 0.4) / 4)
    assert brier_score(truth, scores) == pytest.approx((0.01 + 0.81 + 0.01 + 0.09) / 4)


def test_scores_that_are_right_have_little_error() -> None:
    rng = np.random.default_rng(0)
    scores = rng.random((20_000, 2))
    truth = (rng.random(scores.shape) < scores).astype(float)
    assert reliability(truth, scores).error < 0.01
    assert reliability(truth, np.sqrt(scores)).error == pytest.approx(1 / 6, abs=0.01)


def test_the_highest_score_has_a_bin_and_nothing_known_is_nan() -> None:
    assert reliability(np.array([[1], [0]]), np.ones((2, 1))).count.tolist() == [2]
    assert np.isnan(reliability(np.ones((2, 1)), np.ones((2, 1))).error)  # it could not be wrong


def test_scores_may_be_held_against_shares() -> None:
    shares = np.array([[0.0, 0], [0.4, 1]])
    assert reliability(shares, shares).error == 0
    assert brier_score(shares, shares) == 0
    assert reliability((shares > 0).astype(float), shares).error == pytest.approx(0.6 / 4)
    nothing = np.full((2, 2), np.nan)
    assert np.isnan(reliability(nothing, nothing).error)
    assert np.isnan(brier_score(nothing, nothing))


def test_nothing_known_no_score(recwarn) -> None:
    assert np.isnan(brier_score(np.array([[np.nan]]), np.array([[0.5]])))
    assert not recwarn.list


def test_there_are_fifteen_bins_of_equal_width() -> None:
    scores = (np.arange(15) + 0.5)[:, None] / 15
    found = reliability(np.zeros((15, 1)), np.append(scores, 1.0)[:15, None])
    assert found.count.tolist() == [1] * 15
    edges = np.array([[0.0], [1 / 15 - 1e-6], [1 / 15 + 1e-6], [14 / 15 + 1e-6], [1.0]])
    assert reliability(np.zeros((5, 1)), edges).count.tolist() == [2, 1, 2]
