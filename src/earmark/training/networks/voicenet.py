"""``voicenet``, a residual network with a second pair of ears for high voices.

One branch hears all mel bands. The other hears only those from about 1 kHz up, band 32 of 96 at
16 kHz. There lie the upper harmonics of sung notes and the formants that tell voices apart, of
women and children above all: a soprano's fundamentals end near 1 kHz, the singer's formant lies
near 3 kHz (Sundberg 1987, *The science of the singing voice*). Bass, drums and most of what
accompanies lie lower, so this branch's filters need not serve them, nor can they drown its pooling.
The branches, each the trunk of a :class:`~earmark.training.networks.resnet.ResNet`, are joined
before the embedding.

Without ``voice_branch`` only the first branch is there, widened to ``alone`` so that it costs about
the same: a fair control, with its default the network of ``slim``, the one of the studies.
"""

import torch
from torch import nn

from earmark.training.networks.layers import dense, mean_and_max
from earmark.training.networks.network import Network
from earmark.training.networks.resnet import make_stages, make_stem


class VoiceNet(Network):
    """Input (n, frames, n_mels > voice_band), log-mel. Output logits and embedding (n, embedding).

    Parameters
    ----------
    tags, embedding : int > 0
    branches : sequence of (widths, first band), one or two
    blocks : int > 0, a stage
    dropout : float in [0, 1)
    """

    def __init__(
        self,
        tags: int,
        branches: list[tuple[tuple[int, ...], int]],
        blocks: int,
        embedding: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.bands = [first for _, first in branches]
        self.branches = nn.ModuleList(
            nn.Sequential(make_stem(widths[0]), make_stages(widths, blocks))
            for widths, _ in branches
        )
        self.embed = dense(2 * sum(widths[-1] for widths, _ in branches), embedding)
        self.end_with(embedding, tags, dropout)

    def embedding(self, mel: torch.Tensor) -> torch.Tensor:
        """Embedding of log-mel windows."""
        heard = [
            mean_and_max(branch(mel[:, :, first:].unsqueeze(1)), (2, 3))
            for branch, first in zip(self.branches, self.bands, strict=True)
        ]
        return self.embed(torch.cat(heard, 1))


def create(
    tags: int = 188,
    voice_branch: bool = True,
    voice_band: int = 32,
    widths: tuple[int, ...] = (16, 24, 48, 80),
    voice_widths: tuple[int, ...] = (16, 24, 48, 80),
    alone: tuple[int, ...] = (16, 32, 64, 128),
    blocks: int = 2,
    embedding: int = 128,
    dropout: float = 0.2,
) -> VoiceNet:
    """A VoiceNet for windows of 94 frames of 96 bands (16 kHz, n_fft 1024, hop length 512; 3 s)."""
    branches = [(tuple(widths), 0), (tuple(voice_widths), voice_band)]
    if not voice_branch:
        branches = [(tuple(alone), 0)]
    return VoiceNet(tags, branches, blocks, embedding, dropout)
