"""The lesson of windows that one shipped model heard: to say what it says, at less cost.

In: windows of :mod:`workshop.heard`. The student learns the model's scores of each tag and, as an
embedding, the model's own: Chen et al. 2022, *Knowledge distillation with the reused teacher
classifier*, in which a student that comes to the teacher's embedding may use its last layer. So the
student begins with that layer, and what was learned on the model's embeddings fits its own.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import numpy as np
import torch
from torch import nn

from earmark.errors import TrainingError
from earmark.training.export.network_file import Shipped
from earmark.training.loop import losses
from earmark.training.loop.batches import Batch
from earmark.training.loop.lesson import Lesson
from earmark.training.loop.ranks import Ranks
from earmark.training.networks.make import make_network
from earmark.training.recipes.recipe import Recipe
from earmark.training.songs.validation import AT_ONCE
from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.top50 import TOP_50
from workshop.corpus import Corpus, load_corpus
from workshop.distillation import Windows
from workshop.heard import DRAWN, OWN, heard_shards, load_heard
from workshop.labelled import Arrays, joined
from workshop.sources import Sources
from workshop.studies.agreement import agreement

FITTED = 4096  # windows that the last layer is found from
LEAST_SCORE = 1e-5  # what float16 still tells from nothing


def follower_lesson(recipe: Recipe, sources: Sources, ranks: Ranks) -> Lesson:
    """Load the windows and make the student.

    Parameters
    ----------
    recipe : Recipe, with the front end and frames that the windows were made for
    sources : Sources, with ``corpus`` and ``heard``, and ``more`` with windows in ``heard``
    ranks : Ranks; the first process decodes the corpus, the others wait

    Raises
    ------
    TrainingError
        There are no such windows, or the student's embedding is of another size than the model's.
    """
    if sources.corpus is None:
        raise TrainingError(f"recipe {recipe.name!r}: name the folder of the corpus with --corpus")
    if ranks.first:
        load_corpus(sources.corpus, sources.cache, sources.jobs)
    ranks.wait()
    corpus = load_corpus(sources.corpus, sources.cache, sources.jobs)
    own = load_heard(sources.heard, OWN, corpus, recipe.front_end, recipe.data.frames)
    valid = (corpus.column("split") == "valid")[own["track"]]
    train, held_out = (
        {name: array[rows] for name, array in own.items()} for rows in (~valid, valid)
    )
    parts = chain([train], _others(recipe, sources, corpus))
    lesson = lesson_of(recipe, joined(map(_taught, parts), sources.heard))
    return replace(lesson, validate=EchoJudge(held_out)) if valid.any() else lesson


def _others(recipe: Recipe, sources: Sources, corpus: Corpus) -> Iterator[Arrays]:
    """Windows drawn from the corpus, then all of music that nobody labelled."""
    windows = recipe.front_end, recipe.data.frames
    yield from heard_shards(sources.heard, DRAWN, corpus, *windows)
    if sources.more is not None:
        more = load_corpus(sources.more, sources.more, 1)
        for kind in (OWN, DRAWN):
            yield from heard_shards(sources.more / "heard", kind, more, *windows)


def _taught(part: Arrays) -> Arrays:
    """What batches are made of."""
    return {
        "mel": part["mel"],
        "target": part["score"],
        "weight": np.ones_like(part["score"]),
        "raw": part["embedding"],
    }


def lesson_of(recipe: Recipe, data: Arrays) -> Lesson:
    """The recipe's network with the model's last layer, and its loss over windows.

    Parameters
    ----------
    recipe : Recipe
        ``raw_weight`` is what the embedding counts: its mean squared error as a share of the
        model's variance, beside the cross-entropy of the tags.
    data : dict of arrays, a row a window: ``mel``, ``target`` (scores), ``weight``, ``raw`` (the
        model's embeddings)
    """
    network = make_network(recipe, len(official_vocabulary()))
    network = network.to(memory_format=torch.channels_last)  # half again as fast in bfloat16
    if network.head.in_features != data["raw"].shape[1]:
        raise TrainingError(
            f"recipe {recipe.name!r}: its embedding has {network.head.in_features} numbers, that "
            f"of the model it follows {data['raw'].shape[1]}"
        )
    some = np.random.default_rng(recipe.seed).permutation(len(data["raw"]))[:FITTED]
    some.sort()
    embeddings = data["raw"][some].astype(np.float64)
    take_last_layer(network.head, embeddings, data["target"][some].astype(np.float64))
    spread = float(embeddings.var(0).mean())
    function = getattr(losses, recipe.loss.name)

    def loss(parallel: nn.Module, batch: Batch) -> torch.Tensor:
        mel, target, weight, embedding = batch
        logits, own = parallel(mel)
        apart = (own.float() - embedding).square().mean() / spread
        return function(logits, target, weight) + recipe.loss.raw_weight * apart

    return Lesson(
        network=network,
        batches=Windows(data, recipe.data.batch, recipe.augmentation, recipe.seed),
        loss=loss,
        facts={"windows": len(data["mel"])},
    )


@torch.no_grad()
def take_last_layer(head: nn.Linear, embeddings: np.ndarray, scores: np.ndarray) -> None:
    """Give a layer the numbers by which a model gets its scores from its embeddings.

    Scores are the sigmoid of a linear layer, so least squares find that layer.

    Parameters
    ----------
    head : nn.Linear
    embeddings : np.ndarray [shape=(n, d), float64]
    scores : np.ndarray [shape=(n, tags), float64, in [0, 1]]
    """
    likely = np.clip(scores, LEAST_SCORE, 1 - LEAST_SCORE)
    one = np.ones((len(embeddings), 1))
    found, *_ = np.linalg.lstsq(np.hstack([embeddings, one]), np.log(likely / (1 - likely)))
    head.weight.copy_(torch.from_numpy(found[:-1].T))
    head.bias.copy_(torch.from_numpy(found[-1]))


class EchoJudge:
    """How well a student says what the model says of windows that neither learned from.

    Parameters
    ----------
    windows : dict as from :func:`workshop.heard.load_heard`
    """

    def __init__(self, windows: Arrays) -> None:
        self._mel, self._said = windows["mel"], windows["score"].astype(np.float32)
        self._top = [official_vocabulary().index(tag) for tag in TOP_50]

    @torch.no_grad()
    def __call__(self, network: nn.Module) -> dict[str, float]:
        """Cross-entropy, and correlation over windows with the model's scores, top 50 and all."""
        shipped, scores = Shipped(network), []
        for first in range(0, len(self._mel), AT_ONCE):
            mel = torch.from_numpy(self._mel[first : first + AT_ONCE].astype(np.float32))
            scores.append(shipped(mel)[0].float().numpy())
        own = np.concatenate(scores).clip(1e-6, 1 - 1e-6)
        crossed = -(self._said * np.log(own) + (1 - self._said) * np.log1p(-own)).mean()
        return {
            "valid_loss": float(crossed),
            "agreement_top50": agreement(own[:, self._top], self._said[:, self._top]),
            "agreement": agreement(own, self._said),
        }
