"""Two processes learn what one learns."""

import os
import sys
from pathlib import Path

import pytest
import torch
from command import run
from safetensors.torch import load_file
from tiny_run import tiny_fit
from torch.distributed.run import parse_args

from earmark.cores import available_cores
from earmark.training.loop.checkpoint import read_log
from earmark.training.loop.ranks import Ranks

SCRIPT = Path(__file__).parents[1] / "tiny_run.py"


def test_two_processes_have_the_loss_of_one(tmp_path: Path) -> None:
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    script = [str(SCRIPT), str(tmp_path / "two"), "plain"]
    done = run([*torchrun, "--nproc-per-node", "2", *script])
    assert done.returncode == 0, done.stderr
    tiny_fit(tmp_path / "one", "plain").run()
    losses = [[line["loss"] for line in read_log(tmp_path / name)] for name in ("one", "two")]
    assert len(losses[0]) == 4
    assert losses[0] == pytest.approx(losses[1], abs=1e-4)
    one, two = (load_file(tmp_path / name / "weights.safetensors") for name in ("one", "two"))
    for name, tensor in one.items():
        torch.testing.assert_close(two[name], tensor, rtol=1e-4, atol=1e-5, msg=name)


def test_shares_part_a_batch() -> None:
    batch = list(range(7))
    shares = [batch[Ranks(rank, 3).share] for rank in range(3)]
    assert sorted(row for share in shares for row in share) == batch


def test_torchrun_leaves_the_documented_command_its_options() -> None:
    page = (Path(__file__).parents[2] / "docs" / "training.md").read_text(encoding="utf-8")
    line = next(line for line in page.splitlines() if line.startswith("torchrun "))
    options = parse_args([*line.split()[1:], "--start", "default"])
    assert (options.training_script, options.module) == ("earmark", True)
    assert options.training_script_args[0] == "train"
    assert options.training_script_args[-2:] == ["--start", "default"]


THREADS = """
import earmark.threads
earmark.threads.use_one_blas_thread()
import torch
from earmark.training.loop.run import use_all_cores
use_all_cores()
print(torch.get_num_threads())
"""


@pytest.mark.parametrize(("asked", "given"), [("3", 3), ("2,1", 2), (None, available_cores())])
def test_training_uses_the_threads_that_were_asked_for(asked: str | None, given: int) -> None:
    """Although the command, for tagging, has asked for one BLAS thread."""
    environment = {name: value for name, value in os.environ.items() if "THREADS" not in name}
    environment |= {} if asked is None else {"OMP_NUM_THREADS": asked}
    done = run([sys.executable, "-c", THREADS], env=environment)
    assert done.stdout.strip() == str(given), done.stderr
