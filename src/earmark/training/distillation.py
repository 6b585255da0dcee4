"""The lesson of cached windows that the teachers labelled; the recipe ``default`` uses it.

In: shards made by :mod:`earmark.training.windows`, and the corpus' own windows. Two heads learn
together: the tags, and the raw scores of all four teachers, which only training sees and which give
the embedding more to know.
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn

from earmark.errors import TrainingError
from earmark.training import architectures, losses
from earmark.training.augment import draw_masks
from earmark.training.batches import Batch, Order, generator
from earmark.training.corpus import SAMPLE_RATE, Corpus, load_corpus
from earmark.training.lesson import Lesson, Sources, require_fit, start_at
from earmark.training.model_folder import Shipped
from earmark.training.ranks import Ranks
from earmark.training.recipe import Augmentation, Recipe
from earmark.training.targets import blend, track_targets, window_targets
from earmark.training.teachers import MEL_TEACHERS, Teachers
from earmark.training.validation import AT_ONCE, measures
from earmark.training.windows import (
    FRAMES,
    FRONT_END,
    SAMPLES,
    TEACHER_START,
    student_mel,
)
from earmark.vocabulary import official_vocabulary

RAW_SCORES = 50 + 50 + 50 + 521
BATCH_ARRAYS = ("target", "weight", "raw", "raw_known")
LEAST_RATE, LEAST_RAW_RATE = 1e-3, 1e-4  # chances that fresh heads begin with, at least


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


def drawn_windows(folder: Path, teachers: Teachers, corpus: Corpus) -> dict[str, np.ndarray]:
    """All shards of a folder: windows that were bent and mixed before the teachers heard them.

    Returns
    -------
    dict of float16 arrays, one row a window
        ``mel`` (n, 94, 96), ``target`` and ``weight`` (n, 188), ``raw`` (n, 671) teacher scores,
        ``raw_known`` (n, 1) whether there are any.
    """
    shards = []
    for path in sorted(folder.glob("windows-*.npz")):
        with np.load(path) as shard:
            raw = {name: shard[name].astype(np.float32) for name in (*MEL_TEACHERS, "YAMNet")}
            target, weight = window_targets(
                corpus,
                teachers.merge(raw),
                teachers.confidence(),
                shard["track"],
                shard["second"],
                shard["second_db"],
            )
            shards.append(
                {
                    "mel": shard["mel"],
                    "target": target.astype(np.float16),
                    "weight": weight.astype(np.float16),
                    "raw": np.concatenate(list(raw.values()), 1).astype(np.float16),
                    "raw_known": np.ones((len(target), 1), np.float16),
                }
            )
    return joined(shards)


def plain_windows(
    corpus: Corpus, soft_targets: Path, split: str = "train"
) -> dict[str, np.ndarray]:
    """The own windows of a split's tracks with the guesses that came with the corpus.

    Returns
    -------
    dict as from :func:`drawn_windows`, with ``raw_known`` all 0
    """
    own = corpus.column("split") == split
    with np.load(soft_targets) as soft:
        chosen = own[soft["file_id"]]
        rows, starts = soft["file_id"][chosen], soft["start"][chosen]
        guess, confidence = soft["target"][chosen].astype(np.float32), soft["confidence"]
    target, weight = blend(guess, confidence, track_targets(corpus)[rows])
    mel = np.empty((len(rows), FRAMES, FRONT_END.n_mels), np.float16)
    for i, (row, start) in enumerate(zip(rows, starts, strict=True)):
        first = max(0, round(start * SAMPLE_RATE) - TEACHER_START)
        piece = corpus.samples(row)[first : first + SAMPLES].astype(np.float32) / 32768
        mel[i] = student_mel(np.resize(piece, SAMPLES))
    return {
        "mel": mel,
        "target": target.astype(np.float16),
        "weight": weight.astype(np.float16),
        "raw": np.zeros((len(rows), RAW_SCORES), np.float16),
        "raw_known": np.zeros((len(rows), 1), np.float16),
    }


def joined(parts: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Several sets of windows as one."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


class TrackJudge:
    """Judges a network by the own windows of the corpus' valid tracks and what people said of them.

    Parameters
    ----------
    corpus : Corpus
    soft_targets : Path, names the windows
    """

    def __init__(self, corpus: Corpus, soft_targets: Path) -> None:
        self._mel = plain_windows(corpus, soft_targets, "valid")["mel"]
        with np.load(soft_targets) as soft:
            rows = soft["file_id"][(corpus.column("split") == "valid")[soft["file_id"]]]
        tracks, self._track = np.unique(rows, return_inverse=True)
        self._targets = track_targets(corpus)[tracks]
        fractions = corpus.mtat_fractions()[tracks]
        self._labels = np.where(np.isnan(fractions), corpus.human_labels()[tracks], fractions > 0)

    def __len__(self) -> int:
        return len(self._targets)

    @torch.no_grad()
    def __call__(self, network: nn.Module) -> dict[str, float]:
        """ROC-AUC, PR-AUC and cross-entropy of tracks, whose score is the mean over windows."""
        shipped, device = Shipped(network), next(network.parameters()).device
        scores = []
        for first in range(0, len(self._mel), AT_ONCE):
            mel = torch.from_numpy(self._mel[first : first + AT_ONCE].astype(np.float32))
            scores.append(shipped(mel.to(device))[0].float().cpu().numpy())
        sums = np.zeros_like(self._targets)
        np.add.at(sums, self._track, np.concatenate(scores))
        means = sums / np.bincount(self._track)[:, None]
        return measures(self._labels, self._targets, means)


class Windows:
    """Batches (mel, target, weight, raw, raw_known) of windows in memory.

    Parameters
    ----------
    data : dict as from :func:`drawn_windows`
    batch : int > 0, windows
    augmentation : Augmentation
    seed : int >= 0

    Attributes
    ----------
    steps : int > 0, batches an epoch
    """

    def __init__(
        self, data: dict[str, np.ndarray], batch: int, augmentation: Augmentation, seed: int
    ) -> None:
        self.data, self.augmentation, self.seed = data, augmentation, seed
        self._order = Order(len(data["mel"]), batch, seed)
        self.steps = self._order.steps

    def __call__(self, epoch: int, step: int, share: slice) -> Batch:
        """Some rows of a batch, all float32."""
        rows = self._order.rows(epoch, step)
        shape = (len(rows), *self.data["mel"].shape[1:])
        masks = draw_masks(self.augmentation, shape, generator(self.seed, epoch, step))
        mel = self.data["mel"][rows[share]].astype(np.float32)
        masks.share(share).apply(mel)
        rest = (self.data[name][rows[share]].astype(np.float32) for name in BATCH_ARRAYS)
        return (torch.from_numpy(mel), *(torch.from_numpy(array) for array in rest))


def window_lesson(recipe: Recipe, sources: Sources, ranks: Ranks) -> Lesson:
    """Load the windows and make the network with its two heads.

    Parameters
    ----------
    recipe : Recipe, with the front end that the windows were made with
    sources : Sources, with ``corpus``, ``teachers`` and ``windows``
    ranks : Ranks; the first process decodes the corpus, the others wait

    Raises
    ------
    TrainingError
        A folder is not named, there are no windows, or they have another shape.
    """
    if sources.corpus is None or sources.teachers is None:
        raise TrainingError(
            f"recipe {recipe.name!r}: learns from a labelled corpus; name its folder with --corpus "
            "and that of the networks that label it with --teachers"
        )
    if (recipe.front_end, recipe.data.frames) != (FRONT_END, FRAMES):
        raise TrainingError(
            f"recipe {recipe.name!r}: cached windows have {FRAMES} frames of {FRONT_END}"
        )
    if not any(sources.windows.glob("windows-*.npz")):
        raise TrainingError(
            f"{sources.windows}: no windows lie there; "
            "python -m earmark.training.windows makes them"
        )
    if ranks.first:
        load_corpus(sources.corpus, sources.cache, sources.jobs)
    ranks.wait()
    corpus = load_corpus(sources.corpus, sources.cache, sources.jobs)
    drawn = drawn_windows(sources.windows, Teachers(sources.teachers), corpus)
    soft_targets = sources.corpus / "soft_targets.npz"
    data = joined([drawn, plain_windows(corpus, soft_targets)])
    judge = TrackJudge(corpus, soft_targets)
    tags = len(official_vocabulary())
    network = architectures.create(recipe.architecture.name, tags, recipe.architecture.options)
    require_fit(network, recipe)
    model = TwoHeads(network, RAW_SCORES)
    base_rate = (data["target"].astype(np.float32) * data["weight"]).sum(0)
    base_rate = base_rate / data["weight"].astype(np.float32).sum(0)
    start_at(network.head, base_rate, LEAST_RATE)
    start_at(model.raw, drawn["raw"].astype(np.float32).mean(0), LEAST_RAW_RATE)
    function, raw_weight = getattr(losses, recipe.loss.name), recipe.loss.raw_weight

    def loss(parallel: nn.Module, batch: Batch) -> torch.Tensor:
        mel, target, weight, raw, raw_known = batch
        logits, raw_logits = parallel(mel)
        raw_loss = losses.weighted_binary_crossentropy(raw_logits, raw, raw_known)
        return function(logits, target, weight) + raw_weight * raw_loss

    return Lesson(
        network=model,
        batches=Windows(data, recipe.data.batch, recipe.augmentation, recipe.seed),
        loss=loss,
        facts={"windows": len(data["mel"])},
        shipped=lambda model: model.network,
        validate=(lambda model: judge(model.network)) if len(judge) else None,
    )
