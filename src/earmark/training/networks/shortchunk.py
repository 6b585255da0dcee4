"""``shortchunk``, seven residual blocks over 3 s of 16 kHz sound, 96 mel bands.

The short-chunk CNN with residual connections of Won, Ferraro, Bogdanov and Serra 2020 (*Evaluation
of CNN-based automatic music tagging models*): blocks of two 3x3 convolutions, each of which halves
time and mel, until one cell is left, then the maximum, a dense layer, and the tags. It differs from
the default ``resnet`` in that it has no stem: the first block sees every frame and band. Narrowed
to widths 24-32-48-64-64-80-96 where the paper has 128-128-256-256-256-256-512, with 96 bands and
not 128.
"""

import torch
from torch import nn

from earmark.training.networks.layers import dense
from earmark.training.networks.network import Network
from earmark.training.networks.resnet import Block


class ShortChunk(Network):
    """Input (n, frames, n_mels), log-mel. Output logits (n, tags) and embedding (n, embedding)."""

    def __init__(self, tags: int, widths: tuple[int, ...], embedding: int, dropout: float) -> None:
        super().__init__()
        pairs = zip((1, *widths[:-1]), widths, strict=True)
        self.layers = nn.Sequential(
            nn.BatchNorm2d(1), *(Block(width_in, width, 2) for width_in, width in pairs)
        )
        self.embed = dense(widths[-1], embedding)
        self.end_with(embedding, tags, dropout)

    def embedding(self, mel: torch.Tensor) -> torch.Tensor:
        """Embedding of log-mel windows."""
        return self.embed(self.layers(mel.unsqueeze(1)).amax((2, 3)))


def create(
    tags: int = 188,
    widths: tuple[int, ...] = (24, 32, 48, 64, 64, 80, 96),
    embedding: int = 128,
    dropout: float = 0.2,
) -> ShortChunk:
    """A ShortChunk for windows of 94 frames of 96 bands (16 kHz, n_fft 1024, hop length 512)."""
    return ShortChunk(tags, tuple(widths), embedding, dropout)
