"""Shown tags against scikit-learn, by hand, and by the vocabulary's opposites."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from earmark.evaluation.decisions import Contradiction, agreement, contradictions, over_thresholds
from earmark.vocabulary import official_vocabulary

NAN = np.nan


def test_agrees_with_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    truth = (rng.random((80, 9)) < 0.3).astype(float)
    scores, thresholds = rng.random((80, 9)) + 0.3 * truth, rng.random(9)
    shown = over_thresholds(scores, thresholds)
    found = agreement(truth, shown)
    for measure, own in (
        (precision_score, "precision"),
        (recall_score, "recall"),
        (f1_score, "f1"),
    ):
        expected = measure(truth, shown, average=None, zero_division=np.nan)
        np.testing.assert_allclose(getattr(found, own), expected, atol=1e-12)
        micro = measure(truth, shown, average="micro")
        assert getattr(found.pooled(), own)[0] == pytest.approx(micro, abs=1e-12)


def test_what_nobody_knows_counts_for_nothing() -> None:
    truth = np.array([[1, NAN, 0], [NAN, 0, 0], [1, 1, 0]], float)
    scores = np.array([[0.9, 0.9, NAN], [0.9, 0.2, NAN], [0.1, 0.2, NAN]])
    found = agreement(truth, over_thresholds(scores, 0.5))
    assert found.hits.tolist() == [1, 0, 0]
    assert found.wrong.tolist() == [0, 0, 0]
    assert found.missed.tolist() == [1, 1, 0]
    np.testing.assert_array_equal(found.precision, [1, NAN, NAN])
    np.testing.assert_array_equal(found.recall, [0.5, 0, NAN])
    np.testing.assert_array_equal(found.f1, [2 / 3, 0, NAN])


def test_a_score_at_its_threshold_is_shown() -> None:
    assert over_thresholds(np.array([[0.5, 0.4]]), np.array([0.5, 0.5])).tolist() == [[1, 0]]


def test_opposites_by_hand() -> None:
    tags = ("vocal", "no vocals", "slow", "fast", "woman")
    vocabulary = official_vocabulary().ordered(tags)
    shown = np.array([[1, 1, 0, 0, 1], [0, 1, 1, 1, 1], [1, 0, 1, NAN, 1], [0, 1, 0, 0, 0]])
    pairs, songs = contradictions(shown, vocabulary)
    assert Contradiction(*sorted(map(vocabulary.group, ("slow", "fast"))), 1) in pairs
    both = {frozenset((pair.first, pair.second)): pair.songs for pair in pairs}
    assert both[frozenset(map(vocabulary.group, ("vocal", "no vocals")))] == 1
    assert both[frozenset(map(vocabulary.group, ("woman", "no vocals")))] == 2
    assert songs == 2
    assert [pair.songs for pair in pairs] == sorted(both.values(), reverse=True)
