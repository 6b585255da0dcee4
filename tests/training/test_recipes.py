"""Recipes: shipped ones are read, and what makes no sense is one sentence."""

from pathlib import Path

import pytest

from earmark.errors import TrainingError
from earmark.training.recipes.recipe import Recipe, load_recipe, recipe_names

FRONT = "[front_end]\nsample_rate = 16000\nn_fft = {}\nhop_length = 512\n"


@pytest.mark.parametrize("name", recipe_names())
def test_a_recipe_survives_being_written(name: str, tmp_path: Path) -> None:
    recipe = load_recipe(name)
    assert recipe.name == name
    (tmp_path / "copy.toml").write_text(recipe.text(), encoding="utf-8")
    assert load_recipe(tmp_path / "copy.toml") == recipe


def test_the_shipped_recipes_are_those_of_users() -> None:
    assert set(recipe_names()) == {"original", "tags", "tune"}


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[data]\nbatch = 7\n")
    assert load_recipe(path).data.batch == 7
    assert load_recipe(path).optimiser == Recipe("x").optimiser
    assert load_recipe(path).name == "mine"


def test_epochs_seed_and_network_can_be_changed() -> None:
    changed = load_recipe("tags").changed(epochs=3, seed=9)
    assert (changed.schedule.epochs, changed.seed) == (3, 9)
    assert load_recipe("tags").changed() == load_recipe("tags")
    other = load_recipe("tune").changed(architecture="musicnn")
    assert (other.name, other.architecture.name) == ("tune-musicnn", "musicnn")
    assert other.architecture.options == {}  # those of resnet mean nothing to it
    assert other.data == load_recipe("tune").data


def test_an_unknown_network_names_the_nearest() -> None:
    with pytest.raises(TrainingError, match=r"no architecture 'crn'; the nearest is 'crnn'"):
        load_recipe("tags").changed(architecture="crn")
    with pytest.raises(TrainingError, match=r"there are resnet, cnn3, cnn, .*, harmonic$"):
        load_recipe("tags").changed(architecture="transformer")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[data]\nbatchh = 3", "[data] has no key 'batchh'; the nearest is 'batch'"),
        ("[data]\nbatch = 0", "[data] batch must be a whole number from 2, not 0"),
        ("[data]\nbatch = 1.5", "[data] batch must be a whole number from 2, not 1.5"),
        ("[data]\nheld_out = 0.9", "[data] held_out must be a number from 0.01 to 0.5, not 0.9"),
        ("[data]\nkind = 'tapes'", "[data] kind must be one of songs, windows, clips, not 'tapes'"),
        ("data = 3", "[data] must be a section with keys, not 3"),
        ("[optimiser]\nlearning_rate = nan", "learning_rate must be a number from 1e-09 to 100"),
        ("[optimiser]\nlearning_rate = '1'", "learning_rate must be a number"),
        ("[optimiser]\ncompile = 1", "[optimiser] compile must be true or false, not 1"),
        (FRONT.format(1024), "[front_end] lacks 'n_mels'"),
        (FRONT.format(1023) + "n_mels = 96", "[front_end] makes no sense: front end needs"),
        ("[architecture]\nname = 'cnn9'", "name must be one of resnet, cnn3, cnn, "),
        ("[architecture]\ndropout = 3", "[architecture] dropout must be a number from 0 to 0.95"),
        ("[architecture]\nwidths = [3]", "[architecture] widths must be a list of 4 numbers"),
        ("[architecture]\ndepth = 3", "[architecture] resnet has no key 'depth'; there are widths"),
        ("seed = -1", "seed must be a whole number from 0 to"),
        ("[shedule]\nepochs = 3", "has no key 'shedule'; the nearest is 'schedule'"),
        ("[data", "not a TOML file"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(text: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    path.write_text(text + "\n")
    with pytest.raises(TrainingError) as caught:
        load_recipe(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert sentence in str(caught.value) and "\n" not in str(caught.value)


def test_an_unknown_recipe_names_those_there_are() -> None:
    with pytest.raises(TrainingError, match="nor one of original, tags, tune"):
        load_recipe("tagz")
