"""``musicnn``, first filters shaped by what is known of music, over 3 s of 16 kHz sound.

Pons et al. 2018 (*End-to-end learning for music audio tagging at scale*) and Pons and Serra 2019
(*musicnn: pre-trained convolutional neural networks for music audio tagging*). Timbral filters are
tall, 40 % and 70 % of the 96 mel bands by 7 frames, and take the maximum over all pitches, so that
a timbre is the same wherever it is played. Temporal filters are long and see the mean of all bands:
the rhythm. Three dense one-dimensional convolutions go on, everything is joined, and mean and
maximum over time, through a dense layer, are the embedding. Narrowed to 16 filters of each timbral
kind, 8 of each temporal one, and 64 in the middle; temporal filters have 127, 63 and 31 frames
where the paper has 128, 64 and 32, so that they have a centre. Filters are as tall with any number
of bands, so other front ends need other ``heights``.
"""

import torch
from torch import nn

from earmark.training.networks.layers import dense, mean_and_max
from earmark.training.networks.network import Network

TIMBRAL_FRAMES, MIDDLE_FRAMES = 7, 7
TEMPORAL_FRAMES = (127, 63, 31)
MIDDLE_LAYERS = 3


class Musicnn(Network):
    """Input (n, frames, n_mels >= heights[-1]), log-mel. Logits and embedding (n, embedding).

    Parameters
    ----------
    tags : int > 0
    heights : sequence of int > 0, mel bands of the timbral filters
    timbral, temporal : int > 0, filters of each height and of each length
    middle, embedding : int > 0
    dropout : float in [0, 1)
    """

    def __init__(
        self,
        tags: int,
        heights: tuple[int, ...],
        timbral: int,
        temporal: int,
        middle: int,
        embedding: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.normal = nn.BatchNorm2d(1)
        self.timbral = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(1, timbral, (TIMBRAL_FRAMES, height), padding=(TIMBRAL_FRAMES // 2, 0)),
                nn.BatchNorm2d(timbral),
                nn.ReLU(inplace=True),
            )
            for height in heights
        )
        self.temporal = nn.ModuleList(_line(1, temporal, length) for length in TEMPORAL_FRAMES)
        front = timbral * len(heights) + temporal * len(TEMPORAL_FRAMES)
        self.middle = nn.ModuleList(
            _line(middle if layer else front, middle, MIDDLE_FRAMES)
            for layer in range(MIDDLE_LAYERS)
        )
        self.embed = dense(2 * (front + MIDDLE_LAYERS * middle), embedding)
        self.end_with(embedding, tags, dropout)

    def embedding(self, mel: torch.Tensor) -> torch.Tensor:
        """Embedding of log-mel windows."""
        image = self.normal(mel.unsqueeze(1))
        loudness = image.mean(3)
        front = [timbre(image).amax(3) for timbre in self.timbral]
        front += [rhythm(loudness) for rhythm in self.temporal]
        lines = [torch.cat(front, 1)]
        for place, layer in enumerate(self.middle):
            found = layer(lines[-1])
            lines.append(found + lines[-1] if place else found)
        return self.embed(mean_and_max(torch.cat(lines, 1), (2,)))


def _line(width_in: int, width: int, length: int) -> nn.Sequential:
    """A convolution over time that keeps its length."""
    return nn.Sequential(
        nn.Conv1d(width_in, width, length, padding=length // 2),
        nn.BatchNorm1d(width),
        nn.ReLU(inplace=True),
    )


def create(
    tags: int = 188,
    heights: tuple[int, ...] = (38, 67),
    timbral: int = 16,
    temporal: int = 8,
    middle: int = 64,
    embedding: int = 192,
    dropout: float = 0.2,
) -> Musicnn:
    """A Musicnn for windows of 94 frames of 96 bands (16 kHz, n_fft 1024, hop length 512; 3 s)."""
    return Musicnn(tags, tuple(heights), timbral, temporal, middle, embedding, dropout)
