"""``cnn2``, five layers over 10 s of 12 kHz sound, 96 mel bands: between ``cnn`` and ``cnn3``.

It tries what a finer timeline is worth. The networks over half a minute pool time until one cell is
left, so that a song of three minutes is heard six times. Here five 3x3 convolutions, each with
batch normalisation, ELU and max-pooling, leave one band and 14 steps of 0.7 s; mean and maximum
over them are the embedding: what goes on all the time, and what happens once. A song is heard three
times as often as by ``cnn``, and a layer more sees the sound for what a layer less would have to
guess from large pools.
"""

import torch
from torch import nn

from earmark.training.networks.layers import convolutions, mean_and_max
from earmark.training.networks.network import Network

POOLS = ((2, 2), (2, 2), (2, 2), (2, 3), (1, 1))  # time and mel


class CNN2(Network):
    """Input (n, frames >= 16, n_mels >= 24), log-mel. The embedding has 2 widths[-1] numbers."""

    def __init__(self, tags: int, widths: tuple[int, ...], dropout: float) -> None:
        super().__init__()
        self.layers = convolutions(widths, POOLS, nn.ELU)
        self.end_with(2 * widths[-1], tags, dropout)

    def embedding(self, mel: torch.Tensor) -> torch.Tensor:
        """Embedding of log-mel windows: mean and maximum over time of the strongest band."""
        return mean_and_max(self.layers(mel.unsqueeze(1)).amax(3), (2,))


def create(
    tags: int = 188, widths: tuple[int, ...] = (24, 48, 80, 112, 144), dropout: float = 0.2
) -> CNN2:
    """A CNN2 for windows of 234 frames of 96 bands (12 kHz, n_fft 1024, hop length 512; 10 s)."""
    return CNN2(tags, tuple(widths), dropout)
