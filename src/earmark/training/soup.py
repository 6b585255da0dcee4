"""The mean of several runs' weights, as one run.

Runs that began from the same weights often lie in one valley, where the mean of their weights
scores like an ensemble of them and costs like one (Wortsman et al. 2022, *Model soups*).

Run ``python -m earmark.training.soup runs/one runs/other -o runs/mean``.
"""

import argparse
from pathlib import Path

import torch
from safetensors.torch import load_file, save

from earmark.atomic import atomic_file
from earmark.errors import TrainingError
from earmark.training.checkpoint import WEIGHTS, append_log, read_log, trim_log


def mean_weights(runs: list[Path]) -> dict[str, torch.Tensor]:
    """The mean of each tensor over runs of one network; whole numbers are the first run's.

    Raises
    ------
    TrainingError
        The runs are of different networks.
    """
    parts = [load_file(run / WEIGHTS) for run in runs]
    first = {name: value.shape for name, value in parts[0].items()}
    for run, part in zip(runs, parts, strict=True):
        if {name: value.shape for name, value in part.items()} != first:
            raise TrainingError(f"{run}: has another network than {runs[0]}")
    return {
        name: torch.stack([part[name] for part in parts]).mean(0)
        if value.is_floating_point()
        else value
        for name, value in parts[0].items()
    }


def write_soup(runs: list[Path], out: Path) -> None:
    """Write the mean of runs as a run folder, with the last one's last epoch as its log."""
    weights = mean_weights(runs)
    out.mkdir(parents=True, exist_ok=True)
    with atomic_file(out / WEIGHTS, "wb") as file:
        file.write(save(weights))
    trim_log(out, 0)
    append_log(out, read_log(runs[-1])[-1])


def main() -> None:
    """Write the mean of runs' weights."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("runs", type=Path, nargs="+", help="run folders of one network")
    parser.add_argument("-o", "--out", type=Path, required=True, help="run folder to write")
    options = parser.parse_args()
    write_soup(options.runs, options.out)


if __name__ == "__main__":
    main()
