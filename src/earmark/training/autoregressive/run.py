"""A run of the recipe ``ar``: it takes minutes and no gradients, so it has no checkpoints."""

from pathlib import Path

import torch

from earmark.errors import TrainingError
from earmark.messages import say
from earmark.training.architectures.ar import AR
from earmark.training.autoregressive.learn import learn_mixtures
from earmark.training.checkpoint import append_log, save_weights
from earmark.training.corpus import load_corpus
from earmark.training.labelled import taught_windows
from earmark.training.lesson import Sources, require_labelled
from earmark.training.network import make_network
from earmark.training.recipe import Recipe
from earmark.training.teachers import Teachers
from earmark.training.tracks import load_tracks
from earmark.vocabulary import official_vocabulary


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
