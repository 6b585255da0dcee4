"""ROC and precision-recall curves: each tag as a thin line, the mean of all as a thick one."""

from typing import TYPE_CHECKING

import numpy as np

from earmark.errors import DataError
from earmark.evaluation.curves import GRID, tag_curves
from earmark.evaluation.metrics import per_tag
from earmark.evaluation.predictions import Predictions
from earmark.plots.style import (
    BLUE,
    GREEN,
    GREY,
    PALE,
    THIN,
    VERMILION,
    add_legend,
    counted,
    new_figure,
    shortened,
    style_axes,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMED = 4  # songs that a tag needs to be called best or worst, if any has as many


def roc_pr(predictions: Predictions, least: int = 1) -> "Figure":
    """ROC and precision-recall curves of every tag and their macro means; best and worst named.

    Parameters
    ----------
    predictions : Predictions
    least : int > 0, songs with and songs without a tag that it needs to count

    Returns
    -------
    Figure
        Curves of single tags are drawn at 201 places of the x axis.

    Raises
    ------
    DataError
        No tag counts.
    OutputError
        matplotlib is not installed.
    """
    figure = new_figure(9, 5.2)
    known = ~np.isnan(predictions.truth) & ~np.isnan(predictions.scores)
    there = (predictions.truth == 1) & known
    positives, negatives = there.sum(0), (known & ~there).sum(0)
    tags = np.flatnonzero((positives >= least) & (negatives >= least))
    if not len(tags):
        raise DataError(f"no tag has {least} songs with it and {least} without, so no curves")
    curves = [
        tag_curves(there[known[:, tag], tag], predictions.scores[known[:, tag], tag])
        for tag in tags
    ]
    areas = per_tag(predictions.truth[:, tags], predictions.scores[:, tags])
    songs = positives[tags]
    named = np.flatnonzero(songs >= min(NAMED, songs.max()))
    words = (
        ("ROC", "false positive rate", "true positive rate"),
        ("Precision and recall", "recall", "precision"),
    )
    panels = figure.subplots(1, 2)
    for axes, area, (title, x, y), lines in zip(
        panels, areas, words, zip(*curves, strict=True), strict=True
    ):
        for line in lines:
            axes.plot(GRID, line, color=PALE, linewidth=THIN, rasterized=True)
        for place, colour, kind in (
            (named[area[named].argmax()], GREEN, "best"),
            (named[area[named].argmin()], VERMILION, "worst"),
        ):
            name = shortened(predictions.tags[tags[place]], 20)
            label = f"{kind}: {name} ({area[place]:.2f}, {counted(songs[place], 'song')})"
            axes.plot(GRID, lines[place], color=colour, linewidth=1.2, label=label)
        mean = f"mean of {len(tags)} tags ({area.mean():.2f})"
        axes.plot(GRID, np.mean(lines, axis=0), color=BLUE, linewidth=2.4, label=mean)
        axes.set(xlim=(0, 1), ylim=(0, 1.01), aspect="equal")
        style_axes(axes, title, x, y)
        add_legend(axes, "upper left", bbox_to_anchor=(0, -0.12))
    panels[0].plot([0, 1], [0, 1], color=GREY, linewidth=THIN, linestyle="--")
    return figure
