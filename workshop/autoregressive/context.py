"""The last step: likelihood ratios of all tags in, log-odds of each tag out.

Tags differ in how sure their mixtures are, and keep each other's company: what every mixture says
of a window is evidence for each tag (Miotto and
Lanckriet 2012, *A generative context model for semantic music annotation and retrieval*; ours is
the discriminative kind, a logistic regression).
"""

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

AT_ONCE = 4096  # windows
PENALTY = 1e-3  # of squared coefficients, beside the mean cross-entropy of a window
LEAST_RATE = 1e-4


def fit_logistic(
    inputs: np.ndarray,
    targets: np.ndarray,
    weights: np.ndarray,
    steps: int,
    penalty: float = PENALTY,
) -> tuple[np.ndarray, np.ndarray]:
    """Logistic regression of soft targets, all tags at once, by L-BFGS.

    Parameters
    ----------
    inputs : np.ndarray [shape=(n, features), float32], of variance about 1
    targets : np.ndarray [shape=(n, tags), in [0, 1]]
    weights : np.ndarray [shape=(n, tags), >= 0]
    steps : int > 0, at most
    penalty : float >= 0

    Returns
    -------
    coefficients : np.ndarray [shape=(features, tags), float32]
    intercepts : np.ndarray [shape=(tags,), float32]
    """
    shape = (inputs.shape[1] + 1, targets.shape[1])
    rate = np.clip((targets * weights).sum(0) / weights.sum(0), LEAST_RATE, 0.5)
    start = np.zeros(shape)
    start[-1] = np.log(rate / (1 - rate))

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        theta = flat.reshape(shape).astype(np.float32)
        slope, total = np.zeros(shape), 0.0
        for first in range(0, len(inputs), AT_ONCE):
            some = slice(first, first + AT_ONCE)
            x, wanted, weight = inputs[some], targets[some], weights[some]
            logits = x @ theta[:-1] + theta[-1]
            total += float((weight * (np.logaddexp(0, logits) - wanted * logits)).sum())
            error = weight * (expit(logits) - wanted)
            slope[:-1] += x.T @ error
            slope[-1] += error.sum(0)
        slope /= len(inputs)
        slope[:-1] += 2 * penalty * theta[:-1]
        return total / len(inputs) + penalty * float((theta[:-1] ** 2).sum()), slope.ravel()

    found = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": steps})
    theta = found.x.reshape(shape).astype(np.float32)
    return theta[:-1], theta[-1]
