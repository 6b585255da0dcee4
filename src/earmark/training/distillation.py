"""Train the default network on cached windows that the teachers labelled.

In: shards made by :mod:`earmark.training.windows`, and the corpus' own windows. Two heads learn
together: the 188 tags, and the raw scores of all four teachers, which only training sees and which
give the embedding more to know. AdamW with one cycle, averaged weights, SpecAugment (Park et al.
2019).
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import nn

from earmark.training.architectures import resnet
from earmark.training.corpus import SAMPLE_RATE, Corpus
from earmark.training.fit import Fit
from earmark.training.losses import weighted_binary_crossentropy
from earmark.training.targets import blend, track_targets, window_targets
from earmark.training.teachers import MEL_TEACHERS, Teachers
from earmark.training.windows import (
    FRAMES,
    FRONT_END,
    SAMPLES,
    TEACHER_START,
    student_mel,
)

BATCH = 128
LEARNING_RATE = 3e-3
WEIGHT_DECAY = 0.02
AVERAGE = 0.999
RAW_SCORES = 50 + 50 + 50 + 521
RAW_WEIGHT = 0.5
BATCH_ARRAYS = ("target", "weight", "raw", "raw_known")
TIME_MASKS, TIME_MASK = 2, 12  # frames
MEL_MASKS, MEL_MASK = 2, 10  # bands


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


def plain_windows(corpus: Corpus, soft_targets: Path) -> dict[str, np.ndarray]:
    """The training tracks' own windows with the guesses that came with the corpus.

    Returns
    -------
    dict as from :func:`drawn_windows`, with ``raw_known`` all 0
    """
    train = corpus.column("split") == "train"
    with np.load(soft_targets) as soft:
        chosen = train[soft["file_id"]]
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


def mask(mel: np.ndarray, rng: np.random.Generator) -> None:
    """SpecAugment in place: blank random spans of frames and of bands, each window its own."""
    for window in mel:
        for _ in range(TIME_MASKS):
            width = rng.integers(TIME_MASK + 1)
            start = rng.integers(mel.shape[1] - width + 1)
            window[start : start + width] = 0
        for _ in range(MEL_MASKS):
            width = rng.integers(MEL_MASK + 1)
            start = rng.integers(mel.shape[2] - width + 1)
            window[:, start : start + width] = 0


def batches(data: dict[str, np.ndarray], seed: int, epoch: int) -> Iterator[tuple]:
    """One epoch in random order: (mel, target, weight, raw, raw_known) as float32 tensors."""
    rng = np.random.default_rng([seed, epoch])
    order = rng.permutation(len(data["mel"]))
    for first in range(0, len(order) - BATCH + 1, BATCH):
        rows = np.sort(order[first : first + BATCH])
        mel = data["mel"][rows].astype(np.float32)
        mask(mel, rng)
        rest = (data[name][rows].astype(np.float32) for name in BATCH_ARRAYS)
        yield (torch.from_numpy(mel), *(torch.from_numpy(array) for array in rest))


def loss(model: Callable, batch: tuple) -> torch.Tensor:
    """Weighted cross-entropy of the tags, and half of that of the raw teacher scores."""
    mel, target, weight, raw, raw_known = batch
    logits, raw_logits = model(mel)
    tags = weighted_binary_crossentropy(logits, target, weight)
    return tags + RAW_WEIGHT * weighted_binary_crossentropy(raw_logits, raw, raw_known)


def train_default(
    corpus: Corpus,
    teachers: Teachers,
    windows: Path,
    soft_targets: Path,
    folder: Path,
    epochs: int,
    seed: int,
) -> nn.Module:
    """Train the default network and return it without its second head."""
    torch.manual_seed(seed)
    drawn = drawn_windows(windows, teachers, corpus)
    data = joined([drawn, plain_windows(corpus, soft_targets)])
    print(f"{len(data['mel'])} windows")
    model = TwoHeads(resnet.create(), data["raw"].shape[1])
    base_rate = (data["target"].astype(np.float32) * data["weight"]).sum(0)
    base_rate = np.clip(base_rate / data["weight"].astype(np.float32).sum(0), 1e-3, 0.5)
    raw_rate = np.clip(drawn["raw"].astype(np.float32).mean(0), 1e-4, 0.5)
    with torch.no_grad():
        model.network.head.bias.copy_(torch.logit(torch.from_numpy(base_rate)))
        model.raw.bias.copy_(torch.logit(torch.from_numpy(raw_rate)))
    model = model.to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(model.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    steps = len(data["mel"]) // BATCH * epochs
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, LEARNING_RATE, total_steps=steps, pct_start=0.15
    )
    compiled = torch.compile(model)  # a third faster on two cores; shares the weights
    fit = Fit(
        network=model,
        batches=lambda epoch: batches(data, seed, epoch),
        loss=lambda _, batch: loss(compiled, batch),
        optimiser=optimiser,
        schedule=schedule,
        epochs=epochs,
        average=AVERAGE,
        folder=folder,
    )
    return fit.run().network
