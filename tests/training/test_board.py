"""What TensorBoard gets of a run, and that training goes on without it."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_run import tiny_fit
from torch import nn

from earmark.training.loop.board import Board, filter_picture


def read(folder: Path):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    events = accumulator.EventAccumulator(str(folder))
    events.Reload()
    return events


def test_a_run_draws_its_curves(tmp_path: Path) -> None:
    fit = tiny_fit(tmp_path, epochs=2)
    fit.validate = lambda network: {"roc_auc": 0.75, "pr_auc": 0.5, "valid_loss": 1.0}
    fit.board = Board(tmp_path / "board")
    fit.run()
    fit.board.close()
    events = read(tmp_path / "board")
    assert [point.step for point in events.Scalars("step/loss")] == [0, 10, 20, 30]
    rates = [point.value for point in events.Scalars("step/learning_rate")]
    assert rates == sorted(rates) and rates[0] < rates[-1]
    for name, value in (("roc_auc", 0.75), ("pr_auc", 0.5)):
        assert [(p.step, p.value) for p in events.Scalars(f"epoch/{name}")] == [
            (1, value),
            (2, value),
        ]


def test_filters_embeddings_and_examples_are_shown(tmp_path: Path) -> None:
    board, rng = Board(tmp_path), np.random.default_rng(0)
    board.filters(nn.Sequential(nn.BatchNorm2d(1), nn.Conv2d(1, 5, 3)), 1)
    board.embeddings(rng.random((4, 3), dtype=np.float32), ["a", "b\tc", "", "d"], 1)
    scores = np.array([[0.9, 0.2], [0.1, 0.8]])
    board.examples(["one.wav", "t|wo.wav"], ["hum", ""], scores, ("hum", "beep"), 1)
    board.close()
    events = read(tmp_path)
    picture = events.Images("first filters")[0]
    assert (picture.height, picture.width) == (2 * 4 * 8, 3 * 4 * 8)
    (tag,) = events.Tags()["tensors"]
    table = events.Tensors(tag)[0].tensor_proto.string_val[0].decode()
    assert "| one.wav | hum | hum 0.90, beep 0.20 |" in table
    assert "| t/wo.wav |  | beep 0.80, hum 0.10 |" in table
    labels = next(tmp_path.rglob("metadata.tsv")).read_text().splitlines()
    assert labels == ["a", "b c", "", "d"]
    assert (tmp_path / "projector_config.pbtxt").exists()


def test_each_filter_has_its_own_range_of_grey() -> None:
    weight = torch.stack([torch.arange(4.0), torch.arange(4.0) * 100]).reshape(2, 1, 2, 2)
    picture = filter_picture(weight, scale=1)[0]
    np.testing.assert_allclose(picture[:2, :2], [[0, 1 / 3], [2 / 3, 1]], atol=1e-6)
    np.testing.assert_array_equal(picture[:, :3], picture[:, 3:])


def test_without_tensorboard_a_run_still_trains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    fit = tiny_fit(tmp_path, epochs=1)
    fit.board = Board(tmp_path / "board")
    fit.run()
    assert fit.board.missing and not (tmp_path / "board").exists()
    assert (tmp_path / "weights.safetensors").exists()
