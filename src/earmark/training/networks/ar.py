"""``ar``, mixtures of autoregressive models of a window's cepstra, one mixture a tag.

After Coviello, Vaizman, Chan and Lanckriet 2012 (*Multivariate autoregressive mixture models for
music auto-tagging*). A component predicts each frame's cepstrum from an earlier one and scores what
is left. The log-likelihood of a window is linear in its lagged scatter matrix, so the classical
model runs as a network of two matrix products; a last layer weighs what all mixtures say. It is
fitted by expectation-maximisation (``workshop/autoregressive``), not by gradients,
although gradients work too.
"""

import numpy as np
import torch
from torch import nn

from earmark.sound.features.mfcc import dct_basis
from earmark.training.networks.network import Network


def triangle(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the upper triangle of a scatter matrix, diagonal included."""
    return np.triu_indices(size)


class AR(Network):
    """Input (n, frames > order * lag, n_mels), log-mel.

    The embedding has a number for each tag, the log-likelihood ratio of its mixture to that of all
    music, and one for each component of the latter, its log-likelihood; all standardised.
    """

    def __init__(
        self,
        tags: int,
        n_mels: int,
        cepstra: int,
        order: int,
        lag: int,
        mixture: int,
        music: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.order, self.lag = order, lag
        size = cepstra * (1 + order) + 1
        rows, columns = triangle(size)
        self.register_buffer("places", torch.from_numpy(rows * size + columns), persistent=False)
        components = tags * mixture + music
        self.basis = nn.Parameter(torch.tensor(dct_basis(n_mels, cepstra)))
        self.offset = nn.Parameter(torch.zeros(cepstra))
        self.quadratic = nn.Parameter(torch.randn(len(rows), components) / len(rows) ** 0.5)
        self.constant = nn.Parameter(torch.zeros(components))
        self.log_weight = nn.Parameter(torch.zeros(tags, mixture))
        self.music_log_weight = nn.Parameter(torch.zeros(music))
        self.mean = nn.Parameter(torch.zeros(tags + music))
        self.scale = nn.Parameter(torch.ones(tags + music))
        self.end_with(tags + music, tags, dropout)

    def embedding(self, mel: torch.Tensor) -> torch.Tensor:
        """Standardised log-likelihood ratios and log-likelihoods of log-mel windows."""
        x = mel @ self.basis + self.offset
        reach = self.order * self.lag
        frames = x.shape[1] - reach
        past = [x[:, reach - i * self.lag :][:, :frames] for i in range(1 + self.order)]
        y = torch.cat([*past, torch.ones_like(past[0][:, :, :1])], 2)
        scatter = (y.transpose(1, 2) @ y / frames).flatten(1).index_select(1, self.places)
        each = scatter @ self.quadratic + self.constant
        tags, mixture = self.log_weight.shape
        own, music = each[:, : tags * mixture], each[:, tags * mixture :] + self.music_log_weight
        own = (own.unflatten(1, (tags, mixture)) + self.log_weight).logsumexp(2)
        ratios = own - music.logsumexp(1, keepdim=True)
        return (torch.cat([ratios, music], 1) - self.mean) * self.scale


def create(
    tags: int = 188,
    n_mels: int = 96,
    cepstra: int = 20,
    order: int = 1,
    lag: int = 2,
    mixture: int = 2,
    music: int = 64,
    dropout: float = 0.0,
) -> AR:
    """Mixtures for windows of any length: 20 cepstra, predicted from those 2 frames (64 ms) before.

    Parameters
    ----------
    tags, n_mels : int > 0
    cepstra : int > 0, of a frame
    order, lag : int > 0, past frames that predict the present one, and how far apart they are
    mixture : int > 0, components of each tag's mixture
    music : int > 0, components of the mixture of all music
    dropout : float in [0, 1), of the last layer's input, when gradients train it
    """
    return AR(tags, n_mels, cepstra, order, lag, mixture, music, dropout)
