"""The mean of several runs or models is a run."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from earmark.errors import TrainingError
from earmark.training.loop.checkpoint import append_log, read_log
from earmark.training.loop.start import trained_weights
from workshop.soup import write_soup


def run_of(folder: Path, value: float, shape: tuple[int, ...] = (2,)) -> str:
    folder.mkdir()
    weights = {"layer": torch.full(shape, value), "batches": torch.tensor(int(value))}
    save_file(weights, folder / "weights.safetensors")
    append_log(folder, {"epoch": int(value), "loss": value})
    return str(folder)


def test_weights_are_the_mean_and_the_log_is_the_last_ones(tmp_path: Path) -> None:
    runs = [run_of(tmp_path / "one", 1.0), run_of(tmp_path / "two", 4.0)]
    for _ in range(2):  # writing it again changes nothing
        write_soup(runs, tmp_path / "mean")
    weights = load_file(tmp_path / "mean" / "weights.safetensors")
    assert weights["layer"].tolist() == [2.5, 2.5] and weights["batches"].item() == 1
    assert read_log(tmp_path / "mean") == [{"epoch": 4, "loss": 4.0}]


def test_runs_of_different_networks_do_not_mix(tmp_path: Path) -> None:
    runs = [run_of(tmp_path / "one", 1.0), run_of(tmp_path / "two", 4.0, (3,))]
    with pytest.raises(TrainingError, match="another network"):
        write_soup(runs, tmp_path / "mean")


def test_a_shipped_model_mixes_with_a_run_of_its_network(tmp_path: Path) -> None:
    small = trained_weights("small")
    (tmp_path / "run").mkdir()
    save_file(
        {name: value + value.is_floating_point() for name, value in small.items()},
        tmp_path / "run" / "weights.safetensors",
    )
    append_log(tmp_path / "run", {"epoch": 3, "loss": 0.1})
    write_soup(["small", str(tmp_path / "run")], tmp_path / "mean")
    mean = load_file(tmp_path / "mean" / "weights.safetensors")
    torch.testing.assert_close(mean["head.weight"], small["head.weight"] + 0.5)
