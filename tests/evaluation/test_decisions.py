"""Shown tags against scikit-learn, by hand, and by the vocabulary's opposites."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from earmark.evaluation.decisions import (
    Contradiction,
    agreement,
    contradictions,
    over_thresholds,
    seen,
)
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
    assert found.absent.tolist() == [0, 1, 0]
    np.testing.assert_array_equal(found.precision, [NAN, NAN, NAN])  # the first cannot be wrong
    np.testing.assert_array_equal(found.recall, [0.5, 0, NAN])
    np.testing.assert_array_equal(found.f1, [NAN, 0, NAN])
    assert np.isnan(agreement(truth[:, :1], np.ones((3, 1))).pooled().precision[0])


def test_what_people_see() -> None:
    """Of synonyms one, which is right if any is there; of opposites the one further over."""
    vocabulary = official_vocabulary().ordered(("woman", "female", "slow", "fast", "guitar"))
    assert vocabulary.group("woman") == vocabulary.group("female")
    scores = np.array([[0.6, 0.9, 0.9, 0.6, 0.7], [0.6, 0.1, 0.1, 0.9, 0.9], [0.1] * 4 + [0.9]])
    truth = np.array([[1, 0, 0, 1, 1], [0, 0, 0, 1, 1], [0, 0, 0, 0, 1]], float)
    found = seen(truth, scores, 0.5, vocabulary)
    assert (found.songs, found.tags) == (3, 7)  # female slow guitar, woman fast guitar, guitar
    # guitar, which no song lacks, counts for nothing; female and fast are right, slow and woman not
    assert (found.right, found.wrong, found.precision) == (2, 2, 0.5)
    assert np.isnan(
        seen(truth[:, 4:], scores[:, 4:], 0.5, vocabulary.ordered(["guitar"])).precision
    )


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
