"""The kernels of a network's first convolution, each a small image over time and mel."""

from typing import TYPE_CHECKING

import numpy as np

from earmark.inside.inspect import first_kernels
from earmark.plots.small_images import corner, rows_of, small_images
from earmark.plots.style import INK, SMALL, new_figure, shortened
from earmark.zoo.card import Card

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIGNED_MAP = "RdBu_r"  # colour map of weights: red above zero, blue below, white at it
MOST = 128  # kernels


def filters(card: Card) -> "Figure":
    """Kernels of the first convolution, those that hear onsets first, those that hear pitch last.

    Their order is that of :func:`onset_share`, and the number above each is its place in the
    network. All have the same colours, centred on zero, so that a pale kernel does little. Batch
    normalisation that followed the convolution in training is part of the weights.

    Parameters
    ----------
    card : Card, of the model

    Returns
    -------
    Figure
        At most 128 kernels, those of the largest weights.

    Raises
    ------
    ModelError
        The network is damaged or has no convolution over time and mel.
    OutputError
        matplotlib is not installed.
    """
    kernels = first_kernels(card).weights
    total, time, mel = kernels.shape
    strongest = np.argsort(-(kernels**2).sum((1, 2)), kind="stable")[:MOST]
    order = strongest[np.argsort(-onset_share(kernels[strongest]), kind="stable")]
    title = _title(card, total, len(order))
    figure = new_figure(7.5, 1.1 + 0.95 * rows_of(len(order)), title)
    highest = max(float(np.abs(kernels[order]).max()), 1e-9)
    # Cells touch at whole numbers: a cell is one frame wide and one band high.
    drawn = small_images(
        figure,
        kernels[order],
        [str(number) for number in order],
        (0, time, 0, mel),
        (-highest, highest),
        SIGNED_MAP,
        "weight",
        "equal",
    )
    axes = corner(drawn)
    seconds = card.front_end.seconds(time)
    axes.set_xlabel(f"time: {time} frames\nin {seconds:.2g} s", fontsize=SMALL, color=INK)
    axes.set_ylabel(f"{mel} mel bands", fontsize=SMALL, color=INK)
    return figure


def onset_share(kernels: np.ndarray) -> np.ndarray:
    """How much of a kernel's change runs along time rather than along mel.

    Parameters
    ----------
    kernels : np.ndarray [shape=(n, time, mel)]

    Returns
    -------
    np.ndarray [shape=(n,), in [0, 1]]
        Mean square difference of neighbours in time, over that plus the same along mel: 1 for a
        kernel that answers beginnings and ends, 0 for one that answers pitches, .5 for a flat one.
    """
    along_time, along_mel = (
        (np.diff(kernels, axis=axis) ** 2).mean((1, 2))
        if kernels.shape[axis] > 1
        else np.zeros(len(kernels))
        for axis in (1, 2)
    )
    both = along_time + along_mel
    return np.where(both > 0, along_time / np.where(both > 0, both, 1), 0.5)


def _title(card: Card, total: int, shown: int) -> str:
    which = f"The {total}" if shown == total else f"The {shown} largest of {total}"
    return f"{which} kernels of the first layer of {shortened(card.name, 24)}"
