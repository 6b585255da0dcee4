"""A song's score from those of its windows: by hand, and through the whole tagger."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from sounds import music

from earmark.errors import ModelError
from earmark.tagging import Tagger
from earmark.tagging.calibration import Calibration, logit, sigmoid
from earmark.tagging.pooling import power_mean
from earmark.zoo import find_model, load_card

SCORES = np.array([[0.0, 0.5, 0.2], [1.0, 0.5, 0.4]], np.float32)


def test_by_hand() -> None:
    np.testing.assert_allclose(power_mean(SCORES, np.array([1, 3])), [0.75, 0.5, 0.35], atol=1e-6)
    squares = power_mean(SCORES, np.array([1, 1]), 2.0)
    np.testing.assert_allclose(squares, [np.sqrt(0.5), 0.5, np.sqrt(0.1)], atol=1e-6)


def test_a_high_exponent_comes_near_the_maximum() -> None:
    np.testing.assert_allclose(power_mean(SCORES, np.array([1, 1]), 40.0), SCORES.max(0), rtol=0.02)


def with_exponent(folder: Path, exponent: str) -> Path:
    copy = Path(shutil.copytree(find_model("default").folder, folder / "model"))
    card = copy / "card.toml"
    lines = card.read_text("utf-8").split("\n[pooling]\n")
    text = lines[0] if len(lines) == 1 else lines[0] + lines[1].split("\n", 1)[1]
    card.write_text(text + f"\n[pooling]\nexponent = {exponent}\n", encoding="utf-8")
    return copy


def test_the_tagger_pools_as_its_card_says(tmp_path: Path) -> None:
    card = load_card(with_exponent(tmp_path, "3"))
    assert card.pooling_exponent == 3
    tagging = Tagger(card.folder)(music(9.0, 16000), 16000)
    calibration = Calibration(card.slopes, card.offsets)
    timeline = tagging.timeline
    windows = timeline.scores.astype(np.float64)
    raw = 1 / (1 + np.exp(-(np.log(windows / (1 - windows)) - card.offsets) / card.slopes))
    weights = timeline.ends - timeline.starts
    pooled = np.average(raw**3, axis=0, weights=weights) ** (1 / 3)
    np.testing.assert_allclose(tagging.scores, calibration(pooled), atol=2e-3)


@pytest.mark.parametrize("exponent", ["0", "-1", "nan", "'two'"])
def test_an_exponent_that_makes_no_sense(tmp_path: Path, exponent: str) -> None:
    with pytest.raises(ModelError, match="makes no sense"):
        load_card(with_exponent(tmp_path, exponent))


def test_what_is_surer_than_a_ten_millionth_counts_as_that() -> None:
    np.testing.assert_allclose(logit(np.array([0.0, 0.5, 1.0])), [-16.118096, 0, 16.118096])
    np.testing.assert_allclose(sigmoid(logit(np.array([0.1, 0.9]))), [0.1, 0.9])
    calibration = Calibration(np.float32([1, 2]), np.float32([0, -1]))
    wanted = [[0.2, 1 / (1 + np.e * 16)], [0.5, 1 / (1 + np.e)]]
    np.testing.assert_allclose(calibration(np.array([[0.2, 0.2], [0.5, 0.5]])), wanted, rtol=1e-5)
