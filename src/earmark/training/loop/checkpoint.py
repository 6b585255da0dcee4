"""Where a run stands, on disk: written whole or not at all, so that a kill at any moment is safe.

``checkpoint.pt`` holds the network, its average, the optimiser and the place in the epoch.
``weights.safetensors`` holds the best averaged weights so far, which are the run's result.
``log.jsonl`` has a line for each whole epoch.
"""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save
from torch import nn

from earmark.atomic import atomic_file
from earmark.errors import TrainingError

CHECKPOINT, WEIGHTS, LOG = "checkpoint.pt", "weights.safetensors", "log.jsonl"


@dataclass
class Progress:
    """How far a run has come.

    Attributes
    ----------
    epoch, step : int, the next ones
    loss : float, sum of the epoch's losses, each times its windows
    windows : int, seen in this epoch
    best : float, highest watched measure so far; -inf for none
    best_loss : float, validation loss of that epoch, which decides between equal measures
    best_epoch : int > 0, whose weights are kept; 0 for none
    finished : bool, whether training has ended, early or not
    """

    epoch: int = 0
    step: int = 0
    loss: float = 0.0
    windows: int = 0
    best: float = -math.inf
    best_loss: float = math.inf
    best_epoch: int = 0
    finished: bool = False


def save_checkpoint(folder: Path, progress: Progress, parts: dict[str, Any]) -> None:
    """Write ``checkpoint.pt``.

    Parameters
    ----------
    folder : Path, of the run
    progress : Progress
    parts : dict of what has ``state_dict()``, by name; None is left out
    """
    state = {name: part.state_dict() for name, part in parts.items() if part is not None}
    with atomic_file(folder / CHECKPOINT, "wb") as file:
        torch.save({**state, "progress": asdict(progress)}, file)


def load_checkpoint(folder: Path, parts: dict[str, Any]) -> Progress:
    """Bring the parts to where the run stood; a fresh `Progress` if there is no checkpoint.

    Raises
    ------
    TrainingError
        The checkpoint is damaged or of another network.
    """
    path = folder / CHECKPOINT
    if not path.exists():
        return Progress()
    try:
        state = torch.load(path, weights_only=True, map_location="cpu")
        for name, part in parts.items():
            if part is not None:
                part.load_state_dict(state[name])
        return Progress(**state["progress"])
    except Exception as error:
        raise TrainingError(
            f"{path}: not a checkpoint of this run; delete it to begin again"
        ) from error


def save_weights(folder: Path, network: nn.Module) -> None:
    """Write ``weights.safetensors``."""
    state = {name: tensor.cpu().contiguous() for name, tensor in network.state_dict().items()}
    with atomic_file(folder / WEIGHTS, "wb") as file:
        file.write(save(state))


def load_weights(folder: Path, network: nn.Module) -> None:
    """Give a network the weights of a run.

    Raises
    ------
    TrainingError
        The run has no whole epoch, or its weights are of another network.
    """
    path = folder / WEIGHTS
    if not path.exists():
        raise TrainingError(f"{folder}: no run with a whole epoch lies there")
    try:
        network.load_state_dict(load_file(path))
    except Exception as error:
        raise TrainingError(f"{path}: not weights of this run's network") from error


def append_log(folder: Path, record: dict[str, Any]) -> None:
    """Note an epoch."""
    with open(folder / LOG, "a", encoding="utf-8") as log:
        log.write(json.dumps(record) + "\n")


def read_log(folder: Path, epochs: int | None = None) -> list[dict[str, Any]]:
    """The noted epochs, the first `epochs` of them if given; a line cut short does not count."""
    path = folder / LOG
    if not path.exists():
        return []
    records = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            records.append(json.loads(line))
        except ValueError:
            continue
    return [one for one in records if epochs is None or one["epoch"] <= epochs]


def trim_log(folder: Path, epochs: int) -> None:
    """Forget epochs after the first `epochs`, which a resumed run will do again."""
    records = read_log(folder, epochs)
    with atomic_file(folder / LOG) as log:
        log.writelines(json.dumps(record) + "\n" for record in records)
