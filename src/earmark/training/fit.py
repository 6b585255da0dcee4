"""The training loop: epochs of batches, averaged weights, a checkpoint an epoch.

In: a torch module, batches by epoch, a loss, an optimiser. Out: the module with averaged weights.
A run that was killed goes on from its last whole epoch.
"""

import json
import os
import time
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

AVERAGE_EVERY = 8  # batches between two updates of the averaged weights

Batch = tuple[torch.Tensor, ...]


@dataclass
class Fit:
    """One training run.

    Attributes
    ----------
    network : nn.Module
    batches : callable, epoch number -> iterable of tuples of tensors, the first one the input
    loss : callable, (network, batch) -> scalar tensor
    optimiser : torch.optim.Optimizer
    schedule : LR scheduler stepped once a batch, or None
    epochs : int
    average : float in [0, 1), decay a batch of the averaged weights; 0 for none
    folder : Path, gets ``checkpoint.pt`` and ``log.jsonl``
    """

    network: nn.Module
    batches: Callable[[int], Iterable[Batch]]
    loss: Callable[[nn.Module, Batch], torch.Tensor]
    optimiser: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler | None
    epochs: int
    average: float
    folder: Path

    def run(self) -> nn.Module:
        """Train to the end, from the checkpoint if there is one; return the network to ship."""
        self.folder.mkdir(parents=True, exist_ok=True)
        averaged = deepcopy(self.network).eval()
        first, step = self._resume(averaged), 0
        for epoch in range(first, self.epochs):
            self.network.train()
            started, total, count = time.time(), 0.0, 0
            for batch in self.batches(epoch):
                loss = self.loss(self.network, batch)
                self.optimiser.zero_grad(set_to_none=True)
                loss.backward()
                self.optimiser.step()
                if self.schedule is not None:
                    self.schedule.step()
                step += 1
                if step % AVERAGE_EVERY == 0:
                    self._blend_into(averaged)
                total, count = total + float(loss.detach()) * len(batch[0]), count + len(batch[0])
            self._note(epoch, total / count, count / (time.time() - started))
            self._save(averaged, epoch + 1)
        return averaged

    def _blend_into(self, averaged: nn.Module) -> None:
        with torch.no_grad():
            for kept, new in zip(
                averaged.state_dict().values(), self.network.state_dict().values(), strict=True
            ):
                if kept.dtype.is_floating_point:
                    kept.lerp_(new, 1 - self.average**AVERAGE_EVERY)
                else:
                    kept.copy_(new)

    def _note(self, epoch: int, loss: float, speed: float) -> None:
        record = {"epoch": epoch + 1, "loss": round(loss, 4), "windows_per_second": round(speed, 1)}
        with open(self.folder / "log.jsonl", "a", encoding="utf-8") as log:
            log.write(json.dumps(record) + "\n")
        done = f"epoch {epoch + 1}/{self.epochs}"
        print(f"{done}  loss {loss:.4f}  {speed:.0f} windows/s", flush=True)

    def _save(self, averaged: nn.Module, epoch: int) -> None:
        state = {
            "epoch": epoch,
            "network": self.network.state_dict(),
            "averaged": averaged.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict() if self.schedule else None,
            "random": torch.get_rng_state(),
        }
        part = self.folder / "checkpoint.part"
        torch.save(state, part)
        os.replace(part, self.folder / "checkpoint.pt")

    def _resume(self, averaged: nn.Module) -> int:
        path = self.folder / "checkpoint.pt"
        if not path.exists():
            return 0
        state = torch.load(path, weights_only=True)
        self.network.load_state_dict(state["network"])
        averaged.load_state_dict(state["averaged"])
        self.optimiser.load_state_dict(state["optimiser"])
        if self.schedule:
            self.schedule.load_state_dict(state["schedule"])
        torch.set_rng_state(state["random"])
        return state["epoch"]
