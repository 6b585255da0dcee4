"""A model folder appears whole or not at all, and nothing but a model is replaced."""

import os
import shutil
from pathlib import Path

import pytest

from earmark.errors import OutputError
from earmark.training.export.publish import new_model
from earmark.zoo import find_model

SMALL = find_model("small").folder


def make(out: Path, summary: str) -> None:
    with new_model(out) as part:
        for name in ("model.onnx", "card.toml"):
            shutil.copy(SMALL / name, part)
        text = (part / "card.toml").read_text()
        (part / "card.toml").write_text(text.replace('summary = "', f'summary = "{summary} '))
        assert not (out / "card.toml").exists() or find_model(out).summary.startswith("first")


def test_a_model_takes_its_name_at_the_end_and_replaces_an_earlier_one(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "mine"
    make(out, "first")
    assert find_model(out).summary.startswith("first")
    make(out, "second")
    assert find_model(out).summary.startswith("second")
    assert os.listdir(out.parent) == ["mine"]
    (out.parent / "empty").mkdir()
    make(out.parent / "empty", "first")


def test_what_fails_leaves_all_as_it_was(tmp_path: Path) -> None:
    make(tmp_path / "mine", "first")
    with pytest.raises(RuntimeError), new_model(tmp_path / "mine") as part:
        (part / "model.onnx").write_bytes(b"half")
        raise RuntimeError
    assert find_model(tmp_path / "mine").checked_bytes("model.onnx")
    assert os.listdir(tmp_path) == ["mine"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("thesis.txt", "holds 'thesis.txt', which is no part of a model"),
        ("model.onnx", "holds 'model.onnx', but no whole model"),
        ("card.toml", "holds 'card.toml', but no whole model"),
    ],
)
def test_other_peoples_files_stay(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / name).write_text("mine")
    with pytest.raises(OutputError, match=reason), new_model(tmp_path / "mine"):
        pass
    assert (tmp_path / "mine" / name).read_text() == "mine"
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="is a file"), new_model(tmp_path / "file"):
        pass
    with pytest.raises(OutputError, match="cannot be written"), new_model(tmp_path / "file" / "x"):
        pass
