"""``cnn3``, the original system's six-layer network over 29.12 s of 12 kHz sound, 48 mel bands.

Six 3x3 convolutions, each followed by batch normalisation, ELU and max-pooling, shrink 682 frames
of 48 bands to one vector, from which a softmax layer names the tags: the plan of Choi, Fazekas and
Sandler 2016 (*Automatic tagging using deep convolutional neural networks*) with one layer more and
a softmax in place of sigmoids.
"""

import torch
from torch import nn

MEL_POOLS = (2, 2, 2, 2, 3, 1)
TIME_POOLS = (3, 3, 3, 3, 2, 4)


class CNN3(nn.Module):
    """Input (n, 682, 48), log-mel. Output logits (n, tags) and embedding (n, widths[-1])."""

    activation = "softmax"

    def __init__(self, tags: int, widths: tuple[int, ...], dropout: float) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.BatchNorm2d(1)]
        for width_in, width, time, mel in zip(
            (1, *widths[:-1]), widths, TIME_POOLS, MEL_POOLS, strict=True
        ):
            layers += [
                nn.Conv2d(width_in, width, 3, padding=1),
                nn.BatchNorm2d(width),
                nn.ELU(inplace=True),
                nn.MaxPool2d((time, mel)),
            ]
        self.layers = nn.Sequential(*layers)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(widths[-1], tags)

    def forward(self, mel: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits (n, tags) and embedding of log-mel windows (n, frames, n_mels)."""
        embedding = self.layers(mel.unsqueeze(1)).flatten(1)
        return self.head(self.dropout(embedding)), embedding


def create(
    tags: int = 188, widths: tuple[int, ...] = (32, 48, 64, 96, 128, 160), dropout: float = 0.3
) -> CNN3:
    """A CNN3 for windows of 682 frames of 48 bands (12 kHz, n_fft 1024, hop length 512; 29.1 s)."""
    return CNN3(tags, tuple(widths), dropout)
