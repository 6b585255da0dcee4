"""A network that is written again keeps its scores and its past, or stays as it was."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from networks import loudness_network

from earmark.errors import TrainingError
from earmark.inside.graph import with_outputs
from earmark.zoo import find_model
from workshop import rewrite as rewrite_module
from workshop.rewrite import rewrite

AR = find_model("ar")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(AR.folder, tmp_path / "ar"))


def test_a_card_remembers_the_file_that_it_named(folder: Path, monkeypatch) -> None:
    content = with_outputs(AR.checked_bytes("model.onnx"), [])  # other bytes, the same network

    def write_again(network, front_end, frames: int, part: Path) -> None:
        (part / "model.onnx").write_bytes(content)

    monkeypatch.setattr(rewrite_module, "write_network", write_again)
    assert rewrite(folder, "ar") == 0
    card = find_model(folder)
    assert card.checked_bytes("model.onnx") == content
    assert card.earlier == (*AR.earlier, AR.sha256["model.onnx"])
    assert card.is_of(AR.sha256["model.onnx"]) and not card.is_of("other")
    assert card.details["measured"]["top50"] == AR.details["measured"]["top50"]
    rewrite(folder, "ar")  # nothing changes, so nothing is remembered
    assert find_model(folder).earlier == card.earlier


def test_a_network_that_scores_otherwise_is_not_taken(folder: Path, monkeypatch) -> None:
    def write_other(network, front_end, frames: int, part: Path) -> None:
        loudness_network(part / "model.onnx", np.ones(188), np.zeros(188))

    monkeypatch.setattr(rewrite_module, "write_network", write_other)
    with pytest.raises(TrainingError, match="scores would move by"):
        rewrite(folder, "ar")
    assert (folder / "card.toml").read_bytes() == (AR.folder / "card.toml").read_bytes()
    assert find_model(folder).checked_bytes("model.onnx") == AR.checked_bytes("model.onnx")
