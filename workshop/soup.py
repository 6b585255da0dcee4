"""The mean of the weights of several runs or models, as one run.

Those that began from the same weights often lie in one valley, where the mean of their weights
scores like an ensemble of them and costs like one (Wortsman et al. 2022, *Model soups*).

Run ``python -m workshop.soup runs/one runs/other -o runs/mean``.
"""

import argparse
from pathlib import Path

import torch
from safetensors.torch import save

from earmark.atomic import atomic_file
from earmark.errors import TrainingError
from earmark.training.loop.checkpoint import WEIGHTS, append_log, read_log, trim_log
from earmark.training.loop.start import trained_weights


def mean_weights(runs: list[str]) -> dict[str, torch.Tensor]:
    """The mean of each tensor over runs or models of one network; whole numbers are the first's.

    Raises
    ------
    TrainingError
        They are of different networks.
    """
    parts = [trained_weights(run) for run in runs]
    first = {name: value.shape for name, value in parts[0].items()}
    for run, part in zip(runs, parts, strict=True):
        if {name: value.shape for name, value in part.items()} != first:
            raise TrainingError(f"{run}: has another network than {runs[0]}")
    return {
        name: torch.stack([part[name].float() for part in parts]).mean(0)
        if value.is_floating_point()
        else value
        for name, value in parts[0].items()
    }


def write_soup(runs: list[str], out: Path) -> None:
    """Write the mean as a run folder, with the last one's last epoch, a run's, as its log."""
    weights = mean_weights(runs)
    out.mkdir(parents=True, exist_ok=True)
    with atomic_file(out / WEIGHTS, "wb") as file:
        file.write(save(weights))
    trim_log(out, 0)
    append_log(out, read_log(Path(runs[-1]))[-1])


def main() -> None:
    """Write the mean of the weights of runs or models."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("runs", nargs="+", help="run folders or models of one network, a run last")
    parser.add_argument("-o", "--out", type=Path, required=True, help="run folder to write")
    options = parser.parse_args()
    write_soup(options.runs, options.out)


if __name__ == "__main__":
    main()
