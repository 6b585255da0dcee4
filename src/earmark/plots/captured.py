"""Which tags a model catches best and worst among its K highest scores."""

from typing import TYPE_CHECKING

from earmark.errors import DataError
from earmark.evaluation.predictions import Predictions
from earmark.evaluation.topk import TagRow, top_k
from earmark.plots.style import BLUE, INK, PALE, SMALL, name_bars, new_figure, style_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHARE = 0.8  # of a song's tags; does not change what is captured


def captured_bars(predictions: Predictions, k: int = 10, n: int = 15, least: int = 4) -> "Figure":
    """The best and the worst captured tags, each with how many songs it was found in.

    Parameters
    ----------
    predictions : Predictions
    k : int > 0, a tag is captured where it is among the `k` highest scores of a song that has it
    n : int > 0, tags of either kind
    least : int > 0, songs with a tag that it needs to be shown

    Returns
    -------
    Figure
        Bars are shares of the songs with the tag, captured ones first, missed ones after.

    Raises
    ------
    DataError
        No tag has enough songs.
    OutputError
        matplotlib is not installed.
    """
    table = top_k(predictions.truth, predictions.scores, k, SHARE).table(predictions.tags)
    rows = [row for row in table if row.captured + row.missed >= least]
    if not rows:
        raise DataError(f"no tag has {least} songs, so none can be called best or worst")
    n = min(n, -(-len(rows) // 2))
    best, worst = rows[:n], rows[n:][-n:][::-1]
    figure = new_figure(9, 1.3 + 0.22 * n)
    left, right = figure.subplots(1, 2)
    _draw(left, best, f"Captured best among the {k} highest scores")
    _draw(right, worst, "Captured worst")
    if not worst:
        right.set_visible(False)
    handles, names = left.get_legend_handles_labels()
    figure.legend(
        handles,
        names,
        loc="outside lower center",
        ncols=2,
        frameon=False,
        fontsize=SMALL + 1,
        labelcolor=INK,
    )
    return figure


def _draw(axes: "Axes", rows: list[TagRow], title: str) -> None:
    places = range(len(rows))
    rates = [row.rate for row in rows]
    axes.barh(places, rates, height=0.74, color=BLUE, label="captured")
    missed = [1 - rate for rate in rates]
    axes.barh(places, missed, left=rates, height=0.74, color=PALE, label="missed")
    for place, row in enumerate(rows):
        words = f"{row.captured:,} of {row.captured + row.missed:,}"
        axes.text(1.02, place, words, va="center", fontsize=SMALL, color=INK)
    style_axes(axes, title, "share of the songs with the tag")
    name_bars(axes, [row.tag for row in rows])
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
