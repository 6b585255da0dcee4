"""The metrics against scikit-learn to 1e-12, and against cases worked out by hand."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from earmark.evaluation.metrics import (
    average_precision,
    countable,
    counts,
    evaluate,
    macro,
    per_clip,
    per_tag,
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
        (np.full((2, 3), 0.5), np.zeros((2, 3)), "1, 0, or NaN"),
        (np.zeros((2, 3), bool), np.full((2, 3), np.inf), "infinite"),
    ],
)
def test_refuses_what_cannot_be_compared(truth, scores, reason) -> None:
    with pytest.raises(ValueError, match=reason):
        evaluate(truth, scores, np.arange(2))


def test_unknown_cells_are_left_out() -> None:
    rng = np.random.default_rng(1)
    truth = (rng.random((60, 3)) < 0.4).astype(float)
    scores = rng.random((60, 3)) + 0.5 * truth
    hidden = rng.random(truth.shape) < 0.3
    truth[hidden] = np.nan
    scores[:, 2] = np.nan
    result = evaluate(truth, scores, np.arange(60), least=5, draws=20)
    roc, pr = per_tag(truth, scores)
    known = [~hidden[:, j] for j in range(2)]
    expected = [
        (
            roc_auc_score(truth[k, j], scores[k, j]),
            average_precision_score(truth[k, j], scores[k, j]),
        )
        for j, k in enumerate(known)
    ]
    np.testing.assert_allclose(np.stack([roc[:2], pr[:2]], 1), expected, atol=1e-12)
    assert np.isnan(roc[2])
    assert result["tags"] == 2
    assert result["roc_auc"] == pytest.approx(np.mean(expected, 0)[0], abs=1e-12)
    positives, negatives = counts(truth, scores)
    assert positives.tolist() == [int(np.nansum(truth[:, j])) for j in range(2)] + [0]
    assert (positives + negatives).tolist() == [known[0].sum(), known[1].sum(), 0]


def test_weighted_means_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(2)
    truth = rng.random((50, 5)) < 0.3
    scores = rng.random((50, 5)) + 0.3 * truth
    result = evaluate(truth, scores, np.arange(50), least=1, draws=10)
    for name, metric in (("roc_auc", roc_auc_score), ("pr_auc", average_precision_score)):
        assert result[name] == pytest.approx(metric(truth, scores, average="macro"), abs=1e-12)
        weighted = metric(truth, scores, average="weighted")
        assert result[f"{name}_weighted"] == pytest.approx(weighted, abs=1e-12)


def test_evaluate_names_tags_that_count_and_those_with_too_few() -> None:
    truth = np.array([[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1]], float)
    scores = np.random.default_rng(0).random((4, 3))
    found = evaluate(truth, scores, np.arange(4), tags=("a", "b", "c"), least=2, draws=10)
    assert found["too_few"] == ["c"]
    assert list(found["per_tag"]) == ["a", "b"]
    assert found["per_tag"]["a"]["positives"] == found["per_tag"]["a"]["negatives"] == 2
    assert found["per_tag"]["b"]["roc_auc"] == roc_auc_score(truth[:, 1], scores[:, 1])
    with pytest.raises(ValueError, match="2 tags"):
        evaluate(truth, scores, np.arange(4), tags=("a", "b"))


def test_a_tag_counts_from_so_many_with_and_without_it_on() -> None:
    truth = np.array([[1, 1, 0, 1], [1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]])
    assert countable(truth, 2).tolist() == [True, False, False, False]
    assert countable(truth, 1).tolist() == [True, True, False, True]


def test_no_tag_no_mean(recwarn) -> None:
    truth, scores = np.array([[True], [False]]), np.array([[0.9], [0.1]])
    assert np.isnan(macro(roc_auc, truth, scores, np.array([False])))
    assert macro(roc_auc, truth, scores, np.array([True])) == 1
    assert not recwarn.list


def test_truth_is_one_nought_or_unknown() -> None:
    with pytest.raises(ValueError, match=r"^truth must be 1, 0, or NaN for unknown$"):
        evaluate(np.array([[2.0], [0.0]]), np.array([[0.9], [0.1]]), np.arange(2), draws=2)


def drawn(songs: int = 40) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Truth and scores of three tags, of which one has three positives, and groups of two songs."""
    rng = np.random.default_rng(5)
    truth = rng.random((songs, 3)) < 0.4
    truth[:, 2] = np.arange(songs) < 3
    return truth, rng.random((songs, 3)) + 0.4 * truth, np.arange(songs) // 2


def test_without_a_wish_tags_need_four_of_each_and_a_thousand_draws_are_of_seed_nought() -> None:
    given = drawn()
    assert evaluate(*given) == evaluate(*given, least=4, draws=1000, seed=0)
    assert evaluate(*given, draws=50)["tags"] == 2
    assert evaluate(*given, least=3, draws=50)["tags"] == 3
    assert evaluate(*given, draws=50)["roc_auc_ci"] != evaluate(*given, draws=51)["roc_auc_ci"]
    assert evaluate(~given[0], *given[1:], draws=50)["tags"] == 2  # three negatives are few, too


def test_weighted_means_are_over_tags_that_count() -> None:
    truth, scores, groups = drawn()
    result = evaluate(truth, scores, groups, draws=10)
    wanted = roc_auc_score(truth[:, :2], scores[:, :2], average="weighted")
    assert result["roc_auc_weighted"] == pytest.approx(wanted, abs=1e-12)


def test_a_tag_needs_one_of_each_whatever_is_asked_for() -> None:
    truth, scores, groups = drawn()
    truth[:, 2], truth[:, 1] = False, True
    assert evaluate(truth, scores, groups, least=0, draws=10)["tags"] == 1


def test_where_no_tag_counts_all_is_unknown() -> None:
    found = evaluate(*drawn(), least=30, draws=10)
    for name in ("roc_auc", "pr_auc", "roc_auc_weighted", "pr_auc_weighted"):
        assert np.isnan(found[name])
    assert len(found["roc_auc_ci"]) == 2 and np.isnan(found["roc_auc_ci"]).all()


def test_one_infinite_score_is_enough_to_refuse() -> None:
    truth, scores, groups = drawn()
    scores[3, 1] = -np.inf
    with pytest.raises(ValueError, match="infinite"):
        evaluate(truth, scores, groups)


def test_per_clip_is_the_mean_over_songs_that_can_be_judged() -> None:
    truth = np.array([[1, 0, 0], [1, 1, 0], [1, 1, 1], [0, 0, 0]], float)
    scores = np.array([[0.9, 0.5, 0.1], [0.1, 0.5, 0.4], [0.1, 0.2, 0.3], [0.1, 0.2, 0.3]])
    roc, pr = per_clip(truth, scores)
    assert roc == pytest.approx((1 + 0.5) / 2)
    assert pr == pytest.approx((1 + (1 + 2 / 3) / 2) / 2)
    assert np.isnan(per_clip(truth[2:], scores[2:])).all()
