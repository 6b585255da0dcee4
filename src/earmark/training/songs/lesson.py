"""The lesson of a manifest: random crops of its songs, held-out songs as the judge."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from earmark.errors import TrainingError
from earmark.training.loop import losses
from earmark.training.loop.batches import Batch
from earmark.training.loop.board import Board
from earmark.training.loop.lesson import Lesson, start_at
from earmark.training.loop.ranks import Ranks
from earmark.training.networks.make import make_network
from earmark.training.recipes.recipe import Recipe
from earmark.training.songs.crops import Crops
from earmark.training.songs.songs import (
    LEAST_SONGS,
    Say,
    Songs,
    build_store,
    open_songs,
    split_rows,
)
from earmark.training.songs.validation import listen, measures


@dataclass(frozen=True)
class Manifest:
    """Where labelled songs lie.

    Attributes
    ----------
    data : str or None, a manifest or data set folder
    store : Path or None, of log-mel frames; None for one in the run folder
    jobs : int > 0, processes that decode
    """

    data: str | None = None
    store: Path | None = None
    jobs: int = 1


def song_lesson(
    recipe: Recipe, folder: Path, ranks: Ranks, say: Say, *, sources: Manifest
) -> Lesson:
    """Read the manifest, build what is missing of the store, and make the network.

    Parameters
    ----------
    recipe : Recipe
    folder : Path, of the run
    ranks : Ranks; the first process decodes, the others wait
    say : callable, gets sentences for people
    sources : Manifest, with ``data``

    Raises
    ------
    TrainingError, DataError
        No data is named, it cannot be read, or there is too little of it.
    """
    if recipe.data.kind != "songs":
        raise TrainingError(
            f"recipe {recipe.name!r}: learns {recipe.data.kind} of a corpus, not songs of a "
            "manifest; in a checkout, python -m workshop.train does that"
        )
    if sources.data is None:
        raise TrainingError(f"recipe {recipe.name!r}: learns from a manifest; name it with --data")
    store = sources.store or folder / "store"
    split = split_rows(sources.data, recipe.data.held_out, recipe.seed, say)
    if ranks.first:
        build_store(split, store, recipe.front_end, sources.jobs)
    ranks.wait()
    train, valid = (
        open_songs(rows, split.vocabulary, store, recipe.front_end)
        for rows in (split.train, split.valid)
    )
    if len(train) < LEAST_SONGS:
        raise TrainingError(f"{sources.data}: the sound of {len(train)} train songs can be read")
    network = make_network(recipe, len(split.vocabulary))
    crops = Crops(train, recipe)
    if network.activation == "sigmoid":
        start_at(network.head, crops.base_rate())
    function = getattr(losses, recipe.loss.name)

    def loss(model: nn.Module, batch: Batch) -> torch.Tensor:
        mel, target, weight = batch
        return function(model(mel)[0], target, weight)

    def validate(model: nn.Module) -> dict[str, float]:
        heard = listen(model, valid, recipe.data.frames, recipe.data.valid_windows)
        return measures(valid.labels, valid.targets, heard.scores)

    def show(board: Board, model: nn.Module, epoch: int) -> None:
        _show(board, model, valid if len(valid) else train, recipe, epoch)

    return Lesson(
        network=network,
        batches=crops,
        loss=loss,
        facts={
            "data": os.path.abspath(sources.data) if os.path.exists(sources.data) else sources.data,
            "store": os.path.abspath(store),
            "fingerprint": split.fingerprint(),
            "tags": list(split.vocabulary),
            "train": len(train),
            "valid": len(valid),
        },
        validate=validate if len(valid) else None,
        show=show,
    )


def _show(board: Board, model: nn.Module, songs: Songs, recipe: Recipe, epoch: int) -> None:
    """Embeddings and examples of some songs."""
    if not board.points:
        return
    count = min(len(songs), board.points)
    few = replace(songs, rows=songs.rows[:count], entries=songs.entries[:count])
    heard = listen(model, few, recipe.data.frames, recipe.data.valid_windows)
    said = [", ".join(tag for tag in row.tags if tag in songs.vocabulary) for row in few.rows]
    names = [Path(row.file).name for row in few.rows]
    board.embeddings(np.ascontiguousarray(heard.embeddings), said, epoch)
    board.examples(names, said, heard.scores, songs.vocabulary.names, epoch)
