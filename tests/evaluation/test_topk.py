"""Top-K by hand, its table, its curve, and ties."""

import numpy as np
import pytest

from earmark.evaluation import topk
from earmark.evaluation.topk import TopK, TopKCounter, highest, rank, success_curve, top_k

NAN = np.nan
TRUTH = np.array([[1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [1, 1, 1, NAN]], float)
SCORES = np.array([[4, 3, 2, 1], [1, 4, 3, 2], [1, 2, 3, 4], [9, NAN, 1, 5]], float)


def test_rates_and_tables_by_hand() -> None:
    found = top_k(TRUTH, SCORES, k=2, share=1.0)
    # Song 1: both there. Song 2: last of four. Song 4: tag 2 is unknown to the model, so it has two
    # tags, of which the first is among the two highest and the third is not.
    assert (found.songs, found.untagged) == (3, 1)
    assert found.rate == pytest.approx(1 / 3)
    np.testing.assert_array_equal(found.captured, [2, 1, 0, 0])
    np.testing.assert_array_equal(found.missed, [1, 0, 1, 0])
    assert top_k(TRUTH, SCORES, k=2, share=0.5).rate == pytest.approx(2 / 3)
    assert top_k(TRUTH, SCORES, k=4, share=1.0).rate == 1


def test_the_table_has_the_best_first() -> None:
    rows = top_k(TRUTH, SCORES, k=2, share=1.0).table(("a", "b", "c", "d"))
    assert [(row.tag, row.captured, row.missed) for row in rows] == [
        ("b", 1, 0),
        ("a", 2, 1),
        ("c", 0, 1),
    ]
    assert [row.rate for row in rows] == pytest.approx([1, 2 / 3, 0])


def test_equal_scores_rank_in_the_order_of_the_tags() -> None:
    np.testing.assert_array_equal(rank(np.array([[1.0, 2.0, 1.0, NAN, 2.0]])), [[2, 0, 3, -1, 1]])


@pytest.mark.parametrize(("there", "k", "success"), [(5, 4, True), (5, 3, False), (10, 8, True)])
def test_a_share_is_reached_in_spite_of_rounding(there: int, k: int, success: bool) -> None:
    truth = np.zeros((1, 20))
    truth[0, :there] = 1
    scores = -np.arange(20.0)[None]
    assert top_k(truth, scores, k, 0.8).rate == success


def test_the_curve_holds_the_rates_of_every_k() -> None:
    rng = np.random.default_rng(0)
    truth = (rng.random((40, 12)) < 0.2).astype(float)
    truth[rng.random(truth.shape) < 0.05] = NAN
    scores = rng.random((40, 12))
    scores[:, 7] = NAN
    curve = success_curve(truth, scores, [0.5, 0.8, 1.0])
    for share, rates in zip([0.5, 0.8, 1.0], curve, strict=True):
        expected = [top_k(truth, scores, k, share).rate for k in range(1, 13)]
        np.testing.assert_allclose(rates, expected, atol=1e-12)


def test_nothing_tagged() -> None:
    found = top_k(np.zeros((2, 3)), np.ones((2, 3)), 1, 1.0)
    assert np.isnan(found.rate)
    assert found.table(("a", "b", "c")) == []
    assert np.isnan(success_curve(np.zeros((2, 3)), np.ones((2, 3)), [1.0])).all()


@pytest.mark.parametrize(("k", "share"), [(0, 0.5), (1, 0), (1, 1.1)])
def test_counts_that_make_no_sense(k: int, share: float) -> None:
    with pytest.raises(ValueError, match="top-K needs"):
        TopKCounter(3, k, share)


def test_blocks_of_songs_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    truth, scores = (rng.random((50, 9)) < 0.3).astype(float), rng.random((50, 9))
    curve, found = success_curve(truth, scores, [0.5, 1.0]), top_k(truth, scores, 3, 0.5)
    monkeypatch.setattr(topk, "BLOCK", 7)
    np.testing.assert_array_equal(success_curve(truth, scores, [0.5, 1.0]), curve)
    again = top_k(truth, scores, 3, 0.5)
    assert (again.rate, again.songs, again.untagged) == (found.rate, found.songs, found.untagged)
    np.testing.assert_array_equal(again.captured, found.captured)
    np.testing.assert_array_equal(success_curve(truth, scores, [0.5], ks=[3, 9]), curve[:1, [2, 8]])


def test_k_beyond_the_tags_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 4"):
        success_curve(TRUTH, SCORES, [1.0], ks=[5])


def test_highest_marks_the_k_highest_and_leaves_the_unknown_open() -> None:
    np.testing.assert_array_equal(highest(SCORES[[0, 3]], 2), [[1, 1, 0, 0], [1, NAN, 0, 1]])


def test_what_comes_in_parts_is_counted_as_if_at_once() -> None:
    counter = TopKCounter(4, 2, 0.5)
    for part in (slice(0, 1), slice(1, 2), slice(2, 4)):
        counter.add(TRUTH[part], SCORES[part])
    found, whole = counter.result(), top_k(TRUTH, SCORES, k=2, share=0.5)
    assert (found.k, found.share, found.rate) == (2, 0.5, whole.rate)
    assert (found.songs, found.untagged) == (whole.songs, whole.untagged)
    np.testing.assert_array_equal(found.captured, whole.captured)
    np.testing.assert_array_equal(found.missed, whole.missed)


def test_of_equal_rates_the_tag_of_more_songs_comes_first() -> None:
    found = TopK(10, 0.8, 0.5, 9, 0, np.array([1, 3, 2, 0, 0]), np.array([1, 1, 2, 0, 3]))
    rows = found.table(("a", "b", "c", "none", "lost"))
    assert [(row.tag, row.captured, row.missed) for row in rows] == [
        ("b", 3, 1),
        ("c", 2, 2),
        ("a", 1, 1),
        ("lost", 0, 3),
    ]


def test_the_number_of_tags_is_the_last_k() -> None:
    truth, scores = np.eye(3), np.eye(3)
    assert success_curve(truth, scores, [1.0], [1, 3]).tolist() == [[1, 1]]
    for ks in ([0, 1], [1, 4], [1, 0], [4, 1]):
        with pytest.raises(ValueError, match="K must be from 1 to 3"):
            success_curve(truth, scores, [1.0], ks)
