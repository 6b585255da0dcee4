"""Mixup: windows and their labels are blended with others of the batch (Zhang et al. 2018).

Log-mel is blended as it is, like in Kong et al. 2020, *PANNs*: a network that has heard each window
only in ever new company does not learn it by heart. Drawing is apart from applying, as in
:mod:`earmark.training.loop.augment`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Arrays = Sequence[np.ndarray]


@dataclass(frozen=True)
class Pairs:
    """With whom each window of a batch is blended, and how much of itself is left.

    Attributes
    ----------
    others : np.ndarray [shape=(n,), int], places in the batch
    shares : np.ndarray [shape=(n,), float32] in [.5, 1], of the window itself
    """

    others: np.ndarray
    shares: np.ndarray

    def share(self, rows: slice) -> "Pairs":
        """Those of some windows."""
        return Pairs(self.others[rows], self.shares[rows])

    def blend(self, own: Arrays, other: Arrays) -> list[np.ndarray]:
        """Windows with parts of others.

        Parameters
        ----------
        own, other : sequences of np.ndarray, one row a window
            Log-mel, targets, weights, and what else is learned. A target counts as much as its
            weight, so that what nobody knows of the one leaves what is known of the other.

        Returns
        -------
        list of np.ndarray, the same
        """
        mel, target, weight, *rest = (self._mean(a, b) for a, b in zip(own, other, strict=True))
        target = self._mean(own[1] * own[2], other[1] * other[2]) / np.maximum(weight, 1e-6)
        return [mel, target, weight, *rest]

    def _mean(self, own: np.ndarray, other: np.ndarray) -> np.ndarray:
        shares = self.shares.reshape(-1, *(1 for _ in own.shape[1:]))
        return other + shares * (own - other)


def draw_pairs(alpha: float, n: int, rng: np.random.Generator) -> Pairs:
    """Draw the pairs of a batch.

    Parameters
    ----------
    alpha : float > 0, both parameters of the Beta distribution of shares
    n : int > 0, windows
    rng : np.random.Generator
    """
    shares = rng.beta(alpha, alpha, n).astype(np.float32)
    return Pairs(rng.permutation(n), np.maximum(shares, 1 - shares))


def blended(
    alpha: float,
    n: int,
    share: slice,
    rng: np.random.Generator,
    arrays: Callable[[np.ndarray], Arrays],
) -> Arrays:
    """Some windows of a batch, blended with others of the whole batch.

    Parameters
    ----------
    alpha : float >= 0; 0 for no mixup
    n : int > 0, windows of the batch
    share : slice, of the batch
    rng : np.random.Generator
    arrays : callable, places in the batch [shape=(m,), int] -> their arrays as in
        :meth:`Pairs.blend`

    Returns
    -------
    sequence of np.ndarray, float32
    """
    own = arrays(np.arange(n)[share])
    if not alpha:
        return own
    pairs = draw_pairs(alpha, n, rng).share(share)
    return pairs.blend(own, arrays(pairs.others))
