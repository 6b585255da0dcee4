"""Log-mel windows in, lagged scatter matrices of their cepstra out: all that the mixtures need.

With ``x`` the cepstrum of a frame, ``y = (x_t, x_{t-lag}, ..., x_{t-order*lag}, 1)``, and the
scatter matrix of a window is the mean of ``y y'`` over its frames. The log-likelihood of the window
under any Gaussian autoregressive model is a linear function of it.
"""

from dataclasses import dataclass

import numpy as np

from earmark.sound.features.mfcc import dct_basis
from earmark.training.networks.ar import triangle

AT_ONCE = 1024  # windows


@dataclass(frozen=True)
class Cepstra:
    """How frames become cepstra, and cepstra lagged scatter matrices.

    Attributes
    ----------
    basis : np.ndarray [shape=(n_mels, cepstra), float32], orthonormal DCT-II, scaled
    offset : np.ndarray [shape=(cepstra,), float32]; ``mel @ basis + offset`` has mean 0, variance 1
    order : int > 0, past frames that predict the present one
    lag : int > 0, frames from one of them to the next
    """

    basis: np.ndarray
    offset: np.ndarray
    order: int
    lag: int

    @property
    def size(self) -> int:
        """Rows of a scatter matrix."""
        return self.basis.shape[1] * (1 + self.order) + 1


def fit_cepstra(mels: np.ndarray, cepstra: int, order: int, lag: int) -> Cepstra:
    """Cepstra that have mean 0 and variance 1 over some windows [shape=(n, frames, n_mels)]."""
    basis = dct_basis(mels.shape[2], cepstra)
    raw = mels.astype(np.float32) @ basis
    mean, deviation = raw.mean((0, 1)), raw.std((0, 1)) + 1e-6
    return Cepstra(basis / deviation, -mean / deviation, order, lag)


def scatter(mels: np.ndarray, cepstra: Cepstra) -> np.ndarray:
    """Lagged scatter of each window.

    Parameters
    ----------
    mels : np.ndarray [shape=(n, frames, n_mels)], log-mel
    cepstra : Cepstra

    Returns
    -------
    np.ndarray [shape=(n, size * (size + 1) / 2), float32]
        Upper triangles, as :func:`triangle` orders them.
    """
    rows, columns = triangle(cepstra.size)
    reach = cepstra.order * cepstra.lag
    found = np.empty((len(mels), len(rows)), np.float32)
    for first in range(0, len(mels), AT_ONCE):
        x = mels[first : first + AT_ONCE].astype(np.float32) @ cepstra.basis + cepstra.offset
        frames = x.shape[1] - reach
        past = [x[:, reach - i * cepstra.lag :][:, :frames] for i in range(1 + cepstra.order)]
        y = np.concatenate([*past, np.ones((len(x), frames, 1), np.float32)], 2)
        found[first : first + AT_ONCE] = (y.transpose(0, 2, 1) @ y / frames)[:, rows, columns]
    return found


def full(triangles: np.ndarray, size: int) -> np.ndarray:
    """Symmetric matrices [shape=(n, size, size), float64] of upper triangles."""
    rows, columns = triangle(size)
    matrices = np.empty((len(triangles), size, size))
    matrices[:, rows, columns] = triangles
    matrices[:, columns, rows] = triangles
    return matrices
