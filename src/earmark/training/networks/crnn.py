"""``crnn``, convolutions that hear what is there and a recurrent net that follows it for 29.1 s.

Choi, Fazekas, Sandler and Cho 2017 (*Convolutional recurrent neural networks for music
classification*): four 3x3 convolutions with batch normalisation, ELU and max-pooling leave one mel
band and 14 steps of time, over which two layers of gated recurrent units (Cho et al. 2014) go.
Narrowed to widths 24-64-96-96 and 96 units. The hop length is 512 where the paper has 256, so time
is pooled by 2-3-4-2 and not by 2-3-4-4. Ours: the embedding is the last state, as in the paper, and
beside it the mean over time, because what was heard in the first seconds of half a minute counts as
much as what was heard in the last.
"""

import torch
from torch import nn

from earmark.training.networks.layers import convolutions
from earmark.training.networks.network import Network

POOLS = ((2, 2), (3, 3), (4, 4), (2, 1))  # time and mel; then all bands that are left
RECURRENT_LAYERS = 2


class CRNN(Network):
    """Input (n, frames >= 48, n_mels >= 24), log-mel. The embedding has 2 units numbers."""

    def __init__(self, tags: int, widths: tuple[int, ...], units: int, dropout: float) -> None:
        super().__init__()
        self.layers = convolutions(widths, POOLS, nn.ELU)
        self.recurrent = nn.GRU(widths[-1], units, RECURRENT_LAYERS, batch_first=True)
        self.end_with(2 * units, tags, dropout)

    def embedding(self, mel: torch.Tensor) -> torch.Tensor:
        """Embedding of log-mel windows: the last state and the mean of all."""
        steps = self.layers(mel.unsqueeze(1)).amax(3).transpose(1, 2)
        states, _ = self.recurrent(steps)
        return torch.cat([states[:, -1], states.mean(1)], 1)


def create(
    tags: int = 188,
    widths: tuple[int, ...] = (24, 64, 96, 96),
    units: int = 96,
    dropout: float = 0.2,
) -> CRNN:
    """A CRNN for windows of 682 frames of 96 bands (12 kHz, n_fft 1024, hop length 512; 29.1 s)."""
    return CRNN(tags, tuple(widths), units, dropout)
