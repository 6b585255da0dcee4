"""How well each kind of tag is told: genre, instrument, voice, mood, tempo, other."""

from typing import TYPE_CHECKING

import numpy as np

from earmark.errors import DataError
from earmark.evaluation.metrics import counts, per_tag
from earmark.evaluation.predictions import Predictions
from earmark.plots.style import (
    CATEGORY_COLOURS,
    GREY,
    INK,
    PAPER,
    THIN,
    TICK,
    new_figure,
    style_axes,
)
from earmark.vocabulary import official_vocabulary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CHANCE = 0.5  # ROC-AUC of a guess


def category_bars(predictions: Predictions, least: int = 1) -> "Figure":
    """Mean ROC-AUC and PR-AUC of each category as a bar, its tags as dots.

    Parameters
    ----------
    predictions : Predictions
    least : int > 0, songs with and songs without a tag that it needs to count

    Returns
    -------
    Figure
        Bars of ROC-AUC begin at .5, what a guess reaches.

    Raises
    ------
    DataError
        No tag counts.
    OutputError
        matplotlib is not installed.
    """
    figure = new_figure(9, 3.8)
    positives, negatives = counts(predictions.truth, predictions.scores)
    tags = np.flatnonzero((positives >= least) & (negatives >= least))
    if not len(tags):
        raise DataError(f"no tag has {least} songs with it and {least} without, so no means")
    vocabulary = official_vocabulary().ordered(predictions.tags)
    kinds = np.array([vocabulary.tags[tag].category for tag in tags])
    used = [category for category in CATEGORY_COLOURS if (kinds == category).any()]
    roc, pr = per_tag(predictions.truth[:, tags], predictions.scores[:, tags])
    left, right = figure.subplots(1, 2, sharey=True)
    for axes, values, base in ((left, roc, CHANCE), (right, pr, 0.0)):
        for place, category in enumerate(used):
            _draw_category(axes, place, values[kinds == category], base, category)
    left.set_xlim(min(0.48, float(roc.min()) - 0.02), 1.01)
    right.set_xlim(0, 1.01)
    left.axvline(CHANCE, color=GREY, linewidth=THIN, linestyle="--")
    names = [f"{category} ({(kinds == category).sum()} tags)" for category in used]
    left.set_yticks(range(len(used)), names)
    left.set_ylim(len(used) - 0.4, -0.6)
    style_axes(left, f"ROC-AUC, mean {roc.mean():.3f}", "ROC-AUC (a guess reaches 0.5)", "", "x")
    style_axes(right, f"PR-AUC, mean {pr.mean():.3f}", "PR-AUC", "", "x")
    left.tick_params(axis="y", length=0)
    right.tick_params(axis="y", length=0, labelleft=False)
    return figure


def _draw_category(
    axes: "Axes", place: int, values: np.ndarray, base: float, category: str
) -> None:
    colour, mean = CATEGORY_COLOURS[category], float(values.mean())
    axes.barh(place, mean - base, left=base, height=0.66, color=colour, alpha=0.35)
    # Golden-ratio steps keep dots of equal value apart without chance.
    spots = place + 0.5 * ((np.arange(len(values)) * 0.618) % 1 - 0.5)
    axes.scatter(values, spots, s=14, color=colour, edgecolors=PAPER, linewidths=0.4, zorder=3)
    axes.plot([mean, mean], [place - 0.36, place + 0.36], color=INK, linewidth=1.2, zorder=4)
    axes.text(mean, place - 0.38, f"{mean:.2f}", ha="center", va="bottom", fontsize=TICK - 1)
