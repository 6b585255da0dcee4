"""What training minimises; every loss takes logits and soft targets in [0, 1]."""

import torch
from torch.nn import functional


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
    loss = functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    return (loss * weights).sum() / weights.expand_as(loss).sum().clamp_min(1e-6)


def normalised_crossentropy(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Softmax and categorical cross-entropy on labels normalised to sum 1 (the original recipe).

    Parameters
    ----------
    logits, targets : torch.Tensor [shape=(n, tags)]
        Rows of `targets` that are all zero do not count.

    Returns
    -------
    torch.Tensor, scalar: mean over windows
    """
    shares = targets / targets.sum(1, keepdim=True).clamp_min(1e-6)
    return -(shares * functional.log_softmax(logits, 1)).sum(1).mean()
