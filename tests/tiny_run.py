"""A training run of a second: a net of a few numbers, batches of noise; also a script.

``python tiny_run.py FOLDER KIND [KILL]`` runs it; with KILL the process kills itself when it makes
that batch (counted over epochs). KIND is "normalised" (batch statistics and dropout) or "plain".
"""

import os
import signal
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

from earmark.training.loop.fit import Fit
from earmark.training.loop.losses import weighted_binary_crossentropy
from earmark.training.loop.ranks import Ranks, joined_ranks
from earmark.training.recipes.recipe import Optimiser, Schedule

STEPS, BATCH, SEED = 20, 16, 3


class Noise:
    """Batches of noise whose first three numbers are the labels, each with a random weight."""

    steps = STEPS

    def __init__(self, kill: int | None = None) -> None:
        self.kill = kill

    def __call__(self, epoch: int, step: int, share: slice) -> tuple[torch.Tensor, ...]:
        if epoch * STEPS + step == self.kill:
            os.kill(os.getpid(), signal.SIGKILL)
        rng = np.random.default_rng([SEED, epoch, step])
        mel = torch.from_numpy(rng.random((BATCH, 5), dtype=np.float32))
        weight = torch.from_numpy(rng.random((BATCH, 3), dtype=np.float32))
        return mel[share], (mel[share, :3] > 0.5).float(), weight[share]


def net(kind: str) -> nn.Module:
    """A fresh net, always the same."""
    torch.manual_seed(0)
    if kind == "plain":
        return nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 3))
    # A bias before batch normalisation has no gradient but rounding, which AdamW would blow up.
    first = nn.Linear(5, 8, bias=False)
    return nn.Sequential(first, nn.BatchNorm1d(8), nn.Dropout(0.2), nn.Linear(8, 3))


def loss(network: nn.Module, batch: tuple[torch.Tensor, ...]) -> torch.Tensor:
    """Weighted cross-entropy."""
    mel, target, weight = batch
    return weighted_binary_crossentropy(network(mel), target, weight)


def tiny_fit(
    folder: Path,
    kind: str = "normalised",
    epochs: int = 4,
    kill: int | None = None,
    ranks: Ranks | None = None,
    **rules,
) -> Fit:
    """A run of that many epochs with a checkpoint after every step."""
    network = net(kind)
    optimiser = torch.optim.AdamW(network.parameters(), 1e-2)
    return Fit(
        network=network,
        batches=Noise(kill),
        loss=loss,
        optimiser=optimiser,
        schedule=torch.optim.lr_scheduler.OneCycleLR(optimiser, 1e-2, total_steps=8 * STEPS),
        folder=folder,
        rules=Schedule(epochs=epochs, checkpoint_minutes=0, **rules),
        settings=Optimiser(average=0.9),
        seed=SEED,
        ranks=ranks or Ranks(),
    )


if __name__ == "__main__":
    with joined_ranks() as here:
        kill = int(sys.argv[3]) if len(sys.argv) > 3 else None
        tiny_fit(Path(sys.argv[1]), sys.argv[2], kill=kill, ranks=here).run()
