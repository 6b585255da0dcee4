"""Heads and their judges, on embeddings of songs that are not."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from earmark.evaluation.metrics import roc_auc
from earmark.tagging.calibration import sigmoid
from earmark.teaching.head import fit_head
from earmark.teaching.judged import judge


def songs(count: int, tags: int = 3, d: int = 20, seed: int = 0, apart: float = 1.5):
    """Embeddings, each song with one tag, by artists of four songs each."""
    rng = np.random.default_rng(seed)
    artist = np.arange(count) // 4
    tag = rng.integers(tags, size=artist.max() + 1)[artist]
    middles = apart * rng.standard_normal((tags, d))
    own = rng.standard_normal((artist.max() + 1, d))[artist]
    embeddings = 7 + 3 * (middles[tag] + own + 0.3 * rng.standard_normal((count, d)))
    return embeddings, np.eye(tags)[tag], np.array([f"artist {a}" for a in artist])


def test_a_line_is_that_of_logistic_regression() -> None:
    embeddings, labels, _ = songs(200)
    weights = np.ones(200)
    head = fit_head(embeddings, labels, weights, ridge=5.0)
    inputs = (embeddings - embeddings.mean(0)) / embeddings.std(0)
    reference = LogisticRegression(C=1 / 5.0, class_weight="balanced", tol=1e-10, max_iter=10000)
    reference.fit(inputs, labels[:, 0])
    told = reference.decision_function(inputs)
    assert head(embeddings)[:, 0] == pytest.approx(told, abs=2e-3)


def test_songs_of_others_are_told_and_calibrated() -> None:
    embeddings, labels, groups = songs(240)
    judged = judge(embeddings, labels, np.ones(240), groups)
    other, truth, _ = songs(240)
    assert all(quality.learned and quality.roc_auc > 0.9 for quality in judged.qualities)
    assert all(quality.examples > quality.groups > 2 for quality in judged.qualities)
    chances = sigmoid(judged.head(other))
    assert chances.mean(0) == pytest.approx(truth.mean(0), abs=0.08)
    assert ((judged.thresholds > 0.04) & (judged.thresholds < 0.91)).all()


def test_quality_is_not_that_of_the_artists_learned_from() -> None:
    # Tags that are nothing but artists: songs of the same artist would give them away.
    rng = np.random.default_rng(0)
    artist = np.arange(160) // 8
    embeddings = 3 * rng.standard_normal((20, 30))[artist] + rng.standard_normal((160, 30))
    labels = (artist % 2 == 0)[:, None].astype(float)
    honest = judge(embeddings, labels, np.ones(160), artist.astype(str)).qualities[0]
    fooled = judge(embeddings, labels, np.ones(160), np.arange(160).astype(str)).qualities[0]
    assert fooled.roc_auc > 0.95 and fooled.learned
    assert honest.roc_auc < 0.75


def test_nothing_to_learn_is_said() -> None:
    rng = np.random.default_rng(1)
    labels = np.repeat([[1.0], [0.0]], 20, axis=0)
    judged = judge(rng.standard_normal((40, 192)), labels, np.ones(40), np.arange(40).astype(str))
    assert not judged.qualities[0].learned


def test_what_is_unknown_is_not_absent() -> None:
    embeddings, labels, _ = songs(120)
    part = labels.copy()
    part[::2, 0] = np.nan
    head = fit_head(embeddings, part, np.ones(120))
    alone = fit_head(embeddings[1::2], labels[1::2], np.ones(60))
    area = roc_auc(labels[:, 0] == 1, head(embeddings)[:, 0])
    assert area > 0.95 and abs(area - roc_auc(labels[:, 0] == 1, alone(embeddings)[:, 0])) < 0.05
    none = fit_head(embeddings, np.full((120, 1), np.nan), np.ones(120))
    assert not none(embeddings).any()


@pytest.mark.parametrize("seed", [2, 3])  # left to chance, both would be in one fold with 2
def test_a_tag_of_two_artists_is_never_judged_by_who_heard_neither(seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(14), 4)  # the first two have the tag, the other twelve another
    labels = np.stack([groups < 2, groups >= 2], 1).astype(float)
    embeddings = 0.3 * rng.standard_normal((len(groups), 24))
    embeddings[groups < 2, 0] += 2
    judged = judge(embeddings, labels, np.ones(len(groups)), groups.astype(str), seed)
    assert judged.qualities[0].roc_auc > 0.97
