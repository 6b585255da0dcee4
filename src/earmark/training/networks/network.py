"""What all networks share: an embedding, dropout, and one logit a tag."""

from abc import ABC, abstractmethod

import torch
from torch import nn


class Network(nn.Module, ABC):
    """Log-mel windows (n, frames, n_mels) in, logits (n, tags) and embedding (n, d) out.

    A network makes its layers, then its last one with :meth:`end_with`, and says in
    :meth:`embedding` how a window becomes an embedding.
    """

    activation = "sigmoid"  # 'softmax' where the recipe's loss wants it

    def end_with(self, width: int, tags: int, dropout: float) -> None:
        """Make the last layer, from an embedding of `width` numbers."""
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(width, tags)

    @abstractmethod
    def embedding(self, mel: torch.Tensor) -> torch.Tensor:
        """Embedding (n, d) of log-mel windows (n, frames, n_mels)."""

    def forward(self, mel: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits (n, tags) and embedding (n, d) of log-mel windows (n, frames, n_mels)."""
        embedding = self.embedding(mel)
        return self.head(self.dropout(embedding)), embedding
