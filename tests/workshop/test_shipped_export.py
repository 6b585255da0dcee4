"""The shipped models' cards: calibrated on the valid split, tag by tag, and whole or not there."""

import os
import tomllib
from pathlib import Path

import numpy as np
import pytest
from networks import loudness_network
from sounds import write

from earmark import Tagger
from earmark.sound import Samples
from earmark.training.loop.checkpoint import append_log, save_weights
from earmark.training.networks.make import make_network
from earmark.training.recipes.recipe import load_recipe
from earmark.vocabulary import official_vocabulary
from earmark.zoo import find_model
from workshop import export as export_module
from workshop.corpus import load_corpus
from workshop.export import CARDS, card_texts, export
from workshop.targets import SILENT_TAGS

TAGS = official_vocabulary()
RECIPE = "[architecture]\nwidths = [8, 8, 16, 16]\nblocks = 1\n"
SPLITS = ("train", "valid", "valid", "train", "valid", "valid", "valid")
SONGS = ("", "rock:0.5;guitar:1.0", "", "", "", "techno:1.0", "guitar:0.25")
RNG = np.random.default_rng(0)
SLOPES, OFFSETS = RNG.uniform(-0.4, 0.6, len(TAGS)), RNG.uniform(-3, 0, len(TAGS))
LOUD_IN_SILENCE = TAGS.index("flute")
SLOPES[LOUD_IN_SILENCE], OFFSETS[LOUD_IN_SILENCE] = -2, 12
GUESS = RNG.uniform(0.05, 0.4, (len(SPLITS), len(TAGS))).astype(np.float32)
CONFIDENCE = RNG.uniform(0.5, 2, len(TAGS)).astype(np.float32)


class Teachers:
    """They know nothing, and are as sure of it as they are told to be."""

    def __init__(self, folder: Path) -> None:
        pass

    def confidence(self) -> np.ndarray:
        return CONFIDENCE


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus of seven sounds and a run, with a network that hears how loud a sound is."""
    lines = ["file,split,source,kind,artist,group,tags,not_tags,mtat_tags"]
    for i, (split, song) in enumerate(zip(SPLITS, SONGS, strict=True)):
        noise = 0.01 * 2**i * np.random.default_rng(i).standard_normal(50000)
        write(tmp_path / f"{i}.wav", noise.astype(np.float32), 16000)
        lines.append(f"{i}.wav,{split},one,music,artist {i},,,,{song}")
    (tmp_path / "corpus.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "r.toml").write_text(RECIPE)
    recipe = load_recipe(tmp_path / "r.toml")
    (tmp_path / "run").mkdir()
    save_weights(tmp_path / "run", make_network(recipe, len(TAGS)))
    append_log(tmp_path / "run", {"epoch": 3, "loss": 0.1})

    def write_known(network, front_end, frames: int, folder: Path) -> None:
        loudness_network(folder / "model.onnx", SLOPES, OFFSETS)

    known = {
        "workshop_recipe": lambda name: recipe,
        "write_network": write_known,
        "Teachers": Teachers,
        "load_tracks": lambda folder, corpus: {},
        "track_guess": lambda tracks, teachers, files: GUESS,
        "measure": lambda *rest: {},
        "measure_recordings": lambda *rest: {},
        "data_facts": lambda corpus: {},
    }
    for name, value in known.items():
        monkeypatch.setattr(export_module, name, value)
    return tmp_path


def make(place: Path) -> dict:
    folders = (place, place, place / "cache", place, place / "run", place / "model")
    return export("cnn3", *folders)


def test_every_tag_promises_what_the_valid_split_says(place: Path) -> None:
    measured = make(place)
    card, corpus = find_model(place / "model"), load_corpus(place, place / "cache", 1)
    assert card.vocabulary.names == TAGS.names
    valid = [row for row, split in enumerate(SPLITS) if split == "valid"]
    tagger = Tagger(card.folder)
    scores = np.stack([tagger(Samples(corpus.samples(row), 16000)).scores for row in valid])
    # Listeners' shares count 1 beside the teachers' confidence, where there are any.
    fractions = np.nan_to_num(corpus.mtat_fractions()[valid])
    people = ~np.isnan(corpus.mtat_fractions()[valid])
    weights = CONFIDENCE + people
    targets = (GUESS[valid] * CONFIDENCE + fractions) / weights
    promised, wanted = (np.average(x, axis=0, weights=weights) for x in (scores, targets))
    some = np.delete(np.arange(len(TAGS)), LOUD_IN_SILENCE)  # whose slope would be below 0
    np.testing.assert_allclose(promised[some], wanted[some], atol=3e-3)
    assert np.ptp(wanted) > 0.1  # so that one tag's calibration would not do for another's
    assert measured["calibration"]["songs"] == 3
    assert card.details["training"]["epochs"] == 3
    assert card.details["thresholds"] == card_texts("cnn3")["thresholds"]


def test_nothing_is_shown_in_silence_but_what_fits_it(place: Path) -> None:
    make(place)
    card = find_model(place / "model")
    said = Tagger(card.folder)(Samples(np.zeros(160000, np.float32), 16000)).scores
    fitting = {TAGS.group(tag) for tag in SILENT_TAGS}
    others = np.array([TAGS.group(tag) not in fitting for tag in TAGS])
    assert said[LOUD_IN_SILENCE] > 0.35
    assert (said[others] < card.thresholds[others]).all()
    assert (card.thresholds >= 0.05 - 1e-6).all()


def test_a_card_that_cannot_be_measured_leaves_nothing(place: Path, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("too few")

    (place / "cache").mkdir()
    load_corpus(place, place / "cache", 1)
    there = sorted(os.listdir(place))
    monkeypatch.setattr(export_module, "measure_shown", broken)
    with pytest.raises(ValueError, match="too few"):
        make(place)
    assert sorted(os.listdir(place)) == there


def test_a_model_s_own_words_follow_the_common_ones() -> None:
    common, own = (
        tomllib.loads((CARDS / f"{name}.toml").read_text("utf-8")) for name in ("common", "cnn3")
    )
    texts = card_texts("cnn3")
    assert texts["use"]["limits"] == common["use"]["limits"] + own["use"]["limits"]
    assert texts["use"]["intended"] == own["use"]["intended"] != common["use"]["intended"]
    assert texts["licence"] == common["licence"]
