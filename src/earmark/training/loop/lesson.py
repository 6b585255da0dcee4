"""What a kind of data brings to a run: the network that learns, its batches, loss and judge."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from earmark.training.loop.batches import Batch, Batches
from earmark.training.loop.board import Board
from earmark.training.loop.ranks import Ranks
from earmark.training.recipes.recipe import Recipe

FACTS = "data.json"  # of a run folder: what the lesson notes of the data
LEAST_RATE = 1e-3  # chance of a tag that a fresh network begins with, at least


@dataclass(frozen=True)
class Lesson:
    """What is learned, how, and who judges.

    Attributes
    ----------
    network : nn.Module, fresh
    batches : Batches
    loss : callable, (network, batch) -> scalar tensor
    facts : dict, what the run folder notes of the data; a resumed run must have the same
    shipped : callable, network -> what of it is the result, itself or a copy
    beginner : callable, network -> the part of it that may begin with other weights
    validate : callable, network -> measures, or None
    show : callable, (board, network, epoch), what the board gets at the end, or None
    exporter : str, how the run becomes a model, the end of a sentence; ``{run}`` is its folder
    """

    network: nn.Module
    batches: Batches
    loss: Callable[[nn.Module, Batch], torch.Tensor]
    facts: dict[str, Any]
    shipped: Callable[[nn.Module], nn.Module] = lambda network: network
    beginner: Callable[[nn.Module], nn.Module] = lambda network: network
    validate: Callable[[nn.Module], dict[str, float]] | None = None
    show: Callable[[Board, nn.Module, int], None] | None = None
    exporter: str = "earmark export {run} -o MODEL makes a model"


MakeLesson = Callable[[Recipe, Path, Ranks, Callable[[str], None]], Lesson]
"""What a kind of data brings: a recipe, the run's folder, the processes, and who is told."""


@torch.no_grad()
def start_at(head: nn.Linear, rate: np.ndarray, least: float = LEAST_RATE) -> None:
    """Let a fresh layer begin with how common each output is, so that it need not learn that.

    Parameters
    ----------
    head : nn.Linear
    rate : np.ndarray [shape=(outputs,)], clipped to [least, .5]
    least : float > 0
    """
    chance = torch.from_numpy(np.clip(rate, least, 0.5).astype(np.float32))
    head.bias.copy_(torch.logit(chance))
