"""A network as a model folder that the tagger reads: ONNX and a card.

In: a trained module, its front end, its tags. Out: ``model.onnx`` and a card without calibration;
the ONNX is checked to give what torch gives. ``model.safetensors`` lies in folders of earlier
versions, and where the network has 8 bits, from which nothing goes on to learn.
"""

from collections.abc import Iterable
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w
import torch
from torch import nn

from earmark.atomic import atomic_file
from earmark.errors import TrainingError
from earmark.session import open_session
from earmark.sound import FrontEnd
from earmark.training.export.network_file import Shipped, write_onnx
from earmark.zoo.card import CARD, NETWORK

WEIGHTS = "model.safetensors"
TOLERANCE = 1e-3  # of scores in [0, 1]


def write_network(network: nn.Module, front_end: FrontEnd, frames: int, folder: Path) -> None:
    """Write ``model.onnx``, for which weights are rounded in place, and compare it with torch.

    Parameters
    ----------
    network : nn.Module, on the processor
    front_end : FrontEnd
    frames : int > 0, of a window
    folder : Path, made if need be

    Raises
    ------
    TrainingError
        ONNX Runtime gives other scores than torch.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_onnx(network.eval(), front_end, frames, folder / NETWORK)
    difference = parity(network, front_end, frames, folder / NETWORK)
    if not difference <= TOLERANCE:
        raise TrainingError(
            f"{folder / NETWORK}: its scores are up to {difference:.2g} off those of torch"
        )


@torch.no_grad()
def parity(network: nn.Module, front_end: FrontEnd, frames: int, path: Path) -> float:
    """Largest difference between the scores of torch and of ONNX Runtime on random windows."""
    mel = np.random.default_rng(0).random((3, frames, front_end.bands), dtype=np.float32) * 3
    session = open_session(path)
    wanted = Shipped(network).eval()(torch.from_numpy(mel))[0].numpy()
    return float(np.abs(session.run(["scores"], {"mel": mel})[0] - wanted).max())


def digest(path: Path) -> str:
    """sha-256 of a file as hex."""
    return sha256(path.read_bytes()).hexdigest()


def plain_card(
    name: str, summary: str, tags: Iterable[str], front_end: FrontEnd, frames: int, folder: Path
) -> dict[str, Any]:
    """A card without calibration: slopes 1, offsets 0, thresholds .5.

    Parameters
    ----------
    name, summary : str
    tags : iterable of str, in the order of the network's scores
    front_end : FrontEnd
    frames : int > 0, of a window
    folder : Path, where the network lies
    """
    return {
        "name": name,
        "summary": summary,
        "front_end": asdict(front_end),
        "window": {"frames": frames},
        "sha256": {NETWORK: digest(folder / NETWORK)},
        "tag": [{"name": tag, "slope": 1.0, "offset": 0.0, "threshold": 0.5} for tag in tags],
    }


def write_card(folder: Path, card: dict[str, Any]) -> None:
    """Write ``card.toml`` whole or not at all."""
    with atomic_file(folder / CARD) as file:
        file.write(tomli_w.dumps(card, multiline_strings=True))


def rounded(numbers: dict[str, Any]) -> dict[str, Any]:
    """Measurements with four digits."""

    def short(value: Any) -> Any:
        if isinstance(value, list):
            return [short(item) for item in value]
        return round(value, 4) if isinstance(value, float) else value

    return {name: short(value) for name, value in numbers.items()}
