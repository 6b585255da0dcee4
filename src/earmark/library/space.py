"""Where songs lie, so that those which sound alike are near each other.

An embedding less the mean embedding of the library, brought to length 1: the similarity of two
songs is the cosine between these. ``benchmarks/similar.py`` compares it with other distances by the
tags that neighbours have in common (docs/neighbours.md has its table).

The mean of a few songs is mostly those songs, so it counts the less the fewer they are: songs of a
small library are compared as the network sees them.
"""

from dataclasses import dataclass

import numpy as np

BELIEF = 100  # songs from which half of their mean is believed
BLOCK = 8192  # songs at once, so that no second matrix is needed
SHORTEST = 1e-9


@dataclass(frozen=True)
class Space:
    """How embeddings become vectors of length 1.

    Attributes
    ----------
    middle : np.ndarray [shape=(d,), float32], what is subtracted
    """

    middle: np.ndarray

    @classmethod
    def of(cls, embeddings: np.ndarray) -> "Space":
        """The space of a library's embeddings [shape=(songs, d)]."""
        songs, d = embeddings.shape
        if not songs:
            return cls(np.zeros(d, np.float32))
        mean = embeddings.mean(0, dtype=np.float64)
        return cls((mean * songs / (songs + BELIEF)).astype(np.float32))

    def __call__(self, embeddings: np.ndarray) -> np.ndarray:
        """Vectors of embeddings.

        Parameters
        ----------
        embeddings : np.ndarray [shape=(..., d)]

        Returns
        -------
        np.ndarray [same shape, float32], each of length 1; 0 for one at the very middle
        """
        return self.enter(np.array(embeddings, np.float32))

    def enter(self, embeddings: np.ndarray) -> np.ndarray:
        """The same in place, for matrices that are large.

        Parameters
        ----------
        embeddings : np.ndarray [shape=(..., d), float32], which is overwritten and returned
        """
        rows = embeddings.reshape(-1, embeddings.shape[-1])
        for start in range(0, len(rows), BLOCK):
            block = rows[start : start + BLOCK]
            block -= self.middle
            block /= np.maximum(np.linalg.norm(block, axis=1, keepdims=True), SHORTEST)
        return embeddings
