"""Whether scores mean what they say: of all scores near .3, are three tags in ten there?"""

from typing import TYPE_CHECKING

import numpy as np

from earmark.errors import DataError
from earmark.evaluation.calibration import BINS, reliability
from earmark.evaluation.predictions import Predictions
from earmark.plots.style import BLUE, GREY, LINE, SKY, THIN, add_legend, new_figure, style_axes

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def reliability_diagram(predictions: Predictions, bins: int = BINS) -> "Figure":
    """Observed rate against score, and below it how many scores there are.

    Parameters
    ----------
    predictions : Predictions
    bins : int > 0, of equal width

    Returns
    -------
    Figure
        The title gives the expected calibration error.

    Raises
    ------
    DataError
        No song has both a score and a known truth of any tag, or scores are no probabilities.
    OutputError
        matplotlib is not installed.
    """
    figure = new_figure(5.2, 5.6)
    if np.nanmin(predictions.scores, initial=0) < 0 or np.nanmax(predictions.scores, initial=1) > 1:
        raise DataError("the scores are not all between 0 and 1, so they promise no rate")
    found = reliability(predictions.targets, predictions.scores, bins)
    total = int(found.count.sum())
    if not total:
        raise DataError("no tag has both a score and a known truth, so nothing can be compared")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    words = "as often as the score says"
    upper.plot([0, 1], [0, 1], color=GREY, linewidth=THIN, linestyle="--", label=words)
    upper.plot(
        found.score,
        found.rate,
        "o-",
        color=BLUE,
        linewidth=LINE,
        markersize=5,
        clip_on=False,
        label="observed",
    )
    upper.set(xlim=(0, 1), ylim=(0, 1))
    title = f"Reliability: calibration error {found.error:.3f}"
    style_axes(upper, title, "", "share in which the tag is there", "both")
    add_legend(upper)
    middle = (np.minimum((found.score * bins).astype(int), bins - 1) + 0.5) / bins
    lower.bar(middle, found.count, width=0.9 / bins, color=SKY)
    lower.set_yscale("log")
    lower.set_ylim(bottom=0.7)
    lower.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    lower.minorticks_off()
    style_axes(lower, "", f"score ({total:,} scores of songs and tags)", "scores", "y")
    return figure
