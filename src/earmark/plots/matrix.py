"""A table of shares with a name for each row and column, as an image: what tag maps are made of."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from earmark.plots.style import (
    CATEGORY_COLOURS,
    INK,
    PALE,
    SMALL,
    VALUE_MAP,
    add_colourbar,
    darker,
    new_figure,
    shortened,
    style_image,
)
from earmark.vocabulary import Vocabulary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WRITTEN = 0.1  # share from which a cell's number is written


def draw_matrix(
    axes: "Axes",
    values: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    vocabulary: Vocabulary,
    *,
    meaning: str,
    x: str,
    y: str,
    row_labels: Sequence[str] | None = None,
) -> None:
    """Draw shares in [0, 1]; NaN cells stay pale. Names have the colour of their category.

    Parameters
    ----------
    axes : Axes
    values : np.ndarray [shape=(len(rows), len(columns))]
    rows, columns : sequence of str, tags
    vocabulary : Vocabulary, that knows the tags
    meaning : str, of the colours
    x, y : str, what stands below and beside it
    row_labels : sequence of str or None, what to write for the rows; None for their names
    """
    highest = float(np.nanmax(values, initial=0.1))
    axes.set_facecolor(PALE)
    image = axes.imshow(values, cmap=VALUE_MAP, vmin=0, vmax=highest, interpolation="nearest")
    axes.set_xticks(range(len(columns)), [shortened(name, 20) for name in columns], rotation=90)
    axes.set_yticks(range(len(rows)), [shortened(name, 26) for name in row_labels or rows])
    style_image(axes, "", x, y)
    axes.tick_params(length=0, labelsize=SMALL)
    for labels, names in ((axes.get_xticklabels(), columns), (axes.get_yticklabels(), rows)):
        for label, name in zip(labels, names, strict=True):
            label.set_color(darker(CATEGORY_COLOURS[vocabulary.category(name)]))
    for i, j in np.argwhere(np.nan_to_num(values) >= WRITTEN):
        colour = INK if values[i, j] > 0.6 * highest else "white"
        words = f"{100 * values[i, j]:.0f}"
        axes.text(j, i, words, ha="center", va="center", fontsize=5.5, color=colour)
    add_colourbar(image, axes, meaning).ax.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")


def figure_for(rows: int, columns: int, title: str) -> "Figure":
    """A figure with room for that many rows and columns, their names and a scale."""
    return new_figure(max(2.6 + 0.19 * columns, 5.5), 2.1 + 0.19 * rows, title)


def category_legend(figure: "Figure", vocabulary: Vocabulary, names: Sequence[str]) -> None:
    """What the colours of names mean, below all axes."""
    from matplotlib.lines import Line2D

    used = {vocabulary.category(name) for name in names}
    marks = [
        Line2D([], [], marker="s", linestyle="", color=colour, label=category)
        for category, colour in CATEGORY_COLOURS.items()
        if category in used
    ]
    figure.legend(
        handles=marks,
        loc="outside lower center",
        ncols=len(marks),
        frameon=False,
        fontsize=SMALL,
        labelcolor=INK,
        handletextpad=0.1,
    )
