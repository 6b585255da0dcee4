"""How well a network does on held-out songs, and what it hears there."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from earmark.evaluation.metrics import per_tag
from earmark.training.export.network_file import Shipped
from earmark.training.songs.songs import Songs

AT_ONCE = 64  # windows


@dataclass(frozen=True)
class Outputs:
    """What a network makes of songs.

    Attributes
    ----------
    scores : np.ndarray [shape=(songs, tags), float32, in [0, 1]], means over windows
    embeddings : np.ndarray [shape=(songs, d), float32], likewise
    """

    scores: np.ndarray
    embeddings: np.ndarray


@torch.no_grad()
def listen(network: nn.Module, songs: Songs, frames: int, windows: int) -> Outputs:
    """Run a network over evenly spaced windows of each song.

    Parameters
    ----------
    network : nn.Module, in evaluation mode
    songs : Songs, at least one
    frames : int > 0, of a window
    windows : int > 0, of a song
    """
    shipped, device = Shipped(network), next(network.parameters()).device
    places = (np.arange(windows) + 0.5) / windows
    scores, embeddings, at_once = [], [], max(1, AT_ONCE // windows)
    for first in range(0, len(songs), at_once):
        some = range(first, min(first + at_once, len(songs)))
        mel = np.stack([songs.cut(song, place, frames) for song in some for place in places])
        for parts, tensor in zip(
            (scores, embeddings), shipped(torch.from_numpy(mel).to(device)), strict=True
        ):
            parts.append(tensor.float().cpu().numpy().reshape(len(some), windows, -1).mean(1))
    return Outputs(np.concatenate(scores), np.concatenate(embeddings))


def measures(labels: np.ndarray, targets: np.ndarray, scores: np.ndarray) -> dict[str, float]:
    """Macro ROC-AUC and PR-AUC over the tags that can be measured, and the mean cross-entropy.

    Parameters
    ----------
    labels : np.ndarray [shape=(songs, tags)], 1 there, 0 absent, NaN unknown
    targets : np.ndarray [same shape, in [0, 1]], NaN unknown
    scores : np.ndarray [same shape, in [0, 1]]

    Returns
    -------
    dict with ``roc_auc``, ``pr_auc`` and ``valid_loss``; NaN where no tag can be measured
    """
    roc, pr = per_tag(labels, scores)
    known, clipped = ~np.isnan(targets), np.clip(scores, 1e-7, 1 - 1e-7)
    loss = -(targets * np.log(clipped) + (1 - targets) * np.log(1 - clipped))
    return {
        "roc_auc": _mean(roc[~np.isnan(roc)]),
        "pr_auc": _mean(pr[~np.isnan(pr)]),
        "valid_loss": _mean(loss[known]),
    }


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")
