"""``cnn``, a fully convolutional network of four layers over 29.1 s of 12 kHz sound, 96 mel bands.

The FCN-4 of Choi, Fazekas and Sandler 2016 (*Automatic tagging using deep convolutional neural
networks*): four 3x3 convolutions, each with batch normalisation, ReLU and max-pooling, end in one
cell, from which sigmoids name the tags. Two things are smaller here. Widths are 24-56-112-224 where
the paper has 128-384-768-2048. The hop length is 512 and not 256, so there are 682 frames and not
1,366; the first pool therefore halves time where the paper's quarters it, and everything after the
first layer has the paper's shape. The last pool takes whatever is left, in the paper 4 bands of 8
frames, so that other windows fit too.
"""

import torch
from torch import nn

from earmark.training.networks.layers import convolutions
from earmark.training.networks.network import Network

POOLS = ((2, 2), (5, 4), (8, 3), (1, 1))  # time and mel


class CNN(Network):
    """Input (n, frames >= 80, n_mels >= 24), log-mel. The embedding has widths[-1] numbers."""

    def __init__(self, tags: int, widths: tuple[int, ...], dropout: float) -> None:
        super().__init__()
        self.layers = convolutions(widths, POOLS, nn.ReLU)
        self.end_with(widths[-1], tags, dropout)

    def embedding(self, mel: torch.Tensor) -> torch.Tensor:
        """Embedding of log-mel windows: the maximum of the last maps."""
        return self.layers(mel.unsqueeze(1)).amax((2, 3))


def create(
    tags: int = 188, widths: tuple[int, ...] = (24, 56, 112, 224), dropout: float = 0.2
) -> CNN:
    """A CNN for windows of 682 frames of 96 bands (12 kHz, n_fft 1024, hop length 512; 29.1 s)."""
    return CNN(tags, tuple(widths), dropout)
