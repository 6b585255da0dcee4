"""Calibration and thresholds recover what made the data."""

import numpy as np
import pytest

from earmark.tagging.calibration import Calibration, logit, sigmoid
from earmark.training.calibrate import fit_platt, fit_thresholds, out_of_fold


def test_recovers_slope_and_offset() -> None:
    rng = np.random.default_rng(0)
    slopes, offsets = np.array([1.5, 0.6]), np.array([-1.0, 0.5])
    scores = sigmoid(rng.normal(0, 2, (4000, 2)))
    chance = sigmoid(slopes * logit(scores) + offsets)
    targets = (rng.random(chance.shape) < chance).astype(float)
    fitted = fit_platt(scores, targets, np.ones_like(targets))
    np.testing.assert_allclose(fitted[0], slopes, atol=0.12)
    np.testing.assert_allclose(fitted[1], offsets, atol=0.12)


def test_a_tag_with_little_evidence_takes_the_shared_slope() -> None:
    rng = np.random.default_rng(1)
    scores = sigmoid(rng.normal(0, 2, (400, 9)))
    chance = sigmoid(1.4 * logit(scores))
    targets = (rng.random(chance.shape) < chance).astype(float)
    weights = np.ones_like(targets)
    weights[6:, 8] = 0.0
    targets[:6, 8] = 1 - np.round(scores[:6, 8])  # what evidence there is points the wrong way
    slopes, _ = fit_platt(scores, targets, weights)
    assert slopes[8] > 0.5


def test_calibration_keeps_the_order_and_the_range() -> None:
    scores = np.linspace(0, 1, 50)[:, None]
    calibrated = Calibration(np.array([2.0]), np.array([-1.0]))(scores)
    assert calibrated.dtype == np.float32
    assert (np.diff(calibrated[:, 0]) >= 0).all()
    assert calibrated.min() >= 0 and calibrated.max() <= 1


def test_threshold_parts_what_has_the_tag_from_what_has_not() -> None:
    scores = np.array([[0.9], [0.8], [0.3], [0.2], [0.1]])
    targets = np.array([[1.0], [1.0], [0.0], [0.0], [0.0]])
    assert fit_thresholds(scores, targets, np.ones_like(scores))[0] == pytest.approx(0.55)


def test_nobody_is_calibrated_by_his_own_group() -> None:
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(20), 10)
    scores = sigmoid(rng.normal(0, 2, (200, 2)))
    targets = (rng.random((200, 2)) < scores).astype(float)
    weights = np.ones_like(targets)
    calibrated, shown = out_of_fold(scores, targets, weights, groups)
    assert calibrated.shape == shown.shape == scores.shape
    np.testing.assert_allclose(calibrated, scores, atol=0.15)
    turned = targets.copy()
    turned[groups == 3] = 1 - turned[groups == 3]  # what a group says does not reach itself
    again, _ = out_of_fold(scores, turned, weights, groups)
    np.testing.assert_array_equal(again[groups == 3], calibrated[groups == 3])
    assert not np.array_equal(again, calibrated)
