"""What training minimises; every loss takes logits and soft targets in [0, 1].

Where several processes share a batch, a loss divides by what all of them have to divide by, so that
the mean over processes is the loss of the whole batch.
"""

import numpy as np
import torch
from torch.nn import functional

from earmark.training.loop.ranks import mean_over_ranks

ACTIVATIONS = {"weighted_binary_crossentropy": "sigmoid", "normalised_crossentropy": "softmax"}
LEAST_RATE = 2e-3  # of a tag; what is rarer weighs no more


def balanced(rate: np.ndarray, balance: float) -> torch.Tensor:
    """Weights that let rare tags count for more.

    Parameters
    ----------
    rate : np.ndarray [shape=(tags,)], how common each tag is, in [0, 1]
    balance : float in [0, 1]; 0 for all alike, 1 for as much of each as it is rare

    Returns
    -------
    torch.Tensor [shape=(tags,), float32], mean 1
    """
    rarity = np.clip(rate, LEAST_RATE, 1).astype(np.float32) ** -balance
    return torch.from_numpy(rarity / rarity.mean())


def weighted_binary_crossentropy(
    logits: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor
) -> torch.Tensor:
    """Binary cross-entropy, each tag of each window with its own weight.

    Parameters
    ----------
    logits, targets, weights : torch.Tensor [shape=(n, tags)]
        A weight of 0 leaves a tag out: nobody knows whether it fits.

    Returns
    -------
    torch.Tensor, scalar: weighted mean over tags and windows
    """
    loss = functional.binary_cross_entropy_with_logits(logits.float(), targets, reduction="none")
    total = mean_over_ranks(weights.expand_as(loss).sum())
    return (loss * weights).sum() / total.clamp_min(1e-6)


def normalised_crossentropy(
    logits: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor | None = None
) -> torch.Tensor:
    """Softmax and categorical cross-entropy on labels normalised to sum 1 (the original recipe).

    Parameters
    ----------
    logits, targets : torch.Tensor [shape=(n, tags)]
        Rows of `targets` that are all zero do not count.
    weights : torch.Tensor [shape=(n, tags)] or None
        A weight of 0 leaves a tag out, as if it were absent.

    Returns
    -------
    torch.Tensor, scalar: mean over windows
    """
    targets = targets if weights is None else targets * weights
    shares = targets / targets.sum(1, keepdim=True).clamp_min(1e-6)
    loss = -(shares * functional.log_softmax(logits.float(), 1)).sum()
    return loss / mean_over_ranks(torch.tensor(float(len(logits)), device=logits.device))
