"""Train a row's network for as long as its budget allows.

``budget.json`` says how many clips that is. Autoregressive mixtures are fitted to their clips.
"""

import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch import nn

from earmark.training.loop.run import make_fit
from earmark.training.recipes.recipe import Recipe
from workshop.autoregressive.learn import learn_mixtures
from workshop.clips import Clips, lesson_of
from workshop.comparison.budget import clips_of
from workshop.comparison.rows import Row

MIXTURE_ROUNDS = 6


def learned(row: Row, clips: Clips, seed: int) -> tuple[nn.Module, int, float]:
    """A trained network.

    Parameters
    ----------
    row : Row
    clips : Clips, of the row's front end
    seed : int

    Returns
    -------
    network : nn.Module, in evaluation mode
    seen : int, clips it learned
    minutes : float, of one core, that learning took
    """
    recipe = replace(row.recipe, seed=seed)
    clips.recipe = recipe
    if recipe.architecture.name == "ar":
        return _mixtures(recipe, clips, clips_of(row))
    clips.steps = clips_of(row) // recipe.data.batch
    network, minutes = _fit(recipe, clips)
    return network, clips.steps * recipe.data.batch, minutes


def _fit(recipe: Recipe, clips: Clips) -> tuple[nn.Module, float]:
    """The network after one epoch of ``clips.steps``, and the core minutes that took."""
    torch.manual_seed(recipe.seed)
    lesson = lesson_of(recipe, clips)
    started = time.process_time()
    with TemporaryDirectory() as folder:
        best = make_fit(recipe, lesson, Path(folder)).run().eval()
    return best, (time.process_time() - started) / 60


def _mixtures(recipe: Recipe, clips: Clips, seen: int) -> tuple[nn.Module, int, float]:
    """Autoregressive mixtures, fitted to clips."""
    network, batch = lesson_of(recipe, clips).network, recipe.data.batch
    started = time.process_time()
    batches = [clips(0, step, slice(None)) for step in range(seen // batch)]
    names = ("mel", "target", "weight")
    data = {
        name: np.concatenate([one.numpy().astype(np.float16) for one in parts])
        for name, parts in zip(names, zip(*batches, strict=True), strict=True)
    }
    learn_mixtures(network, data, MIXTURE_ROUNDS, recipe.seed, print)
    return network.eval(), len(data["mel"]), (time.process_time() - started) / 60
