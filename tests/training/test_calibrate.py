"""Calibration and thresholds recover what made the data."""

import numpy as np
import pytest

from earmark.tagging.calibration import Calibration, logit, sigmoid
from earmark.training.export.calibrate import (
    LOWEST_THRESHOLD,
    VOICE_FLOOR,
    Evidence,
    by_group,
    calibrated,
    fit_floor,
    fit_platt,
    fit_thresholds,
    out_of_fold,
    raise_for_precision,
)
from earmark.vocabulary import official_vocabulary

TAGS = official_vocabulary()
PLACE = TAGS.index


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
    found = Calibration(np.array([2.0]), np.array([-1.0]))(scores)
    assert found.dtype == np.float32
    assert (np.diff(found[:, 0]) >= 0).all()
    assert found.min() >= 0 and found.max() <= 1


def test_threshold_parts_what_has_the_tag_from_what_has_not() -> None:
    scores = np.array([[0.9], [0.8], [0.3], [0.2], [0.1]])
    targets = np.array([[1.0], [1.0], [0.0], [0.0], [0.0]])
    assert fit_thresholds(scores, targets, np.ones_like(scores))[0] == pytest.approx(0.55)


def test_no_threshold_is_so_low_that_all_is_shown() -> None:
    scores = np.array([[0.01], [0.012], [0.001]])
    targets = np.array([[1.0], [1.0], [0.0]])
    assert fit_thresholds(scores, targets, np.ones_like(scores))[0] == LOWEST_THRESHOLD


def test_a_card_heeds_what_certainly_lacks_a_tag() -> None:
    rng = np.random.default_rng(0)
    scores = sigmoid(rng.normal(-1, 1, (200, len(TAGS))))
    targets = (rng.random(scores.shape) < scores).astype(float)
    evidence = Evidence(said({"techno": 0}, 200), np.zeros(200, bool), np.ones(200, bool), TAGS)
    cards = [
        calibrated({"tag": [{"name": tag} for tag in TAGS]}, scores, targets, targets * 0 + 1, one)
        for one in (None, evidence)
    ]
    plain, careful = (np.array([tag["threshold"] for tag in card["tag"]]) for card in cards)
    assert set(np.flatnonzero(plain != careful)) == {PLACE("techno")}
    tag = cards[1]["tag"][PLACE("techno")]
    own = Calibration(np.array([tag["slope"]]), np.array([tag["offset"]]))
    shown = own(scores[:, [PLACE("techno")]]) >= tag["threshold"]
    assert shown.mean() == pytest.approx(0.03)


def test_nobody_is_calibrated_by_his_own_group() -> None:
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(20), 10)
    scores = sigmoid(rng.normal(0, 2, (200, 2)))
    targets = (rng.random((200, 2)) < scores).astype(float)
    weights = np.ones_like(targets)
    honest, shown = out_of_fold(scores, targets, weights, groups)
    assert honest.shape == shown.shape == scores.shape
    np.testing.assert_allclose(honest, scores, atol=0.15)
    # Scores that are all too low mean the same.
    other, same = out_of_fold(sigmoid(logit(scores) - 3), targets, weights, groups)
    np.testing.assert_allclose(other, honest, atol=0.05)
    assert (same == shown).mean() > 0.95
    turned = targets.copy()
    turned[groups == 3] = 1 - turned[groups == 3]  # what a group says does not reach itself
    again, _ = out_of_fold(scores, turned, weights, groups)
    np.testing.assert_array_equal(again[groups == 3], honest[groups == 3])
    assert not np.array_equal(again, honest)


def said(cells: dict[str, float], rows: int) -> np.ndarray:
    right = np.full((rows, len(TAGS)), np.nan)
    for tag, value in cells.items():
        right[:, PLACE(tag)] = value
    return right


def test_a_synonym_that_was_given_makes_a_tag_right() -> None:
    found = by_group(said({"violins": 1, "fiddle": 0, "flute": 0}, 1), TAGS)[0]
    assert (found[[PLACE("violin"), PLACE("violins"), PLACE("fiddle")]] == 1).all()
    assert found[PLACE("flutes")] == 0 and np.isnan(found[PLACE("rock")])


def test_the_floor_is_where_most_of_what_is_shown_is_right() -> None:
    rng = np.random.default_rng(0)
    scores = rng.uniform(0.02, 0.6, (60, len(TAGS)))
    chance = sigmoid(2 * (logit(scores) - logit(np.array(0.2))))
    right = by_group((rng.random(scores.shape) < chance).astype(float), TAGS)
    alone = np.array([len(TAGS.synonyms(name)) == 1 for name in TAGS])
    right[:, ~alone] = np.nan
    floor = fit_floor(scores, right, TAGS)
    wanted = sigmoid(logit(np.array(0.2)) + logit(np.array(0.6)) / 2)
    assert floor == pytest.approx(float(wanted), abs=0.015)
    assert fit_floor(scores, np.where(np.isnan(right), np.nan, 1 - right), TAGS) == LOWEST_THRESHOLD
    assert fit_floor(scores[:, :0], right[:, :0], TAGS.ordered([])) == LOWEST_THRESHOLD
    assert fit_floor(scores, right * 0, TAGS) == LOWEST_THRESHOLD


def test_sounds_without_music_and_recordings_without_voices_move_thresholds() -> None:
    rows = 200
    scores = np.full((rows, len(TAGS)), 0.01)
    strokes = np.arange(rows) < 100
    scores[strokes, PLACE("techno")] = np.linspace(0, 0.5, 100)
    scores[:, PLACE("vocals")] = np.where(np.arange(rows) < 150, 0.02, 0.4)
    right = said({"techno": 0}, rows)
    right[:, PLACE("vocals")] = np.arange(rows) >= 150
    before = np.full(len(TAGS), 0.3)
    known = Evidence(right, np.zeros(rows, bool), strokes, TAGS)
    after = raise_for_precision(before, scores, known)
    assert after[PLACE("techno")] == pytest.approx(0.485, abs=0.01)  # 97 of 100 stay below
    assert after[PLACE("vocals")] == VOICE_FLOOR  # recordings tell voices apart at .02
    moved = {TAGS.names[j] for j in np.flatnonzero(after != before)}
    assert moved == {"techno", "vocals"}
    # the same scores of music, or of strokes that nobody says lack the tag, move nothing
    music = Evidence(right, np.zeros(rows, bool), ~strokes, TAGS)
    assert raise_for_precision(before, scores, music)[PLACE("techno")] == 0.3
    unknown = Evidence(said({}, rows), np.zeros(rows, bool), strokes, TAGS)
    np.testing.assert_array_equal(raise_for_precision(before, scores, unknown), before)
