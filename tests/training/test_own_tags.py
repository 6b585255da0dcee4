"""A manifest with tags of one's own, from sound to a model that `earmark tag` takes."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from command import earmark
from sounds import write
from typer.testing import CliRunner, Result

from earmark.cli.main import app
from earmark.datasets import Row
from earmark.errors import DataError, EarmarkError, OutputError, TrainingError
from earmark.training.export.model_folder import parity
from earmark.training.loop.checkpoint import read_log
from earmark.training.loop.ranks import Ranks
from earmark.training.recipes.recipe import load_recipe
from earmark.training.songs.crops import Crops
from earmark.training.songs.songs import build_store, hold_out, open_songs, split_rows
from earmark.zoo import find_model

RATE = 16000
TONES = {"hum": 180, "beep": 900, "squeak": 3500}
RECIPE = """
[data]
batch = 12
crops = 3
frames = 48
valid_windows = 2
[architecture]
widths = [8, 8, 16, 16]
blocks = 1
embedding = 16
dropout = 0.1
[optimiser]
learning_rate = 0.01
[schedule]
epochs = 12
patience = 6
[augmentation]
time_masks = 1
mel_masks = 1
"""


def tone(tag: str, seed: int) -> np.ndarray:
    """Three seconds of a tone of its class, with partials and noise."""
    rng = np.random.default_rng(seed)
    time = np.arange(3 * RATE) / RATE
    hz = TONES[tag] * rng.uniform(0.85, 1.15)
    samples = sum(np.sin(2 * np.pi * hz * k * time) / k for k in (1, 2))
    return (0.2 * samples + 0.01 * rng.standard_normal(len(time))).astype(np.float32)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 24 tones, a manifest and a recipe; one row names a file that is not there."""
    folder = tmp_path_factory.mktemp("tones")
    (folder / "small.toml").write_text(RECIPE)
    with open(folder / "tones.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "tags", "group", "split"])
        for i in range(24):
            tag = list(TONES)[i % 3]
            write(folder / f"{i}.wav", tone(tag, i), RATE)
            table.writerow([f"{i}.wav", tag, f"player {i // 3}", "valid" if i >= 18 else "train"])
        table.writerow(["gone.wav", "hum", "", "train"])
    return folder


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def learned(house: Path) -> Path:
    """A finished run."""
    run = house / "run"
    done = call("train", house / "small.toml", "--data", house / "tones.csv", "-o", run)
    assert done.exit_code == 0, done.exception
    return run


@pytest.fixture(scope="module")
def model(learned: Path) -> Path:
    """The run as a model folder."""
    folder = learned.parent / "model"
    done = call("export", learned, "-o", folder, "--jobs", "1")
    assert done.exit_code == 0, done.exception
    return folder


def test_the_run_folder_holds_all_of_it(learned: Path, house: Path) -> None:
    assert load_recipe(learned / "recipe.toml") == load_recipe(house / "small.toml")
    facts = json.loads((learned / "data.json").read_text())
    assert facts["tags"] == ["beep", "hum", "squeak"]
    assert (facts["train"], facts["valid"]) == (18, 6)
    assert read_log(learned)[-1]["roc_auc"] > 0.9
    assert (learned / "store").is_dir() and list((learned / "board").glob("events*"))


def test_the_exported_model_finds_the_right_tag(model: Path, learned: Path, house: Path) -> None:
    card = find_model(model)
    assert card.vocabulary.names == ("beep", "hum", "squeak")
    assert card.details["training"]["recipe"]["data"]["frames"] == 48
    assert card.details["measured"]["held_out_songs"] == 6
    assert card.slopes.min() > 0 and (card.slopes != 1).any()
    files = [write(house / f"new-{tag}.wav", tone(tag, 99), RATE) for tag in TONES]
    foreign = call("export", learned, "-o", house, "--jobs", "1").exception
    assert isinstance(foreign, OutputError) and "no part of a model" in str(foreign)
    done = earmark("tag", "-m", model, "--format", "json", *files)
    assert done.returncode == 0, done.stderr
    for tag, heard in zip(TONES, json.loads(done.stdout), strict=True):
        assert next(iter(heard["tags"])) == tag, heard


def test_a_run_is_not_begun_over(learned: Path, house: Path) -> None:
    command = ("train", house / "small.toml", "--data", house / "tones.csv", "-o", learned)
    weights = (learned / "weights.safetensors").read_bytes()
    refused = call(*command).exception
    assert isinstance(refused, TrainingError) and "--resume goes on with it" in str(refused)
    other = call(*command, "--resume", "--seed", "5").exception
    assert isinstance(other, TrainingError) and "seed = 0, not 5" in str(other)
    assert call(*command, "--resume").exit_code == 0  # it has ended, so nothing changes
    assert (learned / "weights.safetensors").read_bytes() == weights


def test_a_run_may_begin_with_what_another_learned(learned: Path, house: Path) -> None:
    tuned = house / "tuned"
    (house / "slow.toml").write_text(
        RECIPE.replace("0.01", "1e-6").replace("epochs = 12", "epochs = 1")
    )
    command = ("train", house / "slow.toml", "--data", house / "tones.csv", "-o", tuned)
    assert call(*command, "--store", learned / "store", "--start", learned).exit_code == 0
    assert read_log(tuned)[0]["roc_auc"] > 0.9  # at once: it can hardly have learned that itself
    assert json.loads((tuned / "data.json").read_text())["start"] == str(learned)


def test_a_run_does_not_go_on_with_other_data(learned: Path, house: Path, tmp_path: Path) -> None:
    text = (house / "tones.csv").read_text().replace("23.wav,squeak", "23.wav,hum")
    (house / "other.csv").write_text(text)
    command = ("train", house / "small.toml", "--data", house / "other.csv", "-o", learned)
    refused = call(*command, "--resume").exception
    assert isinstance(refused, TrainingError) and "the data has changed" in str(refused)


@pytest.mark.parametrize(
    ("arguments", "kind", "sentence"),
    [
        (("train", "tags"), TrainingError, "name it with --data"),
        (("train", "tags", "--architecture", "musicn"), TrainingError, "nearest is 'musicnn'"),
        (("train", "default"), TrainingError, "nor one of original, tags, tune"),
        (("train", "tags", "--data", "nowhere.csv"), DataError, "nowhere.csv: no such manifest"),
        (("train", "tags", "--data", "bare.csv"), TrainingError, "0 tags are too few"),
        (("export", "nowhere", "-o", "x"), TrainingError, "nowhere: no run lies there"),
    ],
)
def test_what_is_missing_is_one_sentence(
    arguments: tuple[str, ...],
    kind: type[EarmarkError],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bare.csv").write_text("file,tags\na.wav,\nb.wav,\n")
    refused = call(*arguments).exception
    assert isinstance(refused, kind) and sentence in str(refused)
    assert "\n" not in str(refused)


def test_windows_that_the_network_cannot_take_are_told(house: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "r.toml"
    recipe.write_text("[architecture]\nname = 'cnn3'\n")
    command = ("train", recipe, "--data", house / "tones.csv", "-o", tmp_path / "run")
    refused = call(*command, "--store", house / "run" / "store").exception
    assert isinstance(refused, TrainingError)
    assert "cnn3 cannot take windows of 94 frames of 96 bands" in str(refused)


@pytest.fixture(scope="module")
def crops(house: Path) -> Crops:
    recipe = load_recipe(house / "small.toml")
    split = split_rows(house / "tones.csv", 0.2, 0, lambda sentence: None)
    build_store(split, house / "store", recipe.front_end, jobs=1)
    songs = open_songs(split.train, split.vocabulary, house / "store", recipe.front_end)
    targets = songs.targets.copy()
    targets[0, 1], targets[1, 1] = np.nan, 0.25
    return Crops(replace(songs, targets=targets), recipe)


def test_a_batch_depends_on_seed_epoch_and_step_alone(crops: Crops) -> None:
    whole = slice(None)
    first = crops(1, 2, whole)
    crops(0, 0, whole)
    np.random.seed(1)
    torch.manual_seed(1)
    for one, other in zip(first, crops(1, 2, whole), strict=True):
        torch.testing.assert_close(one, other)
    assert not torch.equal(first[0], crops(1, 1, whole)[0])
    assert not torch.equal(first[0], crops(0, 2, whole)[0])


def test_shares_of_a_batch_make_the_whole(crops: Crops) -> None:
    whole = crops(0, 1, slice(None))
    shares = [crops(0, 1, Ranks(rank, 2).share) for rank in range(2)]
    for tensor, *parts in zip(whole, *shares, strict=True):
        torch.testing.assert_close(tensor[0::2], parts[0])
        torch.testing.assert_close(tensor[1::2], parts[1])


def test_an_epoch_has_each_song_equally_often(crops: Crops) -> None:
    assert crops.steps == 18 * 3 // 12
    rows = np.concatenate([crops._order.rows(0, step) for step in range(crops.steps)])
    assert len(set(rows)) == len(rows) == crops.steps * 12


def test_an_epoch_of_few_songs_has_enough_steps_to_learn_something(crops: Crops) -> None:
    """One step an epoch, and patience ended a run of 20 songs before it had learned any."""
    data = replace(crops.recipe.data, steps=16)
    few = Crops(crops.songs, replace(crops.recipe, data=data))
    assert few.steps == 16
    for name in ("tags", "tune"):
        assert load_recipe(name).data.steps >= 16


def test_unknown_tags_have_no_weight_and_shares_are_targets(crops: Crops) -> None:
    assert crops._weights[0, 1] == 0 and crops._weights[0, 0] == 1
    assert crops._targets[1, 1] == 0.25


def row(file: str, group: str = "") -> Row:
    return Row(1, file, group=group)


def test_held_out_songs_are_whole_groups_and_never_most() -> None:
    rows = [row(f"{i}.wav", f"artist {i % 10}") for i in range(100)]
    kept, held = hold_out(rows, 0.15, seed=0)
    assert len(kept) + len(held) == 100 and len(held) == 10
    assert not {one.group for one in kept} & {one.group for one in held}
    assert hold_out(rows, 0.15, seed=0) == (kept, held)
    assert any(hold_out(rows, 0.15, seed=seed)[1] != held for seed in range(1, 5))
    alone = [row(f"{i}.wav", "one artist") for i in range(10)]
    assert hold_out(alone, 0.15, seed=0) == (alone, [])
    assert 1 <= len(hold_out([row("a"), row("b"), row("c")], 0.15, seed=0)[1]) <= 1


def test_songs_are_held_out_where_nothing_says_which(tmp_path: Path) -> None:
    lines = "".join(f"{i}.wav,hum;{'deep' if i % 2 else 'high'}\n" for i in range(40))
    (tmp_path / "m.csv").write_text("file,tags\n" + lines)
    said: list[str] = []
    split = split_rows(tmp_path / "m.csv", 0.15, 0, said.append)
    assert (len(split.train), len(split.valid)) == (34, 6)
    assert "6 of 40 songs are held out" in said[0]
    assert split.vocabulary.names == ("deep", "high")
    assert any("known to lack them: 1 tags ('hum')" in sentence for sentence in said)
    assert {tag for row in split.valid for tag in row.tags} >= {"deep", "high"}


def test_the_same_songs_are_held_out_wherever_the_folder_lies() -> None:
    def held(folder: str) -> list[int]:
        rows = [Row(i, f"{folder}/{i % 3}/{i}.wav", ("hum",)) for i in range(60)]
        return [row.number for row in hold_out(rows, 0.15, seed=0)[1]]

    assert len(held("/music")) == 9
    assert held("/music") == held("/home/someone/music") == held("")


def test_a_tag_that_no_song_lacks_cannot_be_learned(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("file,tags,not_tags\na.wav,hum,\nb.wav,beep,\nc.wav,hum,\n")
    with pytest.raises(TrainingError, match="everything of everything") as refused:
        split_rows(tmp_path / "m.csv", 0.15, 0, lambda _: None)
    assert "\n" not in str(refused.value)
    (tmp_path / "m.csv").write_text("file,tags,soft\na.wav,hum,\nb.wav,,hum:.2\nc.wav,,hum:.2\n")
    assert split_rows(tmp_path / "m.csv", 0.15, 0, lambda _: None).vocabulary.names == ("hum",)


def test_no_tag_is_held_out_whole() -> None:
    rows = [Row(i, f"{i}.wav", (f"tag {i // 8}",), None, group=f"tag {i // 8}") for i in range(24)]
    for seed in range(5):
        kept, held = hold_out(rows, 0.15, seed)
        assert 1 <= len(held) <= 4
        assert {row.tags for row in kept} == {row.tags for row in rows}
    rows = [Row(i, f"{i}.wav", ("rare",) if i < 2 else (), group=f"g{i // 2}") for i in range(20)]
    assert all("g0" not in {row.group for row in hold_out(rows, 0.5, s)[1]} for s in range(5))


def test_tags_that_no_train_song_has_are_not_learned(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text(
        "file,tags,not_tags,soft,split\n"
        "a.wav,hum,rare,,train\nb.wav,,hum,maybe:0.5,train\nc.wav,rare,,,valid\nd.wav,hum,,,test\n"
    )
    said: list[str] = []
    split = split_rows(tmp_path / "m.csv", 0.15, 0, said.append)
    assert split.vocabulary.names == ("hum", "maybe")
    assert [len(split.train), len(split.valid)] == [2, 1]
    assert any("1 songs whose split is neither" in sentence for sentence in said)
    assert any("no train song has them: 1 tags ('rare')" in sentence for sentence in said)


def test_parity_sees_another_network(learned: Path, model: Path) -> None:
    from earmark.training import networks as architectures

    recipe = load_recipe(learned / "recipe.toml")
    torch.manual_seed(1)
    other = architectures.create("resnet", 3, recipe.architecture.options).eval()
    assert parity(other, recipe.front_end, 48, model / "model.onnx") > 1e-3
