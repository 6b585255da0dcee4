"""The training loop: steps, averaged weights, validation, early stopping, checkpoints.

In: a torch module, batches by number, a loss, an optimiser. Out: the module with the best averaged
weights. All randomness of a step, dropout included, depends on the seed, the epoch and the step
alone. So a run that was killed at any moment goes on from its last checkpoint and ends as if it had
not been, and several processes (see :mod:`earmark.training.loop.ranks`) learn what one would.
"""

import math
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import nn

from earmark.errors import TrainingError
from earmark.training.loop.bar import Bar, learning_bar
from earmark.training.loop.batches import Batch, Batches, made_ahead
from earmark.training.loop.board import Board
from earmark.training.loop.checkpoint import (
    Progress,
    append_log,
    load_checkpoint,
    load_weights,
    save_checkpoint,
    save_weights,
    trim_log,
)
from earmark.training.loop.ranks import Ranks, mean_over_ranks
from earmark.training.recipes.recipe import Optimiser, Schedule

AVERAGE_EVERY = 8  # steps between two updates of the averaged weights
BOARD_EVERY = 10  # steps between two points of a curve

Measures = dict[str, float]


@dataclass
class Fit:
    """One training run.

    Attributes
    ----------
    network : nn.Module, on the device of `ranks`
    batches : Batches
    loss : callable, (network, batch) -> scalar tensor, a mean over the whole batch
    optimiser : torch.optim.Optimizer
    schedule : LR scheduler stepped once a batch, or None
    folder : Path, gets what :mod:`earmark.training.loop.checkpoint` writes
    rules : Schedule, epochs, patience, the measure to watch, minutes between checkpoints
    settings : Optimiser, averaging, precision and compilation
    seed : int >= 0
    validate : callable, network -> measures (``roc_auc``, ``pr_auc``, ``valid_loss``), or None
    shipped : callable, network -> what of it is the result, itself or a copy
    ranks : Ranks
    board : Board
    """

    network: nn.Module
    batches: Batches
    loss: Callable[[nn.Module, Batch], torch.Tensor]
    optimiser: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler | None
    folder: Path
    rules: Schedule
    settings: Optimiser = field(default_factory=Optimiser)
    seed: int = 0
    validate: Callable[[nn.Module], Measures] | None = None
    shipped: Callable[[nn.Module], nn.Module] = lambda network: network
    ranks: Ranks = field(default_factory=Ranks)
    board: Board = field(default_factory=Board)

    def run(self) -> nn.Module:
        """Train to the end, from the checkpoint if there is one.

        Returns
        -------
        nn.Module, the shipped part with the best averaged weights

        Raises
        ------
        TrainingError
            The checkpoint is of another network, the loss is no number any more, or a batch has
            fewer windows than there are processes.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._averaged = deepcopy(self.network).eval()
        progress = load_checkpoint(self.folder, self._parts())
        if self.ranks.first:
            trim_log(self.folder, progress.epoch)
        self._saved = time.monotonic()
        model = self.ranks.parallel(self.network)
        model = torch.compile(model) if self.settings.compile else model
        self._windows = len(self.batches(0, 0, slice(None))[0])
        if self._windows < self.ranks.count:
            raise TrainingError(
                f"batches of {self._windows} are too small for {self.ranks.count} processes"
            )
        epoch_windows = self.batches.steps * self._windows
        with learning_bar(
            progress.epoch * epoch_windows + progress.windows,
            self.rules.epochs * epoch_windows,
            quiet=not self.ranks.first,
        ) as bar:
            while progress.epoch < self.rules.epochs and not progress.finished:
                self._epoch(model, progress, bar)
        self.ranks.wait()
        best = self.shipped(self._averaged)
        load_weights(self.folder, best)
        return best

    def _parts(self) -> dict[str, object]:
        return {
            "network": self.network,
            "averaged": self._averaged,
            "optimiser": self.optimiser,
            "schedule": self.schedule,
        }

    def _epoch(self, model: nn.Module, progress: Progress, bar: Bar) -> None:
        """From where the run stands to the end of the epoch."""
        self.network.train()
        epoch, first, share = progress.epoch, progress.windows, self.ranks.share
        total = torch.zeros((), dtype=torch.float64, device=self.ranks.device)
        before, started = progress.loss, time.monotonic()
        title = f"epoch {epoch + 1}/{self.rules.epochs}"

        def make(step: int) -> Batch:
            return self.batches(epoch, step, share)

        for step, batch in made_ahead(make, range(progress.step, self.batches.steps)):
            loss = self._step(model, epoch, step, batch)
            total += loss.detach().double() * self._windows
            progress.step, progress.windows = step + 1, progress.windows + self._windows
            bar.advance(self._windows, title)
            if step % BOARD_EVERY == 0:
                self.board.step(epoch * self.batches.steps + step, loss, self._rate())
            minutes = (time.monotonic() - self._saved) / 60
            if self.ranks.first and minutes >= self.rules.checkpoint_minutes:
                progress.loss = before + float(total)
                self._save(progress)
        speed = (progress.windows - first) / max(time.monotonic() - started, 1e-9)
        mean = (before + float(mean_over_ranks(total))) / progress.windows
        if not math.isfinite(mean):
            raise TrainingError(
                f"{self.folder}: the loss of epoch {epoch + 1} is no number any more; "
                "a lower learning rate may help"
            )
        self._end_epoch(progress, mean, speed, bar)

    def _step(self, model: nn.Module, epoch: int, step: int, batch: Batch) -> torch.Tensor:
        """Learn from a batch; its loss, of which the mean over processes is the batch's."""
        words = np.random.SeedSequence([self.seed, epoch, step, self.ranks.rank])
        torch.manual_seed(int(words.generate_state(1)[0]))
        device = self.ranks.device
        batch = tuple(tensor.to(device, non_blocking=True) for tensor in batch)
        half = self.settings.precision == "bfloat16"
        with torch.autocast(device.type, torch.bfloat16, enabled=half):
            loss = self.loss(model, batch)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        if self.schedule is not None:
            self.schedule.step()
        done = step + 1
        if done % AVERAGE_EVERY == 0 or done == self.batches.steps:
            self._blend(epoch * self.batches.steps + done, done % AVERAGE_EVERY or AVERAGE_EVERY)
        return loss

    def _blend(self, step: int, steps: int) -> None:
        """Move the averaged weights; they reach back a fifth of the run at most."""
        decay = min(self.settings.average, step / (step + 5))
        with torch.no_grad():
            for kept, new in zip(
                self._averaged.state_dict().values(),
                self.network.state_dict().values(),
                strict=True,
            ):
                if kept.dtype.is_floating_point:
                    kept.lerp_(new, 1 - decay**steps)
                else:
                    kept.copy_(new)

    def _end_epoch(self, progress: Progress, loss: float, speed: float, bar: Bar) -> None:
        """Validate, keep the weights if they are the best, note all, and save."""
        progress.epoch, progress.step = progress.epoch + 1, 0
        progress.loss, progress.windows = 0.0, 0
        measures: Measures = {}
        if self.validate is not None:
            measures = self.ranks.same(self.validate(self._averaged) if self.ranks.first else None)
        better = self._judge(progress, measures)
        since = progress.epoch - progress.best_epoch
        patience = self.rules.patience
        stop = bool(measures and patience and since >= patience)
        progress.finished = stop or progress.epoch >= self.rules.epochs
        if not self.ranks.first:
            return
        known = {name: round(v, 4) for name, v in measures.items() if not math.isnan(v)}
        record = {"epoch": progress.epoch, "loss": round(loss, 4), **known}
        record["windows_per_second"] = round(speed, 1)
        if better:
            save_weights(self.folder, self.shipped(self._averaged))
        append_log(self.folder, record)
        self._save(progress)
        self.board.epoch(progress.epoch, record)
        bar.say(self._sentence(record))
        if stop:
            bar.say(
                f"{patience} epochs without a better {self.rules.watch}: "
                f"the weights of epoch {progress.best_epoch} are kept"
            )

    def _judge(self, progress: Progress, measures: Measures) -> bool:
        """Whether the weights are the best so far; without a measure, the last ones are."""
        watched = measures.get(self.rules.watch, math.nan)
        if math.isnan(watched):
            progress.best_epoch = progress.epoch
            return True
        value = -watched if self.rules.watch == "valid_loss" else watched
        loss = measures.get("valid_loss", 0.0)
        if (value, -loss) <= (progress.best, -progress.best_loss):
            return False
        progress.best, progress.best_loss, progress.best_epoch = value, loss, progress.epoch
        return True

    def _sentence(self, record: dict[str, float]) -> str:
        words = [f"epoch {record['epoch']}/{self.rules.epochs}", f"loss {record['loss']:.4f}"]
        for name, meaning in (("roc_auc", "ROC-AUC"), ("pr_auc", "PR-AUC")):
            words += [f"{meaning} {record[name]:.3f}"] if name in record else []
        return "  ".join([*words, f"{record['windows_per_second']:.0f} windows/s"])

    def _rate(self) -> float:
        return float(self.optimiser.param_groups[0]["lr"])

    def _save(self, progress: Progress) -> None:
        save_checkpoint(self.folder, progress, self._parts())
        self._saved = time.monotonic()
