"""A run that was killed, at whatever moment, ends as if it had not been."""

import os
import signal
import sys
from pathlib import Path

import pytest
import torch
from command import run
from safetensors.torch import load_file
from tiny_run import STEPS, tiny_fit

from earmark.errors import TrainingError
from earmark.training.loop.checkpoint import load_checkpoint, read_log

SCRIPT = Path(__file__).parents[1] / "tiny_run.py"


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unbroken")
    tiny_fit(folder).run()
    return folder


def assert_equal(folder: Path, unbroken: Path) -> None:
    wanted = load_file(unbroken / "weights.safetensors")
    for name, tensor in load_file(folder / "weights.safetensors").items():
        torch.testing.assert_close(tensor, wanted[name], rtol=1e-6, atol=1e-7, msg=name)
    losses = [[line["loss"] for line in read_log(place)] for place in (folder, unbroken)]
    assert losses[0] == pytest.approx(losses[1], abs=1e-4)


def test_killed_in_the_middle_of_an_epoch(tmp_path: Path, unbroken: Path) -> None:
    alike = os.environ | {"OMP_NUM_THREADS": str(torch.get_num_threads())}  # they round otherwise
    command = [sys.executable, str(SCRIPT), str(tmp_path), "normalised", str(STEPS + 13)]
    done = run(command, env=alike)
    assert done.returncode == -signal.SIGKILL
    stood = load_checkpoint(tmp_path, {})
    assert stood.epoch == 1 and 0 < stood.step < 13
    tiny_fit(tmp_path).run()
    assert_equal(tmp_path, unbroken)


def test_stopped_between_epochs_and_with_a_log_that_is_ahead(
    tmp_path: Path, unbroken: Path
) -> None:
    tiny_fit(tmp_path, epochs=2).run()
    state = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    state["progress"]["finished"] = False
    torch.save(state, tmp_path / "checkpoint.pt")
    with open(tmp_path / "log.jsonl", "a") as log:
        log.write('{"epoch": 3, "loss": 9.0}\n{"epoch": 4, "lo')
    tiny_fit(tmp_path).run()
    assert_equal(tmp_path, unbroken)
    assert len(read_log(tmp_path)) == 4


def test_a_damaged_checkpoint_is_told(tmp_path: Path) -> None:
    (tmp_path / "checkpoint.pt").write_bytes(b"PK nonsense")
    with pytest.raises(TrainingError, match=r"checkpoint\.pt: not a checkpoint of this run"):
        tiny_fit(tmp_path).run()
