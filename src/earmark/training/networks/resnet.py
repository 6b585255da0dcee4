"""The default family: a small plain ResNet over about 3 s of log-mel.

Plain 3x3 convolutions are what ONNX Runtime does best on a processor, so a narrow residual network
(He et al. 2016, *Deep residual learning for image recognition*; on short chunks of music: Won et
al. 2020, *Evaluation of CNN-based automatic music tagging models*) gives the most for its time.
"""

import torch
from torch import nn

from earmark.training.networks.layers import dense, mean_and_max
from earmark.training.networks.network import Network


class Block(nn.Module):
    """Two 3x3 convolutions around a shortcut."""

    def __init__(self, width_in: int, width_out: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(width_in, width_out, 3, stride, 1, bias=False),
            nn.BatchNorm2d(width_out),
            nn.ReLU(inplace=True),
            nn.Conv2d(width_out, width_out, 3, 1, 1, bias=False),
            nn.BatchNorm2d(width_out),
        )
        self.shortcut = nn.Identity()
        if stride != 1 or width_in != width_out:
            self.shortcut = nn.Sequential(
                nn.Conv2d(width_in, width_out, 1, stride, bias=False), nn.BatchNorm2d(width_out)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Maps (n, width_in, time, mel) to (n, width_out, time / stride, mel / stride)."""
        return torch.relu(self.body(x) + self.shortcut(x))


def make_stem(width: int) -> nn.Sequential:
    """Normalised log-mel (n, 1, time, mel) to (n, width, time / 4, mel / 4)."""
    return nn.Sequential(
        nn.BatchNorm2d(1),
        nn.Conv2d(1, width, 5, 2, 2, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, 2, 1),
    )


def make_stages(widths: tuple[int, ...], blocks: int) -> nn.Sequential:
    """Some blocks of each width; every stage but the first halves time and mel."""
    stages, width_in = [], widths[0]
    for stage, width in enumerate(widths):
        for block in range(blocks):
            stages.append(Block(width_in, width, 2 if stage and not block else 1))
            width_in = width
    return nn.Sequential(*stages)


class ResNet(Network):
    """Stem 5x5/2 and max-pooling, four stages, mean and max pooling, an embedding, one logit a tag.

    Input (n, frames, n_mels), log-mel. Output logits (n, tags) and embedding (n, embedding).
    """

    def __init__(
        self, tags: int, widths: tuple[int, ...], blocks: int, embedding: int, dropout: float
    ) -> None:
        super().__init__()
        self.blocks = blocks  # a stage
        self.stem = make_stem(widths[0])
        self.stages = make_stages(widths, blocks)
        self.embed = dense(2 * widths[-1], embedding)
        self.end_with(embedding, tags, dropout)

    def embedding(self, mel: torch.Tensor) -> torch.Tensor:
        """Embedding of log-mel windows."""
        maps = self.stages(self.stem(mel.unsqueeze(1)))
        return self.embed(mean_and_max(maps, (2, 3)))


def create(
    tags: int = 188,
    widths: tuple[int, ...] = (32, 64, 96, 192),
    blocks: int = 2,
    embedding: int = 192,
    dropout: float = 0.2,
) -> ResNet:
    """A ResNet for windows of 94 frames of 96 bands (16 kHz, n_fft 1024, hop length 512; 3 s)."""
    return ResNet(tags, tuple(widths), blocks, embedding, dropout)
