"""Lessons in voices and the head that learns from them: folds, rows, lines, and the file."""

import tomllib

import numpy as np
import pytest

from earmark.tagging.voices import KINDS, LINES
from earmark.zoo import find_model
from workshop.splices import KINDS as PARTS
from workshop.splices import Splice
from workshop.voice_head import fit, text_of
from workshop.voice_lessons import FOLDS, Lessons, folds_of, lessons_of
from workshop.voice_tracks import Moments, _agreed

ROWS, SIZE = 400, 8


def row(number: int, **more: str) -> dict[str, str]:
    usual = {"id": str(number), "split": "train", "kind": "recording", "seconds": "30"}
    return {**usual, "artist": "", "group": "", "tags": "", "not_tags": "", **more}


def test_folds_share_no_group_and_take_every_kind() -> None:
    rows = [row(n, artist=f"a{n // 3}", tags="singing") for n in range(60)]
    rows += [row(n, kind="ai-generated", tags="rap;singing") for n in range(60, 80)]
    rows += [row(n, group="g", tags="guitar") for n in range(80, 90)]
    folds = folds_of(rows)
    assert {folds[f"a{n}"] for n in range(20)} == set(range(FOLDS))
    rapped = [folds[str(n)] for n in range(60, 80)]
    assert np.bincount(rapped).tolist() == [4] * FOLDS
    assert "g" in folds


def test_rows_know_what_share_of_them_is_what(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = np.zeros((6, 190), np.float32)
    monkeypatch.setattr("workshop.voice_lessons.heard_rows", lambda tagger, samples: heard)

    class Card:
        vocabulary = range(188)

    class Tagger:
        card = Card

    parts = [(0.0, 1.2, "rap"), (1.2, 2.0, "place"), (2.0, 3.0, "speech")]
    lessons = lessons_of([Splice(np.zeros(48000, np.float32), parts)] * 2, Tagger, {"rap": 7})
    assert lessons.embeddings.shape == (12, 2) and lessons.sounds.tolist() == [0] * 6 + [1] * 6
    wanted = [
        [0, 1, 0, 0],
        [0, 1, 0, 0],
        [0, 0.4, 0, 0.6],
        [0, 0, 0, 1],
        [0, 0, 1, 0],
        [0, 0, 1, 0],
    ]
    np.testing.assert_allclose(lessons.shares[:6], wanted, atol=1e-6)
    assert lessons.spans(1, ("rap", "speech")) == [(0.0, 1.2), (2.0, 3.0)]
    assert lessons.tracks.tolist() == [0, 7, 0, 0]


def test_teachers_must_agree_and_labels_have_a_veto() -> None:
    omnivad, targets = np.array([0.9, 0.9, 0.1, 0.1]), np.array([0.3, 0.01, 0.01, 0.3])
    voiced, known = _agreed(row(0), omnivad, targets)
    assert voiced.tolist() == [True, False, False, False]
    assert known.tolist() == [True, False, True, False]
    voiced, known = _agreed(row(0, tags="no vocals"), omnivad, targets)
    assert not voiced.any() and known.tolist() == [False, False, True, False]
    certain = row(0, tags="no vocals", kind="environment")
    assert _agreed(certain, omnivad, targets)[1].all()


def test_a_head_learns_its_lines_and_the_file_holds_them() -> None:
    """Each kind of voice is a number of the embedding, and any voice is one more."""
    card, random = find_model("default"), np.random.default_rng(0)
    kinds = random.integers(0, 4, ROWS)
    embeddings = random.normal(0, 0.3, (ROWS, SIZE)).astype(np.float32)
    embeddings[np.arange(ROWS), kinds] += 3
    embeddings[:, 4] += 3 * (kinds < 3)
    scores = random.uniform(0.2, 0.4, (ROWS, len(card.vocabulary))).astype(np.float32)
    shares = np.eye(4, dtype=np.float32)[kinds]
    parts = np.array([[0, 0, 1, 1], [0, 1, 2, PARTS.index("music")]])
    lessons = Lessons(embeddings, scores, shares, np.zeros(ROWS), parts, np.ones(1), np.ones(4))
    moments = Moments(embeddings, scores, kinds < 3, np.zeros(ROWS))
    head = fit([lessons], [moments], card, (1e-2, 1e-1))
    found = head.chances(embeddings, np.zeros(ROWS))
    assert (found[:, :3][kinds < 3].argmax(axis=1) == kinds[kinds < 3]).mean() > 0.97
    assert ((found[:, 3] < 0.5) == (kinds < 3)).mean() > 0.97
    details = tomllib.loads(text_of(head, card, [lessons], [moments], {}))
    assert details["taught"]["passages"] == dict(zip(KINDS, [0, 1, 0, 1], strict=True))
    weights = np.array([details["line"][name]["weights"] for name in LINES])
    np.testing.assert_allclose(weights[0], head.voice, rtol=1e-3)
    np.testing.assert_allclose(weights[1:].T, head.kinds, rtol=1e-3)
    assert details["line"]["voice"]["own"] == head.own == 0.5
