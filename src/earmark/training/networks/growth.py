"""A trained network made deeper without forgetting: new blocks begin as if they were not there.

In: the weights of a residual network. Out: those of one with more blocks a stage that answers the
same. The second batch normalisation of each new block begins with a scale of 0 (Goyal et al. 2017,
*Accurate, large minibatch SGD*), so that only its shortcut speaks; growing in this manner is that
of Chen et al. 2016, *Net2Net: accelerating learning via knowledge transfer*.
"""

import re

import torch

BLOCK = re.compile(r"stages\.(\d+)\.(.*)")
LAST_SCALE = "body.4.weight"


def deepened(
    trained: dict[str, torch.Tensor], fresh: dict[str, torch.Tensor], before: int, after: int
) -> dict[str, torch.Tensor]:
    """Weights of a deeper :class:`~earmark.training.networks.resnet.ResNet`.

    Parameters
    ----------
    trained : dict, weights of a network with `before` blocks a stage
    fresh : dict, of a new one with `after` blocks a stage, else the same
    before, after : int > 0, `after` not less than `before`

    Returns
    -------
    dict
        The trained weights in their new places; where they have none, the fresh ones, silenced.

    Raises
    ------
    ValueError
        The networks differ in more than their depth.
    """
    moved = {_place(name, before, after): value for name, value in trained.items()}
    for name, value in moved.items():
        if name not in fresh or fresh[name].shape != value.shape:
            raise ValueError(f"the weights {name!r} of the trained network do not fit the new one")
    found = {}
    for name, value in fresh.items():
        if name in moved:
            found[name] = moved[name]
        elif not (match := BLOCK.fullmatch(name)):
            raise ValueError(f"the trained network has no weights {name!r}")
        else:
            found[name] = torch.zeros_like(value) if match[2] == LAST_SCALE else value
    return found


def _place(name: str, before: int, after: int) -> str:
    """Name of a weight in the deeper network."""
    match = BLOCK.fullmatch(name)
    if not match:
        return name
    stage, block = divmod(int(match[1]), before)
    return f"stages.{stage * after + block}.{match[2]}"
