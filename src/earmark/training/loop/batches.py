"""What the training loop asks of data: any batch of any epoch, by number.

A batch depends on the run's seed, the epoch and the step, on nothing else. So a run that was killed
goes on with exactly the batches that it would have seen, and several processes can each take their
rows of the same batch.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np
import torch

Batch = tuple[torch.Tensor, ...]
AHEAD = 2  # batches made while the network learns


class Batches(Protocol):
    """Batches by number.

    Attributes
    ----------
    steps : int > 0, batches an epoch
    """

    steps: int

    def __call__(self, epoch: int, step: int, share: slice) -> Batch:
        """Some rows of a batch: tensors of equal length, the input first.

        Parameters
        ----------
        epoch, step : int >= 0, step < `steps`
        share : slice, the wanted rows of the whole batch
        """


def generator(seed: int, epoch: int, *more: int) -> np.random.Generator:
    """Random numbers that depend on a run's seed, the epoch and what else is named."""
    return np.random.default_rng([seed, epoch, *more])


class Order:
    """The order of an epoch: rows 0 to `length` - 1, shuffled anew each epoch.

    The rows that do not fill a batch wait for another epoch, unless there are too few for any.
    """

    def __init__(self, length: int, batch: int, seed: int) -> None:
        self.batch, self.seed, self.length = min(batch, length), seed, length
        self.steps = length // self.batch
        self._epoch, self._rows = -1, np.empty(0, np.int64)

    def rows(self, epoch: int, step: int) -> np.ndarray:
        """Rows of a batch [shape=(batch,), int64], ascending."""
        if epoch != self._epoch:
            self._epoch, self._rows = epoch, generator(self.seed, epoch).permutation(self.length)
        return np.sort(self._rows[step * self.batch :][: self.batch])


def made_ahead(make: Callable[[int], Batch], steps: range) -> Iterator[tuple[int, Batch]]:
    """Numbers and batches, in order, made in a thread of their own a little ahead."""
    with ThreadPoolExecutor(1) as thread:
        waiting = [thread.submit(make, step) for step in steps[:AHEAD]]
        try:
            for place, step in enumerate(steps):
                batch = waiting.pop(0).result()
                if place + AHEAD < len(steps):
                    waiting.append(thread.submit(make, steps[place + AHEAD]))
                yield step, batch
        finally:
            for future in waiting:
                future.cancel()
