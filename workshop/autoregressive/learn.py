"""The whole fit: labelled windows in, the weights of an ``ar`` network out.

First a mixture of all music; then each tag's mixture, which begins with the components of the first
that hold most of the tag; last the logistic regression over what all of them say.
"""

import warnings
from collections.abc import Callable

import numpy as np
import torch
from scipy.cluster.vq import kmeans2

from earmark.training.networks.ar import AR
from workshop.autoregressive.context import fit_logistic
from workshop.autoregressive.mixture import Mixtures, fitted, log_sum, step
from workshop.autoregressive.scatter import fit_cepstra, scatter
from workshop.labelled import Arrays

SHARPEN = 2.0  # a window counts in a tag's mixture as this power of how much the tag fits
FIRST_LOOK = 10_000  # windows that the first components and the cepstra's scale are made of
REGRESSION_STEPS = 150

Say = Callable[[str], None]


def learn_mixtures(network: AR, data: Arrays, rounds: int, seed: int, say: Say) -> float:
    """Fit everything, in place.

    Parameters
    ----------
    network : AR
    data : dict with ``mel`` (n, frames, n_mels), ``target`` and ``weight`` (n, tags)
    rounds : int > 0, of expectation-maximisation, for all music and again for the tags
    seed : int, of the first components
    say : callable, gets sentences for people

    Returns
    -------
    float, mean cross-entropy of a tag of a window in the end
    """
    outputs, (tags, mixture) = network.basis.shape[1], network.log_weight.shape
    target = data["target"].astype(np.float32)
    weight = data["weight"].astype(np.float32)
    some = np.random.default_rng(seed).permutation(len(target))[:FIRST_LOOK]
    cepstra = fit_cepstra(data["mel"][some], outputs, network.order, network.lag)
    scatters, size = scatter(data["mel"], cepstra), cepstra.size
    say(f"{len(scatters):,} windows as lagged scatter matrices of {size} x {size}")

    music = _first(scatters[some], len(network.music_log_weight), size, outputs, seed)
    everything = np.ones((len(scatters), 1), np.float32)
    for number in range(rounds):
        music, likelihood = step(music, scatters, everything, size, outputs)
        say(f"all music, round {number + 1}/{rounds}  log-likelihood {likelihood:.3f}")

    fits = target**SHARPEN
    own = music.chosen(_fullest(music, scatters, fits, mixture))
    for number in range(rounds):
        own, likelihood = step(own, scatters, fits, size, outputs)
        say(f"{tags} tags, round {number + 1}/{rounds}  log-likelihood {likelihood:.3f}")

    evidence = _evidence(own, music, scatters)
    mean, deviation = evidence.mean(0), evidence.std(0) + 1e-6
    evidence = (evidence - mean) / deviation
    coefficients, intercepts = fit_logistic(evidence, target, weight, REGRESSION_STEPS)
    weights = {
        "basis": cepstra.basis,
        "offset": cepstra.offset,
        "quadratic": np.concatenate([own.quadratic, music.quadratic], 1),
        "constant": np.concatenate([own.constant, music.constant]),
        "log_weight": own.log_weight,
        "music_log_weight": music.log_weight[0],
        "mean": mean,
        "scale": 1 / deviation,
        "head.weight": coefficients.T,
        "head.bias": intercepts,
    }
    network.load_state_dict({name: torch.tensor(array) for name, array in weights.items()})
    logits = evidence @ coefficients + intercepts
    loss = weight * (np.logaddexp(0, logits) - target * logits)
    return float(loss.sum() / weight.sum())


def _first(scatters: np.ndarray, count: int, size: int, outputs: int, seed: int) -> Mixtures:
    """One mixture, whose components are the clusters of some windows."""
    spread = scatters.std(0) + 1e-6
    # Clusters begin with windows as they come; k-means++ would choose the strangest ones.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an empty cluster is no harm, see below
        _, which = kmeans2(scatters / spread, count, iter=8, minit="points", seed=seed)
    # The mean of everything counts as one more window of each, so that small clusters are possible.
    means = [np.vstack([scatters[which == i], scatters.mean(0)]).mean(0) for i in range(count)]
    return fitted(np.stack(means), size, outputs, np.full((1, count), -np.log(count), np.float32))


def _fullest(music: Mixtures, scatters: np.ndarray, fits: np.ndarray, count: int) -> np.ndarray:
    """For each tag the components of which it takes the greatest share, [shape=(tags, count)]."""
    joint = music.joint(scatters)
    share = np.exp(joint - log_sum(joint)[..., None])[:, 0]
    density = (share.T @ fits) / (share.sum(0)[:, None] + 1)
    return np.argsort(-density, 0)[:count].T


def _evidence(own: Mixtures, music: Mixtures, scatters: np.ndarray) -> np.ndarray:
    """Each tag's log-likelihood ratio to all music, and the components of the latter."""
    joint = music.joint(scatters)[:, 0]
    ratios = own.log_likelihood(scatters) - log_sum(joint)[:, None]
    return np.concatenate([ratios, joint], 1)
