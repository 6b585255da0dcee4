"""Many small images of time by mel in rows, under one scale of colours."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from earmark.plots.style import GREY, INK, SMALL, THIN, style_image

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

WIDEST = 8  # images abreast


def small_images(
    figure: "Figure | SubFigure",
    images: Sequence[np.ndarray],
    names: Sequence[str],
    extent: tuple[float, float, float, float],
    limits: tuple[float, float],
    colours: str,
    meaning: str,
    aspect: str = "auto",
) -> "list[Axes]":
    """Draw images in rows of eight, without marks on their axes.

    Parameters
    ----------
    figure : Figure or SubFigure, which they fill
    images : sequence of np.ndarray [shape=(time, mel)], at least one
    names : sequence of str, one an image
    extent : (left, right, bottom, top), what the edges of each image mean
    limits : (float, float), values of the first and the last colour
    colours : str, a colour map
    meaning : str, of the colours
    aspect : 'auto', or 'equal' for square units

    Returns
    -------
    list of Axes, one an image; :func:`corner` is the place for labels
    """
    columns = min(WIDEST, len(images))
    grid = figure.subplots(rows_of(len(images)), columns, squeeze=False)
    for axes in grid.flat[len(images) :]:
        axes.set_axis_off()
    drawn = list(grid.flat[: len(images)])
    for axes, image, name in zip(drawn, images, names, strict=True):
        shown = axes.imshow(
            image.T,
            origin="lower",
            aspect=aspect,
            cmap=colours,
            vmin=limits[0],
            vmax=limits[1],
            interpolation="auto",  # more cells than dots are averaged
            extent=extent,
        )
        style_image(axes)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.tick_params(labelsize=SMALL - 1, pad=2)
        axes.set_title(name, loc="left", fontsize=SMALL - 1, color=GREY, pad=2)
        for spine in axes.spines.values():  # a pale image would have no edge
            spine.set_visible(True)
            spine.set_linewidth(THIN / 2)
    bar = figure.colorbar(shown, ax=grid, pad=0.015, fraction=0.03, aspect=24)
    bar.set_label(meaning, fontsize=SMALL, color=INK)
    bar.ax.tick_params(labelsize=SMALL, color=GREY, labelcolor=INK, length=2, width=THIN)
    bar.outline.set_visible(False)
    return drawn


def rows_of(images: int) -> int:
    """Rows that so many images need."""
    return -(-images // WIDEST)


def corner(drawn: "list[Axes]") -> "Axes":
    """The first image of the last row."""
    return drawn[(rows_of(len(drawn)) - 1) * WIDEST]
