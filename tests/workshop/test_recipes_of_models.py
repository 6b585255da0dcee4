"""The recipes of the shipped models."""

from pathlib import Path

import pytest

from earmark.errors import TrainingError
from earmark.training.networks.make import make_network
from earmark.training.recipes.recipe import load_recipe
from workshop.recipes import workshop_recipe, workshop_recipes
from workshop.sources import Sources
from workshop.train import train_model
from workshop.windows import FRAMES, FRONT_END


@pytest.mark.parametrize("name", workshop_recipes())
def test_a_recipe_survives_being_written_and_makes_a_network(name: str, tmp_path: Path) -> None:
    recipe = workshop_recipe(name)
    assert recipe.name == name
    (tmp_path / "copy.toml").write_text(recipe.text(), encoding="utf-8")
    assert load_recipe(tmp_path / "copy.toml") == recipe
    make_network(recipe, 188)


def test_the_shipped_recipes_are_those_of_the_shipped_models() -> None:
    models = {"ar", "cnn", "cnn2", "cnn3", "crnn", "default", "small", "voicenet"}
    models |= {"elder", "elder-start", "elder-worn", "slim", "small-on"}
    assert set(workshop_recipes()) == models
    default, elder, cnn3 = map(workshop_recipe, ("default", "elder", "cnn3"))
    assert (elder.front_end, elder.data.frames) == (FRONT_END, FRAMES)
    assert elder.architecture.options["blocks"] > 2  # deeper than elder-start
    assert (load_recipe("tune").front_end, load_recipe("tune").data.frames) == (
        default.front_end,
        default.data.frames,
    )
    assert (
        load_recipe("tune").architecture.options["blocks"]
        == (default.architecture.options["blocks"])
    )
    assert elder.augmentation.time_masks == 0  # student and teachers hear the same
    assert (cnn3.data.batch, cnn3.optimiser.name) == (5, "adadelta")
    assert cnn3.loss.name == "normalised_crossentropy"
    original = load_recipe("original")
    for section in ("front_end", "architecture", "loss", "optimiser"):
        assert getattr(original, section) == getattr(cnn3, section)


@pytest.mark.parametrize("name", ["tags", "cnn", "ar"])
def test_only_networks_of_labelled_windows_learn_worn_ones(name: str, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=f"'{name}': --worn is for"):
        train_model(workshop_recipe(name), Sources(worn=tmp_path), tmp_path / "run", resume=False)


def test_mixtures_take_neither_several_processes_nor_weights_to_begin_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = workshop_recipe("ar")
    with pytest.raises(TrainingError, match="takes neither torchrun nor --start"):
        train_model(recipe, Sources(start="default"), tmp_path, resume=False)
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(TrainingError, match="one process"):
        train_model(recipe, Sources(), tmp_path, resume=False)
    monkeypatch.delenv("WORLD_SIZE")
    with pytest.raises(TrainingError, match="name its folder with --corpus"):
        train_model(recipe, Sources(), tmp_path, resume=False)
    text = recipe.text().replace('kind = "windows"', 'kind = "clips"')
    (tmp_path / "wrong.toml").write_text(text, encoding="utf-8")
    with pytest.raises(TrainingError, match="fits the architecture ar"):
        train_model(
            workshop_recipe(tmp_path / "wrong.toml"), Sources(), tmp_path / "run", resume=False
        )
