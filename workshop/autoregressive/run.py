"""A run of the recipe ``ar``: it takes minutes and no gradients, so it has no checkpoints."""

from pathlib import Path

import torch

from earmark.errors import TrainingError
from earmark.messages import say
from earmark.training.loop.checkpoint import append_log, save_weights
from earmark.training.networks.ar import AR
from earmark.training.networks.make import make_network
from earmark.training.recipes.recipe import Recipe
from earmark.vocabulary import official_vocabulary
from workshop.autoregressive.learn import learn_mixtures
from workshop.corpus import load_corpus
from workshop.labelled import taught_windows
from workshop.sources import Sources, require_labelled
from workshop.teachers import Teachers
from workshop.tracks import load_tracks


def train_mixtures(recipe: Recipe, sources: Sources, folder: Path) -> None:
    """Fit an ``ar`` network and write its weights and a line of log.

    Parameters
    ----------
    recipe : Recipe, whose epochs are rounds of expectation-maximisation
    sources : Sources, with ``corpus``, ``teachers``, ``windows`` and ``tracks``
    folder : Path, of the run; exists

    Raises
    ------
    TrainingError
        The recipe asks for another network or other data, or the data is not there.
    """
    torch.manual_seed(recipe.seed)
    network = make_network(recipe, len(official_vocabulary()))
    if not isinstance(network, AR) or recipe.data.kind != "windows":
        raise TrainingError(
            f"recipe {recipe.name!r}: expectation-maximisation fits the architecture ar, "
            "to data of the kind windows"
        )
    require_labelled(recipe, sources, "windows", "tracks")
    corpus = load_corpus(sources.corpus, sources.cache, sources.jobs)
    teachers, tracks = Teachers(sources.teachers), load_tracks(sources.tracks, corpus)
    data = taught_windows(sources.windows, tracks, teachers, corpus, sources.more)
    rounds = recipe.schedule.epochs
    loss = learn_mixtures(network, data, rounds, recipe.seed, say)
    save_weights(folder, network)
    append_log(folder, {"epoch": rounds, "loss": loss, "windows": len(data["mel"])})
