"""A smaller network learns what a larger model says of the windows that both hear."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the train extra is not installed")

from earmark.errors import TrainingError
from earmark.tagging.network import Network
from earmark.zoo import find_model
from workshop.imitation import imitating
from workshop.recipes import workshop_recipe
from workshop.sources import Sources
from workshop.train import train_model


def windows(n: int = 3) -> dict[str, np.ndarray]:
    """Noisy windows, the last silent, taught that every tag has an even chance."""
    mel = np.random.default_rng(0).uniform(0, 3, (n, 94, 96)).astype(np.float16)
    mel[-1] = 0
    return {
        "mel": mel,
        "target": np.full((n, 188), 0.5, np.float16),
        "weight": np.full((n, 188), 0.3, np.float16),
    }


def test_its_scores_count_as_much_as_a_persons_word() -> None:
    before = windows()
    taught = imitating(before, "voicenet")
    scores = Network(find_model("voicenet"))(before["mel"][:2].astype(np.float32))[0]
    np.testing.assert_allclose(taught["target"][:2], (0.15 + scores) / 1.3, atol=2e-3)
    np.testing.assert_allclose(taught["weight"][:2], 1.3, atol=2e-3)
    assert (before["weight"] == np.float16(0.3)).all()  # what came in stays as it was


def test_where_nothing_sounds_it_is_not_asked() -> None:
    before = windows()
    taught = imitating(before, "voicenet")
    for name in ("target", "weight"):
        np.testing.assert_array_equal(taught[name][-1], before[name][-1])


def test_a_model_of_other_windows_is_refused() -> None:
    with pytest.raises(TrainingError, match="cnn3: hears other windows"):
        imitating(windows(), "cnn3")


def test_only_networks_of_labelled_windows_imitate_or_learn_worn_ones(tmp_path: Path) -> None:
    for recipe in ("tags", "cnn", "ar"):
        for sources in (Sources(imitate="voicenet"), Sources(worn=tmp_path)):
            with pytest.raises(TrainingError, match=f"'{recipe}': --(imitate|worn) is for"):
                train_model(workshop_recipe(recipe), sources, tmp_path / "run", resume=False)
