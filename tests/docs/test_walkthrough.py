"""The walk-through of docs/training.md, from a sorted folder to a model that is right elsewhere."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from sounds import write
from typer.testing import CliRunner

from earmark import Tagger
from earmark.cli.main import app

ROOT = Path(__file__).parents[2]
RATE = 16000
# The documented recipe would take a minute; this one has a smaller network and fewer steps.
QUICK = """
[data]
batch = 12
crops = 4
frames = 48
valid_windows = 2
[architecture]
widths = [8, 8, 16, 16]
blocks = 1
embedding = 16
[optimiser]
learning_rate = 0.005
[schedule]
epochs = 30
"""


def techno(rng: np.random.Generator, time: np.ndarray) -> np.ndarray:
    """A drum on every beat and a hiss between."""
    beats = time * rng.uniform(120, 135) / 60
    drum = np.sin(2 * np.pi * 50 * (beats % 1)) * np.exp(-(beats % 1) * 8)
    hiss = rng.standard_normal(len(time)) * np.exp(-((beats * 2 + 0.5) % 1) * 15)
    return 0.5 * drum + 0.15 * hiss


def flute(rng: np.random.Generator, time: np.ndarray) -> np.ndarray:
    """A high tone with vibrato."""
    vibrato = 0.5 * np.sin(2 * np.pi * 5 * time)
    breath = 0.02 * rng.standard_normal(len(time))
    return 0.3 * np.sin(2 * np.pi * rng.uniform(700, 1100) * time + vibrato) + breath


def organ(rng: np.random.Generator, time: np.ndarray) -> np.ndarray:
    """A low chord with many partials."""
    low = rng.uniform(90, 160)
    chord = [np.sin(2 * np.pi * low * k * t * time) for k in (1, 2, 3, 4, 6, 8) for t in (1, 1.5)]
    return np.sum(chord, 0) * 0.06


SOUNDS = {"techno": techno, "flute": flute, "organ": organ}


def song(path: Path, tag: str, seed: int) -> Path:
    samples = SOUNDS[tag](np.random.default_rng(seed), np.arange(3 * RATE) / RATE)
    path.parent.mkdir(parents=True, exist_ok=True)
    return write(path, samples.astype(np.float32), RATE)


def commands() -> list[list[str]]:
    """What the page tells to type."""
    text = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
    block = re.search(r"## Your own tags.*?```\n(.*?)```", text, re.DOTALL)[1]
    return [shlex.split(line) for line in block.strip().splitlines()]


def test_a_sorted_folder_becomes_a_model_that_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    for seed, tag in enumerate(list(SOUNDS) * 8):
        song(Path("Music", tag.title(), f"{seed}.wav"), tag, seed)
    (tmp_path / "quick.toml").write_text(QUICK)
    typed = commands()
    assert [command[:2] for command in typed] == [
        ["earmark", "data"],
        ["earmark", "train"],
        ["earmark", "export"],
        ["earmark", "tag"],
    ]
    for command in typed[:3]:
        quick = ["quick.toml" if word == "tags" else word for word in command[1:]]
        done = CliRunner().invoke(app, quick + ["--jobs", "1"] * (command[1] != "data"))
        assert done.exit_code == 0, (done.output, done.exception)
    for seed in range(100, 103):
        for tag in SOUNDS:
            heard = song(Path("new", f"{tag}-{seed}.wav"), tag, seed)
            done = CliRunner().invoke(app, [*typed[3][1:-1], str(heard)])
            told = [line.split() for line in done.output.splitlines() if line.startswith("  ")]
            sure = {words[0] for words in told if words[0] != "perhaps"}
            assert sure == {tag}, done.output
    silence = write(tmp_path / "none.wav", np.zeros(3 * RATE, np.float32), RATE)
    scores = [Tagger("mine/")(silence).top(3)[tag] for tag in SOUNDS]
    assert min(scores) < 0.5, "it does not say everything of everything"
