"""Several processes that train one network together, as ``torchrun`` starts them.

Without torchrun there is one process, and nothing here does anything. With it, each process (rank)
takes its share of every batch; torch's DistributedDataParallel averages the gradients.
"""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

PATIENCE = timedelta(days=1)  # the others wait while the first rank decodes all sound


@dataclass(frozen=True)
class Ranks:
    """This process among all.

    Attributes
    ----------
    rank : int >= 0; the first one, 0, speaks and writes
    count : int > 0
    device : torch.device, on which this process computes
    """

    rank: int = 0
    count: int = 1
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    @property
    def first(self) -> bool:
        """Whether this is the process that speaks and writes."""
        return self.rank == 0

    @property
    def share(self) -> slice:
        """Rows of a batch that are this process's."""
        return slice(self.rank, None, self.count)

    def parallel(self, network: nn.Module) -> nn.Module:
        """The network with gradients averaged over all processes."""
        return network if self.count == 1 else DistributedDataParallel(network)

    def same(self, value: Any) -> Any:
        """What the first process has, in every process."""
        if self.count == 1:
            return value
        values = [value]
        distributed.broadcast_object_list(values, device=self.device)
        return values[0]

    def wait(self) -> None:
        """Go on when every process is here."""
        self.same(None)


@contextmanager
def joined_ranks() -> Iterator[Ranks]:
    """This process's place; it leaves the others at the end."""
    cuda = torch.cuda.is_available()
    local = int(os.environ.get("LOCAL_RANK", 0))
    device = torch.device("cuda", local) if cuda else torch.device("cpu")
    if cuda:
        torch.cuda.set_device(device)
    count = int(os.environ.get("WORLD_SIZE", 1))
    if count == 1:
        yield Ranks(device=device)
        return
    distributed.init_process_group("nccl" if cuda else "gloo", timeout=PATIENCE)
    try:
        yield Ranks(distributed.get_rank(), count, device)
    finally:
        gc.collect()  # what still holds a connection would close it while the process ends
        distributed.destroy_process_group()


def mean_over_ranks(value: torch.Tensor) -> torch.Tensor:
    """Mean of a number over all processes, without a gradient; itself where there is one."""
    if not (distributed.is_available() and distributed.is_initialized()):
        return value.detach()
    value = value.detach().clone()
    distributed.all_reduce(value)
    return value / distributed.get_world_size()
