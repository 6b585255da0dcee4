"""The metrics against scikit-learn to 1e-12, and against cases worked out by hand."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from earmark.evaluation.metrics import (
    average_precision,
    bootstrap,
    countable,
    evaluate,
    macro,
    roc_auc,
)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("ties", [False, True])
def test_agrees_with_scikit_learn(seed: int, ties: bool) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.random(60) < 0.3
    truth[:2] = True, False
    scores = rng.random(60) + 0.3 * truth
    if ties:
        scores = np.round(scores, 1)
    assert roc_auc(truth, scores) == pytest.approx(roc_auc_score(truth, scores), abs=1e-12)
    assert average_precision(truth, scores) == pytest.approx(
        average_precision_score(truth, scores), abs=1e-12
    )


def test_hand_made_case() -> None:
    truth = np.array([True, False, True, False])
    scores = np.array([0.9, 0.8, 0.7, 0.1])
    assert roc_auc(truth, scores) == 0.75  # three of the four pairs are in order
    assert average_precision(truth, scores) == pytest.approx((1 + 2 / 3) / 2)


def test_a_tag_without_positives_or_negatives_is_nan() -> None:
    scores = np.array([0.1, 0.2])
    for truth in (np.array([True, True]), np.array([False, False])):
        assert np.isnan(roc_auc(truth, scores))
        assert np.isnan(average_precision(truth, scores))


def test_only_tags_with_enough_of_both_count() -> None:
    truth = np.zeros((10, 4), bool)
    truth[:4, 0] = True  # 4 and 6
    truth[:3, 1] = True  # 3 and 7
    truth[:7, 2] = True  # 7 and 3
    assert countable(truth, 4).tolist() == [True, False, False, False]


def test_macro_is_the_mean_over_marked_tags() -> None:
    truth = np.array([[1, 0, 1], [0, 1, 0]], bool)
    scores = np.array([[0.9, 0.9, 0.0], [0.1, 0.1, 0.0]])
    marked = np.array([True, True, False])
    assert macro(roc_auc, truth, scores, marked) == 0.5


def test_bootstrap_keeps_groups_together() -> None:
    groups = np.repeat(np.arange(5), 4)
    seen = []

    def statistic(songs: np.ndarray) -> float:
        counts = np.bincount(songs, minlength=20).reshape(5, 4)
        assert (counts == counts[:, :1]).all()
        seen.append(len(songs))
        return float(counts[0, 0])

    low, high = bootstrap(statistic, groups, 200, seed=0)
    assert seen == [20] * 200
    assert low == 0 and high >= 2


def test_evaluate_reports_counts_and_intervals() -> None:
    rng = np.random.default_rng(0)
    truth = rng.random((80, 6)) < 0.4
    truth[:, 5] = False
    scores = rng.random((80, 6)) + 0.5 * truth
    result = evaluate(truth, scores, np.arange(80) // 2, draws=100)
    assert result["songs"] == 80 and result["tags"] == 5
    for name in ("roc_auc", "pr_auc"):
        low, high = result[f"{name}_ci"]
        assert low < result[name] < high


@pytest.mark.parametrize(
    ("truth", "scores", "reason"),
    [
        (np.zeros((2, 3), bool), np.zeros((2, 4)), "must both be"),
        (np.zeros((2, 3)), np.zeros((2, 3)), "boolean"),
        (np.zeros((2, 3), bool), np.full((2, 3), np.nan), "NaN"),
    ],
)
def test_refuses_what_cannot_be_compared(truth, scores, reason) -> None:
    with pytest.raises(ValueError, match=reason):
        evaluate(truth, scores, np.arange(2))
