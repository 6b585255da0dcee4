"""A trained network made larger without forgetting: what is new begins as if it were not there.

In: the weights of a residual network. Out: those of one with more blocks a stage or more channels
that answers the same; growing in this manner is that of Chen et al. 2016, *Net2Net: accelerating
learning via knowledge transfer*. The second batch normalisation of each new block begins with a
scale of 0 (Goyal et al. 2017, *Accurate, large minibatch SGD*), so that only its shortcut speaks.
New channels hear the old ones, and nothing old hears them yet.
"""

import re

import torch

BLOCK = re.compile(r"stages\.(\d+)\.(.*)")
LAST_SCALE = "body.4.weight"
EMBED = "embed.0.weight"  # reads means of all channels, then maxima


def grown(
    trained: dict[str, torch.Tensor], fresh: dict[str, torch.Tensor], before: int, after: int
) -> dict[str, torch.Tensor]:
    """Weights of a deeper or wider :class:`~earmark.training.networks.resnet.ResNet`.

    An embedding of another size is learned anew from the same channels.

    Parameters
    ----------
    trained : dict, weights of a network with `before` blocks a stage
    fresh : dict, of a new one with `after` blocks a stage and no fewer channels, else the same
    before, after : int > 0, `after` not less than `before`

    Returns
    -------
    dict
        The trained weights in their new places; where they have none, the fresh ones, unheard.

    Raises
    ------
    ValueError
        The networks differ in more than their size, or the trained one is the larger.
    """
    moved = {_place(name, before, after): value for name, value in trained.items()}
    if unknown := moved.keys() - fresh.keys():
        raise ValueError(f"the new network has no weights {min(unknown)!r}")
    anew = EMBED in moved and EMBED in fresh and len(moved[EMBED]) != len(fresh[EMBED])
    found = {}
    for name, value in fresh.items():
        if anew and name.startswith("embed."):
            found[name] = value
        elif name in moved:
            found[name] = _widened(name, moved[name], value)
        elif not (match := BLOCK.fullmatch(name)):
            raise ValueError(f"the trained network has no weights {name!r}")
        else:
            found[name] = torch.zeros_like(value) if match[2] == LAST_SCALE else value
    return found


def _widened(name: str, trained: torch.Tensor, fresh: torch.Tensor) -> torch.Tensor:
    """Trained weights among those of new channels, which the old ones do not hear."""
    if trained.shape == fresh.shape:
        return trained
    inner = trained.shape[2:] == fresh.shape[2:] and trained.ndim == fresh.ndim
    if not inner or any(old > new for old, new in zip(trained.shape, fresh.shape, strict=True)):
        raise ValueError(f"the weights {name!r} of the trained network do not fit the new one")
    found = fresh.clone()
    rows = len(trained)
    if trained.ndim == 1:
        found[:rows] = trained
        return found
    halves = 2 if name == EMBED else 1
    old, new = trained.shape[1] // halves, fresh.shape[1] // halves
    found[:rows] = 0
    for half in range(halves):
        part = trained[:, half * old : (half + 1) * old]
        found[:rows, half * new : half * new + old] = part
    return found


def _place(name: str, before: int, after: int) -> str:
    """Name of a weight in the deeper network."""
    match = BLOCK.fullmatch(name)
    if not match:
        return name
    stage, block = divmod(int(match[1]), before)
    return f"stages.{stage * after + block}.{match[2]}"
