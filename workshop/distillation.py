"""The lesson of cached windows that the teachers labelled; the recipe ``default`` uses it.

In: labelled windows (:mod:`workshop.labelled`). Two heads learn together: the tags, and the
raw scores of all four teachers, which only training sees and which give the embedding more to know.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from earmark.errors import TrainingError
from earmark.training.loop import losses
from earmark.training.loop.augment import draw_masks
from earmark.training.loop.batches import Batch, Order, generator
from earmark.training.loop.lesson import Lesson, start_at
from earmark.training.loop.mixup import blended
from earmark.training.loop.ranks import Ranks
from earmark.training.networks.make import make_network
from earmark.training.recipes.recipe import Augmentation, Recipe
from earmark.vocabulary import official_vocabulary
from workshop.complements import heed_complements
from workshop.corpus import load_corpus
from workshop.labelled import RAW_SCORES, Arrays, TrackJudge, taught_windows
from workshop.probe import fit_probes
from workshop.sources import Sources, require_labelled
from workshop.teachers import Teachers
from workshop.tracks import load_tracks
from workshop.windows import FRAMES, FRONT_END

BATCH_ARRAYS = ("mel", "target", "weight", "raw")
LEAST_RAW_RATE = 1e-4  # chance of a raw score that a fresh head begins with, at least


class TwoHeads(nn.Module):
    """The network to ship, with a second head that training drops."""

    def __init__(self, network: nn.Module, raw_scores: int) -> None:
        super().__init__()
        self.network = network
        self.raw = nn.Linear(network.head.in_features, raw_scores)

    def forward(self, mel: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits of the tags (n, tags) and of the raw teacher scores (n, raw_scores)."""
        logits, embedding = self.network(mel)
        return logits, self.raw(embedding)

    @torch.no_grad()
    def folded(self, columns: Sequence[int], share: float, probes: float = 0.0) -> nn.Module:
        """The network to ship, into whose last layer a part of the second head is folded.

        The second head has learned from teachers alone what MagnaTagATune's networks say, the last
        layer also what people said of some hundred songs, part of them by heart. What probes
        (:mod:`workshop.probe`) make of these networks it has learned last. All are linear,
        so their mean in log-odds is one more linear layer and costs nothing. Then tags that deny
        others heed them (:mod:`workshop.complements`).

        Parameters
        ----------
        columns : sequence of int
            Tags of the two MagnaTagATune networks, which the second head says first, in order.
        share : float in [0, 1], of the second head
        probes : float in [0, 1], their part of that

        Returns
        -------
        nn.Module, a copy
        """
        network, count = deepcopy(self.network), len(columns)
        for own, raw in (
            (network.head.weight, self.raw.weight),
            (network.head.bias, self.raw.bias),
        ):
            alone = (raw[:count] + raw[count : 2 * count]) / 2
            said = alone.lerp(raw[-count:], probes)
            own[columns] = own[columns].lerp(said, share)
        heed_complements(network.head, official_vocabulary())
        return network


class Windows:
    """Batches (mel, target, weight, raw) of windows.

    Parameters
    ----------
    data : dict as from :func:`workshop.labelled.taught_windows`
    batch : int > 0, windows
    augmentation : Augmentation
    seed : int >= 0

    Attributes
    ----------
    steps : int > 0, batches an epoch
    """

    def __init__(self, data: Arrays, batch: int, augmentation: Augmentation, seed: int) -> None:
        self.data, self.augmentation, self.seed = data, augmentation, seed
        self._order = Order(len(data["mel"]), batch, seed)
        self.steps = self._order.steps

    def __call__(self, epoch: int, step: int, share: slice) -> Batch:
        """Some rows of a batch, all float32."""
        rows = self._order.rows(epoch, step)
        rules, rng = self.augmentation, generator(self.seed, epoch, step)
        masks = draw_masks(rules, (len(rows), *self.data["mel"].shape[1:]), rng)

        def arrays(places: np.ndarray) -> list[np.ndarray]:
            return [self.data[name][rows[places]].astype(np.float32) for name in BATCH_ARRAYS]

        mel, *rest = blended(rules.mixup, len(rows), share, rng, arrays)
        masks.share(share).apply(mel)
        return tuple(torch.from_numpy(array) for array in (mel, *rest))


def window_lesson(recipe: Recipe, sources: Sources, ranks: Ranks) -> Lesson:
    """Load the windows and make the network with its two heads.

    Parameters
    ----------
    recipe : Recipe, with the front end that the windows were made with
    sources : Sources, with ``corpus``, ``teachers``, ``windows`` and ``tracks``
    ranks : Ranks; the first process decodes the corpus, the others wait

    Raises
    ------
    TrainingError
        A folder is not named, there are no windows, or they have another shape.
    """
    if (recipe.front_end, recipe.data.frames) != (FRONT_END, FRAMES):
        raise TrainingError(
            f"recipe {recipe.name!r}: cached windows have {FRAMES} frames of {FRONT_END}; "
            "others are those that one model heard (workshop.heard), which --heard names"
        )
    require_labelled(recipe, sources, "windows", "tracks", *(["worn"] if sources.worn else []))
    if ranks.first:
        load_corpus(sources.corpus, sources.cache, sources.jobs)
    ranks.wait()
    corpus = load_corpus(sources.corpus, sources.cache, sources.jobs)
    teachers, tracks = Teachers(sources.teachers), load_tracks(sources.tracks, corpus)
    probes = fit_probes(tracks, corpus) if recipe.loss.probe_share else None
    worn = None if sources.worn is None else load_tracks(sources.worn, corpus)
    data = taught_windows(sources.windows, tracks, teachers, corpus, sources.more, probes, worn)
    lesson = lesson_of(recipe, data, teachers)
    judge = TrackJudge(corpus, tracks)
    if not len(judge):
        return lesson
    return replace(lesson, validate=lambda model: judge(lesson.shipped(model)))


def lesson_of(recipe: Recipe, data: Arrays, teachers: Teachers) -> Lesson:
    """The recipe's network, fresh, with its second head, and their loss over windows.

    Parameters
    ----------
    recipe : Recipe
    data : dict as from :func:`workshop.labelled.taught_windows`
    teachers : Teachers
    """
    network = make_network(recipe, len(official_vocabulary()))
    model = TwoHeads(network, RAW_SCORES)
    said = np.einsum("wt,wt->t", data["target"], data["weight"], dtype=np.float32)
    base_rate = said / data["weight"].sum(0, dtype=np.float32)
    start_at(network.head, base_rate)
    start_at(model.raw, data["raw"].mean(0, dtype=np.float32), LEAST_RAW_RATE)
    function, raw_weight = getattr(losses, recipe.loss.name), recipe.loss.raw_weight
    columns = [official_vocabulary().index(tag) for tag in teachers.labels("mtt")]
    balance = losses.balanced(base_rate, recipe.loss.balance)

    def loss(parallel: nn.Module, batch: Batch) -> torch.Tensor:
        mel, target, weight, raw = batch
        logits, raw_logits = parallel(mel)
        raw_loss = losses.weighted_binary_crossentropy(raw_logits, raw, torch.ones_like(raw))
        return function(logits, target, weight * balance.to(weight)) + raw_weight * raw_loss

    return Lesson(
        network=model,
        batches=Windows(data, recipe.data.batch, recipe.augmentation, recipe.seed),
        loss=loss,
        facts={"windows": len(data["mel"])},
        shipped=lambda model: model.folded(columns, recipe.loss.raw_share, recipe.loss.probe_share),
        beginner=lambda model: model.network,
    )
