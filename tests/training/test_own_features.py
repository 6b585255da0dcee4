"""A recipe with other features than log-mel, from sound to a model that tags a file."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sounds import write
from typer.testing import CliRunner

from earmark import Tagger
from earmark.cli.main import app
from earmark.datasets.store import room
from earmark.errors import TrainingError
from earmark.inside.inspect import first_kernels
from earmark.inside.window import window_at
from earmark.sound import FrontEnd
from earmark.training.recipes.recipe import load_recipe

RATE = 16000
FEATURES = ("melspectrogram", "chroma", "onset")
RECIPE = """
[data]
batch = 8
crops = 3
frames = 32
valid_windows = 2
[front_end]
sample_rate = 16000
n_fft = 1024
hop_length = 512
n_mels = 48
features = ["melspectrogram", "chroma", "onset"]
[architecture]
widths = [8, 8, 16, 16]
blocks = 1
embedding = 16
[optimiser]
learning_rate = 0.01
[schedule]
epochs = 6
"""


def tone(hz: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    time = np.arange(2 * RATE) / RATE
    wave = np.sin(2 * np.pi * hz * rng.uniform(0.9, 1.1) * time)
    return (0.2 * wave + 0.01 * rng.standard_normal(len(time))).astype(np.float32)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that tells low tones from high ones."""
    folder = tmp_path_factory.mktemp("features")
    (folder / "stack.toml").write_text(RECIPE)
    rows = ["file,tags,split"]
    for i in range(16):
        tag, hz = [("low", 200), ("high", 3000)][i % 2]
        write(folder / f"{i}.wav", tone(hz, i), RATE)
        rows.append(f"{i}.wav,{tag},{'valid' if i >= 12 else 'train'}")
    (folder / "tones.csv").write_text("\n".join(rows))
    for command in (
        ["train", folder / "stack.toml", "--data", folder / "tones.csv", "-o", folder / "run"],
        ["export", folder / "run", "-o", folder / "model", "--jobs", "1"],
    ):
        done = CliRunner().invoke(app, [str(word) for word in command])
        assert done.exit_code == 0, (done.output, done.exception)
    return folder / "model"


def test_the_exported_model_tags_a_file_by_its_path(model: Path) -> None:
    tagger = Tagger(model)
    assert tagger.card.front_end == FrontEnd(RATE, 1024, 512, 48, FEATURES)
    for tag, hz in (("low", 200), ("high", 3000)):
        path = write(model.parent / f"new-{tag}.wav", tone(hz, 99), RATE)
        scores = tagger(path).scores
        assert tagger.card.vocabulary.names[int(scores.argmax())] == tag


def test_the_run_keeps_the_features_and_a_room_of_their_own(model: Path) -> None:
    run = model.parent / "run"
    front_end = load_recipe(run / "recipe.toml").front_end
    assert front_end.features == FEATURES
    assert (run / "store" / room(front_end)).is_dir()
    assert room(front_end) == "mel-16000-1024-512-48-melspectrogram-chroma-onset"
    assert room(replace(front_end, features=("melspectrogram",))) == "mel-16000-1024-512-48"


def test_what_the_network_hears_can_be_looked_into(model: Path) -> None:
    card = Tagger(model).card
    window = window_at(card, model.parent / "0.wav", 0.5)
    assert window.frames.shape == (32, 48 + 12 + 1)
    assert len(first_kernels(card).weights)


def test_an_unknown_feature_in_a_recipe_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(RECIPE.replace('"chroma"', '"croma"'))
    with pytest.raises(TrainingError, match=r"\[front_end\] .*'croma'; the nearest is 'chroma'"):
        load_recipe(path)
    path.write_text(RECIPE.replace('["melspectrogram", "chroma", "onset"]', "3"))
    with pytest.raises(TrainingError, match="features must be a list of words, not 3"):
        load_recipe(path)
