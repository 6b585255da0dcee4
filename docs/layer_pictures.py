"""Pictures of what :mod:`layer_study` measures: a dict of numbers a model in, figures out."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from layer_measures import DESCRIPTORS

from earmark.plots.style import (
    BLUE,
    CYCLE,
    GREEN,
    ORANGE,
    PALE,
    PURPLE,
    SKY,
    VERMILION,
    YELLOW,
    add_legend,
    new_figure,
    style_axes,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FOLLOWS = 0.25  # squared correlation from which a map follows a descriptor
COLOURS = (BLUE, SKY, VERMILION, YELLOW, GREEN, ORANGE, PURPLE)

Found = dict[str, Any]


def followed(found: Found, layer: int) -> np.ndarray:
    """Share of a layer's maps that follow each descriptor best; the last follow none."""
    alone = np.array(found["alone"][layer])
    best = np.where(alone.max(1) >= FOLLOWS, alone.argmax(1), len(DESCRIPTORS))
    return np.bincount(best, minlength=len(DESCRIPTORS) + 1) / len(best)


def bars(models: dict[str, Found]) -> "Figure":
    """Stacked bars: which descriptor the maps of each layer follow."""
    figure = new_figure(8, 3.2)
    for axes, (model, found) in zip(
        figure.subplots(1, 2, sharey=True), models.items(), strict=True
    ):
        shares = np.array([followed(found, i) for i in range(len(found["depths"]))])
        names = [str(depth) for depth in found["depths"]]
        below = np.zeros(len(names))
        kinds = zip((*DESCRIPTORS, "none of them"), (*COLOURS, PALE), shares.T, strict=True)
        for name, colour, part in kinds:
            axes.bar(names, part, bottom=below, color=colour, label=name, width=0.8)
            below += part
        style_axes(axes, model, "convolutions before the layer", "share of its maps")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right center", frameon=False, fontsize=8)
    return figure


def lines(
    models: dict[str, Found], values: Callable[[Found], dict[str, Sequence[float]]], meaning: str
) -> "Figure":
    """A line over the layers for each of ``values(found)``, a dict of names and series."""
    figure = new_figure(8, 3.2)
    for axes, (model, found) in zip(
        figure.subplots(1, 2, sharey=True), models.items(), strict=True
    ):
        for (name, series), colour in zip(values(found).items(), CYCLE, strict=False):
            places = range(len(series))
            axes.plot(places, series, "o-", color=colour, label=name, markersize=3, linewidth=1.4)
        before = ["log-mel"] if len(series) > len(found["depths"]) else []
        axes.set_xticks(places, [*before, *map(str, found["depths"])])
        style_axes(axes, model, "convolutions before the layer", meaning, "y")
    add_legend(axes)
    return figure
