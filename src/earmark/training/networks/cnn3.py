"""``cnn3``, the original system's six-layer network over 29.12 s of 12 kHz sound, 48 mel bands.

Six 3x3 convolutions, each followed by batch normalisation, ELU and max-pooling, shrink 682 frames
of 48 bands to one vector, from which a softmax layer names the tags: the plan of Choi, Fazekas and
Sandler 2016 (*Automatic tagging using deep convolutional neural networks*) with one layer more and
a softmax in place of sigmoids. Of longer windows or more bands the maximum is taken at the end.
"""

import torch
from torch import nn

from earmark.training.networks.layers import convolutions
from earmark.training.networks.network import Network

POOLS = ((3, 2), (3, 2), (3, 2), (3, 2), (2, 3), (4, 1))  # time and mel


class CNN3(Network):
    """Input (n, frames >= 648, n_mels >= 48), log-mel. The embedding has widths[-1] numbers."""

    activation = "softmax"

    def __init__(self, tags: int, widths: tuple[int, ...], dropout: float) -> None:
        super().__init__()
        self.layers = convolutions(widths, POOLS, nn.ELU)
        self.end_with(widths[-1], tags, dropout)

    def embedding(self, mel: torch.Tensor) -> torch.Tensor:
        """Embedding of log-mel windows: what six poolings leave."""
        return self.layers(mel.unsqueeze(1)).amax((2, 3))


def create(
    tags: int = 188, widths: tuple[int, ...] = (32, 48, 64, 96, 128, 160), dropout: float = 0.3
) -> CNN3:
    """A CNN3 for windows of 682 frames of 48 bands (12 kHz, n_fft 1024, hop length 512; 29.1 s)."""
    return CNN3(tags, tuple(widths), dropout)
