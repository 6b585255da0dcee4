"""Networks to train, one file each: ``create(tags, ...)`` returns a torch module.

A module takes log-mel windows (n, frames, n_mels) and returns logits (n, tags) and an embedding
(n, d); its ``activation`` ('sigmoid' or 'softmax') turns logits into scores.
"""

import inspect
from typing import Any

from torch import nn

from earmark.training.networks import (
    ar,
    cnn,
    cnn2,
    cnn3,
    crnn,
    harmonic,
    musicnn,
    resnet,
    shortchunk,
    voicenet,
)

ARCHITECTURES = {
    "resnet": resnet.create,
    "cnn3": cnn3.create,
    "cnn": cnn.create,
    "cnn2": cnn2.create,
    "crnn": crnn.create,
    "voicenet": voicenet.create,
    "ar": ar.create,
    "musicnn": musicnn.create,
    "shortchunk": shortchunk.create,
    "harmonic": harmonic.create,
}


def options_of(name: str) -> dict[str, Any]:
    """What may be chosen of an architecture, with defaults: all arguments but ``tags``."""
    arguments = inspect.signature(ARCHITECTURES[name]).parameters
    return {key: one.default for key, one in arguments.items() if key != "tags"}


def create(name: str, tags: int, options: dict[str, Any]) -> nn.Module:
    """A fresh network with an output for each of `tags` tags.

    Parameters
    ----------
    name : str, a key of ``ARCHITECTURES``
    tags : int > 0
    options : dict, as in :func:`options_of`
    """
    return ARCHITECTURES[name](tags, **options)
