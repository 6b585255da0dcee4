"""What a kind of data brings to a run: the network that learns, its batches, loss and judge."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from earmark.errors import TrainingError
from earmark.training.batches import Batch, Batches
from earmark.training.board import Board
from earmark.training.recipe import Recipe

SHARDS = {"windows": "windows", "tracks": "tracks", "worn": "tracks"}  # how their files begin
LEAST_RATE = 1e-3  # chance of a tag that a fresh network begins with, at least


@dataclass(frozen=True)
class Sources:
    """Where the data of a run lies; each kind of data needs some of it.

    Attributes
    ----------
    data : str or None, a manifest or data set folder, of 'songs'
    store : Path or None, of log-mel frames; None for one in the run folder
    corpus, teachers : Path or None, folders, of 'windows' and 'clips'
    cache : Path, of decoded sound
    windows, tracks : Path, of labelled windows, drawn ones and the corpus' own
    worn : Path or None, the corpus' own windows as rooms and codecs leave them, of 'windows'
    more : Path or None, a corpus without labels, with windows drawn from it, of 'windows'
    start : str or None, a model or run folder whose weights the network begins with
    imitate : str or None, a larger model whose scores are learned, too, of 'windows'
    jobs : int > 0, processes that decode
    """

    data: str | None = None
    store: Path | None = None
    corpus: Path | None = None
    teachers: Path | None = None
    cache: Path = Path("runs/corpus")
    windows: Path = Path("runs/windows")
    tracks: Path = Path("runs/tracks")
    worn: Path | None = None
    more: Path | None = None
    start: str | None = None
    imitate: str | None = None
    jobs: int = 1


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
    """

    network: nn.Module
    batches: Batches
    loss: Callable[[nn.Module, Batch], torch.Tensor]
    facts: dict[str, Any]
    shipped: Callable[[nn.Module], nn.Module] = lambda network: network
    beginner: Callable[[nn.Module], nn.Module] = lambda network: network
    validate: Callable[[nn.Module], dict[str, float]] | None = None
    show: Callable[[Board, nn.Module, int], None] | None = None


def require_labelled(recipe: Recipe, sources: Sources, *kinds: str) -> None:
    """Refuse to go on without a corpus, teachers, and what they said.

    Parameters
    ----------
    recipe : Recipe
    sources : Sources
    kinds : str, of ``SHARDS``, both the attribute of `sources` and the module that makes it

    Raises
    ------
    TrainingError
        One sentence: what is not named or not there, and how to get it.
    """
    if sources.corpus is None or sources.teachers is None:
        raise TrainingError(
            f"recipe {recipe.name!r}: learns from a labelled corpus; name its folder with --corpus "
            "and that of the networks that label it with --teachers"
        )
    for kind in kinds:
        folder = getattr(sources, kind)
        if not any(folder.glob(f"{SHARDS[kind]}-*.npz")):
            raise TrainingError(
                f"{folder}: no labelled windows lie there; "
                f"python -m earmark.training.{kind} makes them"
            )


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
