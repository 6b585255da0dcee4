"""Layers of which several networks are made."""

from collections.abc import Sequence

import torch
from torch import nn


def convolutions(
    widths: Sequence[int], pools: Sequence[tuple[int, int]], kind: type[nn.Module]
) -> nn.Sequential:
    """3x3 convolutions over normalised log-mel, each with batch normalisation and max-pooling.

    Parameters
    ----------
    widths : sequence of int > 0, channels of each
    pools : sequence of (time, mel), as many; a pool of (1, 1) is left out
    kind : nn.ELU or nn.ReLU, after batch normalisation

    Returns
    -------
    nn.Sequential, maps (n, 1, frames, n_mels) to (n, widths[-1], fewer frames, fewer bands)
    """
    layers: list[nn.Module] = [nn.BatchNorm2d(1)]
    for width_in, width, pool in zip((1, *widths[:-1]), widths, pools, strict=True):
        layers += [
            nn.Conv2d(width_in, width, 3, padding=1),
            nn.BatchNorm2d(width),
            kind(inplace=True),
        ]
        layers += [nn.MaxPool2d(pool)] if pool != (1, 1) else []
    return nn.Sequential(*layers)


def mean_and_max(maps: torch.Tensor, axes: tuple[int, ...]) -> torch.Tensor:
    """Mean and maximum over `axes`, side by side: (n, c, ...) to (n, 2 c)."""
    return torch.cat([maps.mean(axes), maps.amax(axes)], 1)


def dense(width_in: int, width: int) -> nn.Sequential:
    """A fully connected layer with batch normalisation and ReLU."""
    return nn.Sequential(
        nn.Linear(width_in, width, bias=False), nn.BatchNorm1d(width), nn.ReLU(inplace=True)
    )
