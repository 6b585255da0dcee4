"""Mixtures of Gaussian autoregressive models, many at once, fitted by expectation-maximisation.

One mixture a tag; a window counts in it as much as the tag fits. In the E-step a window's log-
likelihoods say which component made it, in the M-step the weighted mean scatter of a component's
windows gives its regression and its noise in closed form (Dempster, Laird and Rubin 1977, *Maximum
likelihood from incomplete data via the EM algorithm*). Neighbouring frames tell much the same, so a
window counts as a few frames; the sum over all of them would be over-sure.
"""

from dataclasses import dataclass

import numpy as np

from workshop.autoregressive.scatter import full, triangle

AT_ONCE = 4096  # windows
INDEPENDENT = 8.0  # frames that a window counts as
PRIOR = 20.0  # windows' worth of belief in the mean scatter of all of a tag's windows
RIDGE = 1e-3  # added to variances, which are 1 on the whole


@dataclass(frozen=True)
class Mixtures:
    """Several mixtures of as many components each, in the form that scores windows fastest.

    Attributes
    ----------
    quadratic : np.ndarray [shape=(features, mixtures * components), float32]
    constant : np.ndarray [shape=(mixtures * components,), float32]
        ``scatter @ quadratic + constant`` is the log-likelihood of a window.
    log_weight : np.ndarray [shape=(mixtures, components), float32], of the components
    """

    quadratic: np.ndarray
    constant: np.ndarray
    log_weight: np.ndarray

    def joint(self, scatters: np.ndarray) -> np.ndarray:
        """Log-likelihood and log weight of each component, [shape=(n, mixtures, components)]."""
        each = scatters @ self.quadratic + self.constant
        return each.reshape(len(scatters), *self.log_weight.shape) + self.log_weight

    def log_likelihood(self, scatters: np.ndarray) -> np.ndarray:
        """Log-likelihood of each mixture, [shape=(n, mixtures), float32]."""
        parts = range(0, len(scatters), AT_ONCE)
        found = [log_sum(self.joint(scatters[first : first + AT_ONCE])) for first in parts]
        return np.concatenate(found) if found else np.zeros((0, len(self.log_weight)), np.float32)

    def chosen(self, components: np.ndarray) -> "Mixtures":
        """Mixtures made of some components [shape=(mixtures, components)], equally weighted."""
        weight = np.full(components.shape, -np.log(components.shape[1]), np.float32)
        flat = components.ravel()
        return Mixtures(self.quadratic[:, flat], self.constant[flat], weight)


def log_sum(values: np.ndarray) -> np.ndarray:
    """Logarithm of the sum of exponentials over the last axis."""
    highest = values.max(-1, keepdims=True)
    return np.log(np.exp(values - highest).sum(-1)) + highest[..., 0]


def fitted(scatters: np.ndarray, size: int, outputs: int, log_weight: np.ndarray) -> Mixtures:
    """Mixtures whose components explain some mean scatters best; arguments as of :func:`solved`."""
    quadratic, constant = solved(scatters, size, outputs)
    return Mixtures(quadratic * INDEPENDENT, constant * INDEPENDENT, log_weight)


def solved(scatters: np.ndarray, size: int, outputs: int) -> tuple[np.ndarray, np.ndarray]:
    """The autoregressive models that explain some mean scatters best.

    With ``B`` the regression of the present frame on the past ones and 1, and ``P`` the inverse of
    its noise's covariance, the mean log-likelihood of a frame is
    ``-1/2 tr([I -B]' P [I -B] S) + 1/2 log |P| - d/2 log 2 pi`` (Luetkepohl 2005, *New introduction
    to multiple time series analysis*, section 3.4).

    Parameters
    ----------
    scatters : np.ndarray [shape=(n, size * (size + 1) / 2)], upper triangles
    size : int, rows of a scatter matrix
    outputs : int, cepstra of a frame

    Returns
    -------
    quadratic : np.ndarray [shape=(features, n), float32]
    constant : np.ndarray [shape=(n,), float32]
        ``scatter @ quadratic + constant`` is the mean log-likelihood of a frame.
    """
    matrices = full(scatters, size)
    now, cross = matrices[:, :outputs, :outputs], matrices[:, :outputs, outputs:]
    past = matrices[:, outputs:, outputs:] + RIDGE * np.eye(size - outputs)
    regression = np.linalg.solve(past, cross.transpose(0, 2, 1)).transpose(0, 2, 1)
    explained = regression @ cross.transpose(0, 2, 1)
    noise = now - (explained + explained.transpose(0, 2, 1)) / 2 + RIDGE * np.eye(outputs)
    precision = np.linalg.inv(noise)
    unit = np.broadcast_to(np.eye(outputs), noise.shape)
    residual = np.concatenate([unit, -regression], 2)
    form = -0.5 * residual.transpose(0, 2, 1) @ precision @ residual
    rows, columns = triangle(size)
    twice = np.where(rows == columns, 1.0, 2.0)
    constant = -0.5 * np.linalg.slogdet(noise)[1] - outputs / 2 * np.log(2 * np.pi)
    return (form[:, rows, columns] * twice).T.astype(np.float32), constant.astype(np.float32)


def step(
    mixtures: Mixtures, scatters: np.ndarray, weights: np.ndarray, size: int, outputs: int
) -> tuple[Mixtures, float]:
    """One round of expectation and maximisation.

    Parameters
    ----------
    mixtures : Mixtures
    scatters : np.ndarray [shape=(n, features), float32]
    weights : np.ndarray [shape=(n, mixtures), >= 0], how much each window counts in each mixture
    size, outputs : int, as for :func:`solved`

    Returns
    -------
    mixtures : Mixtures, better ones
    log_likelihood : float, weighted mean of a window before this step
    """
    shape = mixtures.log_weight.shape
    sums, counts = np.zeros((shape[0] * shape[1], scatters.shape[1])), np.zeros(shape)
    gained = 0.0
    for first in range(0, len(scatters), AT_ONCE):
        some, weight = scatters[first : first + AT_ONCE], weights[first : first + AT_ONCE]
        joint = mixtures.joint(some)
        total = log_sum(joint)
        gained += float((weight * total).sum())
        share = np.exp(joint - total[..., None]) * weight[..., None]
        sums += share.reshape(len(some), -1).T @ some
        counts += share.sum(0)
    means = sums.reshape(*shape, -1).sum(1) / np.maximum(counts.sum(1), 1e-9)[:, None]
    sums += PRIOR * np.repeat(means, shape[1], 0)
    weight = np.log((counts + 1) / (counts + 1).sum(1, keepdims=True)).astype(np.float32)
    better = fitted(sums / (counts.reshape(-1, 1) + PRIOR), size, outputs, weight)
    return better, gained / float(weights.sum())
