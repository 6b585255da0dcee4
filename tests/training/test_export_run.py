"""A run's card: calibrated on the held-out songs, each tag on what is known of it, and no half one.

The network is one that is known, and so is what its card must make of it.
"""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from networks import loudness_network
from sounds import write

from earmark import Tagger
from earmark.errors import TrainingError
from earmark.training.export import run as export_module
from earmark.training.export.run import export_run
from earmark.training.loop.checkpoint import append_log, save_weights
from earmark.training.loop.lesson import FACTS
from earmark.training.networks.make import make_network
from earmark.training.recipes.recipe import COPY, load_recipe
from earmark.training.songs.songs import split_rows
from earmark.zoo import find_model

RECIPE = "[data]\nframes = 48\n[architecture]\nwidths = [8, 8, 16, 16]\nblocks = 1\n"
NAMES = ("bang", "beep", "hum")  # no held-out song has a bang
SLOPES, OFFSETS = np.array([1.0, -0.4, 0.7]), np.array([0.0, 1.0, -2.0])  # of their scores
# What is known of the held-out songs, from the quietest to the loudest.
BEEP = (1, 1, 0, 1, 0, 0, 0, 0)
HUM = (0, 0, 1, 0, None, None, 1, 1)


def noise(level: float, seed: int) -> np.ndarray:
    return (level * np.random.default_rng(seed).standard_normal(24000)).astype(np.float32)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run, as far as exporting reads it, whose network hears how loud a song is."""

    def write_known(network, front_end, frames: int, folder: Path) -> None:
        loudness_network(folder / "model.onnx", SLOPES, OFFSETS)

    monkeypatch.setattr(export_module, "write_network", write_known)
    lines = ["file,tags,not_tags,split"]
    for i, (beep, hum) in enumerate(zip(BEEP, HUM, strict=True)):
        write(tmp_path / f"{i}.wav", noise(0.01 * 1.8**i, i), 16000)
        said = {"bang": 0, "beep": beep, "hum": hum}
        given, denied = (";".join(t for t, value in said.items() if value == v) for v in (1, 0))
        lines.append(f"{i}.wav,{given},{denied},valid")
        if i == 1:  # it leaves no gap
            (tmp_path / "broken.wav").write_bytes(b"RIFF")
            lines.append("broken.wav,hum,beep,valid")
    for i, tag in enumerate((*NAMES, "")):
        write(tmp_path / f"learned-{i}.wav", noise(0.02, i), 16000)
        others = ";".join(name for name in NAMES if name != tag)
        lines.append(f"learned-{i}.wav,{tag},{others},train")
    (tmp_path / "m.csv").write_text("\n".join(lines) + "\n")
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / COPY).write_text(RECIPE)
    split = split_rows(tmp_path / "m.csv", 0.15, 0, lambda _: None)
    assert split.vocabulary.names == NAMES
    facts = {"data": str(tmp_path / "m.csv"), "tags": NAMES, "train": 4, "valid": 9}
    facts |= {"fingerprint": split.fingerprint(), "store": "nowhere"}
    (folder / FACTS).write_text(json.dumps(facts))
    save_weights(folder, make_network(load_recipe(folder / COPY), len(NAMES)))
    append_log(folder, {"epoch": 3, "loss": 0.1})
    return folder


def test_every_tag_promises_what_is_known_of_the_held_out_songs(run: Path) -> None:
    export_run(run, run.parent / "m", name=None, jobs=1)
    card = find_model(run.parent / "m")
    assert card.vocabulary.names == NAMES
    assert (card.slopes[0], card.offsets[0], card.thresholds[0]) == (1, 0, 0.5)  # as it was
    heard = [Tagger(card.folder)(run.parent / f"{i}.wav").scores for i in range(len(BEEP))]
    areas = []
    for column, known in ((1, BEEP), (2, HUM)):
        pairs = [(row[column], k) for row, k in zip(heard, known, strict=True) if k is not None]
        scores, labels = map(np.array, zip(*pairs, strict=True))
        # Where a logistic regression has its maximum, it promises as much as there is.
        assert scores.mean() == pytest.approx(labels.mean(), abs=2e-3)
        wins = np.sign(scores[labels == 1][:, None] - scores[labels == 0]) / 2 + 0.5
        areas.append(wins.mean())
        places = np.sort(scores)
        others = [f1(scores, labels, place) for place in (places[1:] + places[:-1]) / 2]
        assert f1(scores, labels, card.thresholds[column]) == max(others)
    measured = card.details["measured"]
    assert measured["held_out_songs"] == len(BEEP)
    assert measured["held_out_tags"] == 2
    assert measured["roc_auc"] == pytest.approx(np.mean(areas), abs=1e-4)


def f1(scores: np.ndarray, labels: np.ndarray, threshold: float) -> float:
    shown = scores >= threshold
    return 2 * (shown & (labels == 1)).sum() / (shown.sum() + labels.sum())


def test_what_breaks_leaves_nothing_behind(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export_run(run, run.parent / "earlier", name=None, jobs=1)
    before = (run.parent / "earlier" / "card.toml").read_bytes()
    there = sorted(os.listdir(run.parent))
    write_card = export_module.write_card

    def break_at_the_end(folder: Path, card: dict) -> None:
        if "measured" in card:
            raise OSError("no space left")
        write_card(folder, card)

    monkeypatch.setattr(export_module, "write_card", break_at_the_end)
    for name in ("new", "earlier"):
        with pytest.raises(OSError, match="no space left"):
            export_run(run, run.parent / name, name=None, jobs=1)
    assert sorted(os.listdir(run.parent)) == there
    assert (run.parent / "earlier" / "card.toml").read_bytes() == before


def test_songs_that_have_changed_calibrate_nothing(run: Path, capsys) -> None:
    manifest = run.parent / "m.csv"
    manifest.write_text(manifest.read_text().replace("7.wav,hum,", "7.wav,,"))
    export_run(run, run.parent / "m", name="mine", jobs=1)
    card = find_model(run.parent / "m")
    assert card.name == "mine"
    assert (card.slopes == 1).all() and (card.offsets == 0).all() and (card.thresholds == 0.5).all()
    assert "has changed since the run, so nothing is calibrated" in capsys.readouterr().err


def test_a_network_that_scores_otherwise_than_torch_is_refused(tmp_path: Path) -> None:
    from earmark.training.export.model_folder import write_network

    recipe = tmp_path / "r.toml"
    recipe.write_text(RECIPE)
    network = make_network(load_recipe(recipe), 3)
    front_end = load_recipe(recipe).front_end
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "earmark.training.export.model_folder.write_onnx",
            lambda net, ears, frames, path: loudness_network(path, SLOPES, OFFSETS),
        )
        with pytest.raises(TrainingError, match=r"its scores are up to .* off those of torch"):
            write_network(network, front_end, 48, tmp_path)
