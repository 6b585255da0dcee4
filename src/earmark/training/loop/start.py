"""Begin with what another network has learned: the weights of a model or of a run.

All weights but those of the last layer must fit; the last layer stays fresh where the tags are not
the same. A residual network may be deeper and wider than the one it begins with (see
:mod:`earmark.training.networks.growth`).
"""

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load, load_file
from torch import nn

from earmark.errors import TrainingError
from earmark.training.export.model_folder import WEIGHTS
from earmark.training.export.network_file import read_weights
from earmark.training.loop.checkpoint import WEIGHTS as RUN_WEIGHTS
from earmark.training.loop.lesson import FACTS
from earmark.training.networks.growth import grown
from earmark.training.networks.resnet import ResNet
from earmark.zoo import find_model
from earmark.zoo.card import NETWORK

HEAD = "head."


def begin_with(network: nn.Module, source: str, tags: Sequence[str] | None = None) -> bool:
    """Give a fresh network the weights of a trained one.

    Parameters
    ----------
    network : nn.Module, as :func:`earmark.training.networks.create` makes it
    source : str
        A run folder, or the name or folder of a model.
    tags : sequence of str or None
        What the network learns; a last layer for other tags is not taken even where there are as
        many. None where the number tells.

    Returns
    -------
    bool, whether the last layer was taken too

    Raises
    ------
    TrainingError
        The weights do not fit.
    ModelError
        There is no such model, or its weights are damaged.
    """
    trained, fresh = trained_weights(source), network.state_dict()
    old, new = _head(trained), _head(fresh)
    known = _tags(source)
    same_tags = tags is None or known is None or list(tags) == known
    same_head = same_tags and _shapes(old) == _shapes(new)
    if not same_head:
        trained = {name: trained[name] for name in trained.keys() - old.keys()} | new
    try:
        if isinstance(network, ResNet):
            trained = grown(trained, fresh, _blocks(trained, network), network.blocks)
        network.load_state_dict(trained)
    except (ValueError, RuntimeError) as error:
        raise TrainingError(
            f"{source}: its weights do not fit the recipe's network; the recipe tune fits default"
        ) from error
    return same_head


def trained_weights(source: str) -> dict[str, torch.Tensor]:
    """The weights of a run folder, or of a model by its name or folder.

    Raises
    ------
    ModelError
        There is no such model, or its weights are damaged.
    TrainingError
        The model's network keeps none: it has 8 bits and its ``model.safetensors`` is gone.
    """
    run = Path(source) / RUN_WEIGHTS
    if run.exists():
        return load_file(run)
    card = find_model(source)
    if (card.folder / WEIGHTS).exists():
        return load(card.checked_bytes(WEIGHTS))
    if weights := read_weights(card.checked_bytes(NETWORK)):
        return weights
    raise TrainingError(
        f"{source}: {card.folder / NETWORK} keeps no weights with which training begins; those of "
        "a network in 8 bits, or of an earlier version, lie beside it in model.safetensors"
    )


def _tags(source: str) -> list[str] | None:
    """What the last layer's places mean; None where a run does not say."""
    if not (Path(source) / RUN_WEIGHTS).exists():
        return list(find_model(source).vocabulary)
    try:
        tags: list[str] | None = json.loads((Path(source) / FACTS).read_text("utf-8")).get("tags")
    except (OSError, ValueError):
        return None
    return tags


def _head(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Those of the last layer."""
    return {name: value for name, value in weights.items() if name.startswith(HEAD)}


def _shapes(weights: dict[str, torch.Tensor]) -> dict[str, torch.Size]:
    return {name: value.shape for name, value in weights.items()}


def _blocks(weights: dict[str, torch.Tensor], network: ResNet) -> int:
    """Blocks a stage of the network that the weights are of."""
    places = {int(name.split(".")[1]) for name in weights if name.startswith("stages.")}
    stages = len(network.stages) // network.blocks
    if not places or len(places) % stages:
        raise ValueError(f"{len(places)} blocks do not make {stages} stages")
    return len(places) // stages
