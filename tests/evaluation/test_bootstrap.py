"""Drawing songs again: all at once equals one by one, groups stay together, pairs stay paired."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from earmark.evaluation.bootstrap import (
    difference,
    draw_weights,
    interval,
    macro_draws,
    tag_draws,
    weighted_curves,
)


@pytest.mark.parametrize("ties", [False, True])
def test_weights_equal_drawing_the_songs(ties: bool) -> None:
    rng = np.random.default_rng(0)
    truth = rng.random(40) < 0.4
    scores = rng.random(40) + 0.4 * truth
    scores = np.round(scores, 1) if ties else scores
    weights = draw_weights(np.arange(40), 30, seed=1)
    roc, pr = weighted_curves(truth, scores, weights)
    for draw in range(30):
        songs = np.repeat(np.arange(40), weights[draw].astype(int))
        assert roc[draw] == pytest.approx(roc_auc_score(truth[songs], scores[songs]), abs=1e-12)
        expected = average_precision_score(truth[songs], scores[songs])
        assert pr[draw] == pytest.approx(expected, abs=1e-12)


def test_groups_are_drawn_together() -> None:
    groups = np.repeat(["a", "b", "c"], 4)
    weights = draw_weights(groups, 200, seed=0).reshape(200, 3, 4)
    assert (weights == weights[:, :, :1]).all()
    assert (weights[:, :, 0].sum(1) == 3).all()
    assert len(np.unique(weights[:, 0, 0])) > 2


def test_draws_without_positives_or_negatives_are_nan() -> None:
    truth, scores = np.array([True, False, False]), np.array([1.0, 2.0, 3.0])
    weights = np.array([[1, 1, 1], [0, 2, 1], [3, 0, 0]], float)
    roc, pr = weighted_curves(truth, scores, weights)
    assert np.isnan(roc).tolist() == np.isnan(pr).tolist() == [False, True, True]


def test_tags_use_only_what_is_known_of_them() -> None:
    truth = np.array([[1, 1], [0, np.nan], [1, 0], [0, 1]], float)
    scores = np.array([[4, 4], [3, np.nan], [2, 2], [1, 9]], float)
    weights = np.ones((1, 4))
    drawn = tag_draws(truth, scores, np.array([True, True]), weights)
    assert drawn["roc_auc"].ravel().tolist() == [0.75, 1.0]
    assert macro_draws(drawn["roc_auc"]).tolist() == [0.875]
    assert tag_draws(truth, scores, np.zeros(2, bool), weights)["pr_auc"].shape == (0, 1)


def test_a_tag_missing_in_a_draw_is_left_out_of_its_mean() -> None:
    values = np.array([[0.5, np.nan, np.nan], [1.0, 0.8, np.nan]])
    np.testing.assert_array_equal(macro_draws(values), [0.75, 0.8, np.nan])


def test_intervals() -> None:
    values = np.append(np.arange(1001.0), np.nan)
    assert interval(values) == [25.0, 975.0]
    assert np.isnan(interval(np.full(3, np.nan))).all()


def test_differences() -> None:
    better = difference(0.1, np.linspace(0.05, 0.15, 1000))
    assert better.low > 0
    assert better.p == 0
    equal = difference(0.0, np.linspace(-1, 1, 1001))
    assert equal.p == pytest.approx(1, abs=0.01)


def test_draws_without_a_value_are_left_out_of_a_difference() -> None:
    values = np.concatenate([np.full(500, np.nan), np.linspace(-0.1, 0.3, 400)])
    found = difference(0.1, values)
    assert found.p == pytest.approx(0.5)
    assert (found.low, found.high) == pytest.approx((-0.09, 0.29))
    assert np.isnan(difference(0.1, np.full(3, np.nan)).p)


def test_draws_in_blocks_equal_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    truth, scores = rng.random(50) < 0.3, np.round(rng.random(50), 1)
    weights = draw_weights(np.arange(50) // 2, 40, seed=0)
    whole = weighted_curves(truth, scores, weights)
    monkeypatch.setattr("earmark.evaluation.bootstrap.BLOCK", 150)
    np.testing.assert_array_equal(weighted_curves(truth, scores, weights), whole)
