"""A network as a model folder that the tagger reads: ONNX, safetensors and a card.

In: a trained module, its front end, its tags. Out: ``model.onnx``, ``model.safetensors`` and a card
without calibration; the ONNX is checked to give what torch gives.
"""

import logging
import warnings
from collections.abc import Iterable
from dataclasses import asdict
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import tomli_w
import torch
from safetensors.torch import save_file
from torch import nn

from earmark.atomic import atomic_file
from earmark.errors import TrainingError
from earmark.session import open_session
from earmark.sound import FrontEnd
from earmark.zoo.card import CARD, NETWORK

WEIGHTS = "model.safetensors"
OPSET = 18
TOLERANCE = 1e-3  # of scores in [0, 1]


class Shipped(nn.Module):
    """The network with its activation: scores in [0, 1] and the embedding."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, mel: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Scores (n, tags) in [0, 1] and embedding (n, d) of log-mel windows."""
        logits, embedding = self.network(mel)
        softmax = self.network.activation == "softmax"
        return logits.softmax(1) if softmax else logits.sigmoid(), embedding


def write_network(network: nn.Module, front_end: FrontEnd, frames: int, folder: Path) -> None:
    """Write ``model.onnx`` and ``model.safetensors`` and compare them.

    Matrices and kernels are first rounded to half precision, which safetensors then keep them in,
    so that both files hold the same numbers. On windows of valid songs no raw score of a shipped
    neural network moved by more than .003, none of ``ar`` by more than .016.

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
    network.eval()
    state = halved(network)
    write_onnx(network, front_end, frames, folder / NETWORK)
    save_file(state, folder / WEIGHTS)
    (folder / WEIGHTS).chmod(0o644)  # the writer lets only its owner read
    difference = parity(network, front_end, frames, folder / NETWORK)
    if not difference <= TOLERANCE:
        raise TrainingError(
            f"{folder / NETWORK}: its scores are up to {difference:.2g} off those of torch"
        )


@torch.no_grad()
def halved(network: nn.Module) -> dict[str, torch.Tensor]:
    """Round a network's matrices and kernels to half precision, in place.

    Returns
    -------
    dict of its weights, those that were rounded as float16; vectors stay as they are, for a running
    variance may be too small for half precision
    """
    state = {}
    for name, tensor in network.state_dict().items():
        state[name] = tensor.contiguous()
        if tensor.dim() > 1 and tensor.is_floating_point():
            state[name] = tensor.half().contiguous()
            tensor.copy_(state[name])
    return state


def write_onnx(network: nn.Module, front_end: FrontEnd, frames: int, path: Path) -> None:
    """Write ONNX: ``mel`` (n, frames, bands) in, ``scores`` and ``embedding`` out."""
    example = torch.rand(2, frames, front_end.bands)
    log = logging.getLogger("torch.onnx")
    before = log.level
    log.setLevel(logging.ERROR)  # it warns of packages that are not needed
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                Shipped(network).eval(),
                (example,),
                str(path),
                input_names=["mel"],
                output_names=["scores", "embedding"],
                opset_version=OPSET,
                dynamic_shapes={"mel": {0: torch.export.Dim("n")}},
                dynamo=True,
                external_data=False,
                verbose=False,
            )
    finally:
        log.setLevel(before)
    _forget_origins(path)


def _forget_origins(path: Path) -> None:
    """Take out of an ONNX file where the exporter's code and its caller's lie on this machine.

    So the same network makes the same file everywhere.
    """
    model = onnx.load(path)
    graph = model.graph
    parts = (graph.node, graph.input, graph.output, graph.value_info, graph.initializer)
    for part in (model, graph, *chain.from_iterable(parts)):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    with atomic_file(path, "wb") as file:
        file.write(model.SerializeToString())


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
        "sha256": {file: digest(folder / file) for file in (NETWORK, WEIGHTS)},
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
