"""Occlusion finds what a score rests on, where that is known."""

from dataclasses import replace

import numpy as np
import pytest
from networks import BANDS, FRAMES, rectangle_model

from earmark.errors import VocabularyError
from earmark.inside.occlusion import occlusion
from earmark.sound import melspectrogram
from earmark.zoo import find_model

TIMES, MELS = slice(30, 50), slice(60, 80)


@pytest.fixture
def card(tmp_path):
    return find_model(rectangle_model(tmp_path / "m", TIMES, MELS))


def test_drops_lie_on_the_rectangle_that_makes_the_score(card) -> None:
    frames = np.ones((FRAMES, BANDS), np.float32)
    found = occlusion(card, frames, "rock")
    assert found.patch == (9, 12)
    assert found.score == pytest.approx(1 / (1 + np.exp(-1)), abs=1e-6)
    inside = np.zeros(found.drops.shape, bool)
    inside[TIMES, MELS] = True
    assert np.all(found.drops[inside] > 0)
    assert inside[np.unravel_index(found.drops.argmax(), inside.shape)]
    near = np.zeros_like(inside)  # as far as a patch that touches the rectangle reaches
    near[30 - 8 : 50 + 8, 60 - 11 : 80 + 11] = True
    assert np.abs(found.drops[~near]).max() < 1e-6


def test_patches_of_one_place_give_each_place_its_own_drop(card) -> None:
    frames = np.random.default_rng(0).random((FRAMES, BANDS), dtype=np.float32) * 50
    found = occlusion(card, frames, "rock", patch=(1, 1), step=(1, 1))
    mean = float(frames[TIMES, MELS].mean())
    without = mean - frames[TIMES, MELS] / 400
    wanted = 1 / (1 + np.exp(-mean)) - 1 / (1 + np.exp(-without))
    assert found.drops[TIMES, MELS] == pytest.approx(wanted, abs=1e-6)
    assert np.count_nonzero(np.abs(found.drops) > 1e-6) <= 400


def test_scores_and_drops_are_calibrated(card) -> None:
    """Slope 2 and offset -1: of a mean of 1, and of what a patch over everything leaves of it."""
    card = replace(card, slopes=np.array([2, 1], np.float32), offsets=np.array([-1, 0], np.float32))
    frames = np.ones((FRAMES, BANDS), np.float32)
    found = occlusion(card, frames, "rock", patch=(FRAMES, BANDS))
    assert found.score == pytest.approx(1 / (1 + np.exp(-1)), abs=1e-6)
    assert found.drops[0, 0] == pytest.approx(found.score - 1 / (1 + np.exp(1)), abs=1e-6)
    silent = occlusion(card, frames, "rock", patch=(FRAMES, BANDS), fill=3.0)
    assert silent.drops[0, 0] == pytest.approx(found.score - 1 / (1 + np.exp(-5)), abs=1e-6)


def test_the_last_frame_and_band_are_covered_too(tmp_path) -> None:
    card = find_model(rectangle_model(tmp_path / "corner", slice(93, 94), slice(95, 96)))
    found = occlusion(card, np.ones((FRAMES, BANDS), np.float32), "rock")
    assert found.drops[93, 95] == pytest.approx(found.score - 0.5, abs=1e-6)
    assert found.drops[0, 0] == 0


def test_what_speaks_against_a_tag_has_a_drop_below_zero(card) -> None:
    frames = np.full((FRAMES, BANDS), -1, np.float32)
    found = occlusion(card, frames, "rock")
    assert found.drops[40, 70] < 0
    assert np.abs(occlusion(card, frames, "violin").drops).max() == 0


def test_a_patch_over_everything_takes_what_silence_leaves(card) -> None:
    found = occlusion(card, np.ones((FRAMES, BANDS), np.float32), "rock", patch=(999, 999))
    assert found.patch == (FRAMES, BANDS)
    assert found.drops == pytest.approx(np.full((FRAMES, BANDS), found.score - 0.5), abs=1e-6)


@pytest.mark.parametrize("first", [True, False])
def test_a_burst_is_found_in_its_half(first: bool) -> None:
    """Silence with a chord in one half: only there can the shipped network have heard a thing."""
    card = find_model("default")
    time = np.arange(24000) / 16000
    chord = sum(np.sin(2 * np.pi * hz * time) * np.exp(-2 * time) for hz in (262, 330, 392, 1046))
    halves = [0.1 * chord.astype(np.float32), np.zeros(24000, np.float32)]
    frames = melspectrogram(np.concatenate(halves if first else halves[::-1]), card.front_end)
    found = occlusion(card, frames[: card.window_frames], "piano")
    drops = np.abs(found.drops)
    sounding, silent = (drops[:23], drops[27:]) if first else (drops[24:], drops[:20])
    assert silent.max() < 1e-6
    assert sounding.max() > 0.001


def test_an_unknown_tag_is_answered_before_the_work(card) -> None:
    with pytest.raises(VocabularyError, match="'rok' is not one of the 2 tags; the nearest"):
        occlusion(card, np.ones((FRAMES, BANDS), np.float32), "rok")
