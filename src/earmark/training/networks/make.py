"""The network of a recipe: its architecture, with the activation that its loss needs."""

import torch
from torch import nn

from earmark.errors import TrainingError
from earmark.training import networks as architectures
from earmark.training.loop.losses import ACTIVATIONS
from earmark.training.recipes.recipe import Recipe


def make_network(recipe: Recipe, tags: int) -> nn.Module:
    """A fresh network, for training or for the weights of a run.

    Parameters
    ----------
    recipe : Recipe
    tags : int > 0

    Raises
    ------
    TrainingError
        The network cannot take the recipe's windows, or hears another sample rate.
    """
    network = architectures.create(recipe.architecture.name, tags, recipe.architecture.options)
    network.activation = ACTIVATIONS[recipe.loss.name]
    _require_fit(network, recipe)
    return network


@torch.no_grad()
def _require_fit(network: nn.Module, recipe: Recipe) -> None:
    """Refuse a network that cannot take the recipe's windows."""
    frames, bands = recipe.data.frames, recipe.front_end.bands
    heard = getattr(network, "sample_rate", recipe.front_end.sample_rate)
    if heard != recipe.front_end.sample_rate:
        raise TrainingError(
            f"recipe {recipe.name!r}: {recipe.architecture.name} hears {heard} Hz, and the "
            f"front end gives {recipe.front_end.sample_rate} Hz; its option sample_rate says which"
        )
    try:
        network.eval()(torch.zeros(2, frames, bands))
    except (RuntimeError, IndexError) as error:
        raise TrainingError(
            f"recipe {recipe.name!r}: {recipe.architecture.name} cannot take windows of {frames} "
            f"frames of {bands} bands"
        ) from error
