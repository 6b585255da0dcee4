"""``harmonic``, learned filters that hear a pitch with its harmonics, over 3 s of 16 kHz sound.

After Won, Chun, Nieto and Serra 2020 (*Data-driven harmonic filters for audio representation
learning*): for each centre frequency triangular filters lie at its multiples, their bandwidth
(0.1079 f + 24.7) / Q Hz has a learned Q, and the harmonics become channels of one image, in which a
small convolution sees a note with all its overtones.

It departs from the paper in what is filtered. The paper filters the short-time Fourier transform;
this takes the log-mel frames that every network here takes, undoes their logarithm, and pools the
power of mel bands. So nothing finer than a mel band can be told apart, about 31 Hz below 1 kHz, and
each filter is wider than the paper's by one band to each side. Filters are means, not sums, the
centre frequencies are 48 from 65 Hz (C2) up where the paper has 128, with five harmonics and not
six, and residual blocks of widths 24-32-64-80-112 follow.
"""

import numpy as np
import torch
from torch import nn

from earmark.sound.melspectrogram import hz_to_mel, mel_to_hz
from earmark.training.networks.layers import dense, mean_and_max
from earmark.training.networks.network import Network
from earmark.training.networks.resnet import Block

LOWEST = 65.4  # Hz, C2
ALPHA, BETA = 0.1079, 24.7  # of equivalent rectangular bandwidths (Glasberg and Moore 1990)


class HarmonicFilters(nn.Module):
    """Log-mel windows (n, frames, n_mels) to harmonics as channels, (n, harmonics, frames, levels).

    Parameters
    ----------
    harmonics, levels : int > 0, multiples of each centre frequency, and centre frequencies
    sample_rate : int > 0, in Hz; the highest multiple of the highest centre is half of it
    """

    def __init__(self, harmonics: int, levels: int, sample_rate: int) -> None:
        super().__init__()
        self.sample_rate = sample_rate
        highest = sample_rate / 2 / harmonics
        multiples = np.arange(1, harmonics + 1)[:, None]
        self.centres = multiples * np.geomspace(LOWEST, highest, levels)
        self.log_q = nn.Parameter(torch.zeros(()))

    def filters(self, n_mels: int) -> torch.Tensor:
        """Triangular filters (harmonics, levels, n_mels) over mel bands, each of sum 1."""
        edges = mel_to_hz(np.linspace(0, hz_to_mel(self.sample_rate / 2), n_mels + 2))
        band = np.interp(self.centres, edges[1:], np.diff(edges))  # width of the bands there
        half = _tensor((ALPHA * self.centres + BETA) / 2, self.log_q) / self.log_q.exp()
        distance = _tensor(np.abs(edges[1:-1] - self.centres[..., None]), self.log_q)
        reach = (half + _tensor(band, self.log_q))[..., None]
        triangles = (1 - distance / reach).clamp_min(0)
        return triangles / triangles.sum(2, keepdim=True)

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        """Logarithm of the mean power in each filter."""
        power = 10**mel - 1  # LOG_GAIN times the mel-spectrogram
        pooled = torch.einsum("ntm,hlm->nhtl", power, self.filters(mel.shape[2]))
        return torch.log10(1 + pooled.clamp_min(0))


def _tensor(numbers: np.ndarray, like: torch.Tensor) -> torch.Tensor:
    """Numbers as a constant of the graph."""
    return torch.tensor(numbers.tolist(), device=like.device)


class Harmonic(Network):
    """Input (n, frames, n_mels), log-mel at `sample_rate`. Logits and embedding (n, embedding)."""

    def __init__(
        self,
        tags: int,
        filters: HarmonicFilters,
        harmonics: int,
        widths: tuple[int, ...],
        embedding: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.filters = filters
        pairs = zip((harmonics, *widths[:-1]), widths, strict=True)
        self.layers = nn.Sequential(
            nn.BatchNorm2d(harmonics), *(Block(width_in, width, 2) for width_in, width in pairs)
        )
        self.embed = dense(2 * widths[-1], embedding)
        self.end_with(embedding, tags, dropout)

    @property
    def sample_rate(self) -> int:
        """Of the sound that the network can hear, in Hz."""
        return self.filters.sample_rate

    def embedding(self, mel: torch.Tensor) -> torch.Tensor:
        """Embedding of log-mel windows."""
        return self.embed(mean_and_max(self.layers(self.filters(mel)), (2, 3)))


def create(
    tags: int = 188,
    sample_rate: int = 16000,
    harmonics: int = 5,
    levels: int = 48,
    widths: tuple[int, ...] = (24, 32, 64, 80, 112),
    embedding: int = 128,
    dropout: float = 0.2,
) -> Harmonic:
    """A Harmonic for windows of 94 frames of 96 bands (16 kHz, n_fft 1024, hop length 512; 3 s)."""
    filters = HarmonicFilters(harmonics, levels, sample_rate)
    return Harmonic(tags, filters, harmonics, tuple(widths), embedding, dropout)
