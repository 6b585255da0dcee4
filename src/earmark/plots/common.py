"""The most common tags of a data set, with how many songs have them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from earmark.datasets.stats import COMMON, Statistics
from earmark.errors import DataError
from earmark.evaluation.predictions import Predictions
from earmark.plots.matrix import category_legend
from earmark.plots.style import (
    CATEGORY_COLOURS,
    INK,
    SMALL,
    name_bars,
    new_figure,
    style_axes,
)
from earmark.vocabulary import official_vocabulary

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def common_tags(source: Statistics | Predictions, most: int = COMMON) -> "Figure":
    """Songs with each of the most common tags, coloured by category.

    Parameters
    ----------
    source : Statistics of a data set, or Predictions, of which the truth counts
    most : int > 0, tags

    Returns
    -------
    Figure

    Raises
    ------
    DataError
        No song has a tag.
    OutputError
        matplotlib is not installed.
    """
    if isinstance(source, Statistics):
        songs, pairs = source.clips, source.common()
    else:
        songs, counts = len(source.files), (source.truth == 1).sum(0)
        order = np.argsort(-counts, kind="stable")
        pairs = [(source.tags[i], int(counts[i])) for i in order if counts[i]]
    return tag_bars(pairs, songs, most)


def tag_bars(pairs: Sequence[tuple[str, int]], songs: int, most: int = COMMON) -> "Figure":
    """Songs with each of the most common tags, where they are counted already.

    Parameters
    ----------
    pairs : sequence of (tag, songs with it), most first
    songs : int, all of them
    most : int > 0, tags to show

    Raises
    ------
    DataError
        No song has a tag.
    """
    if not pairs:
        raise DataError("no song has a tag, so none is common")
    shown = pairs[:most]
    names, counts = [name for name, _ in shown], [count for _, count in shown]
    vocabulary = official_vocabulary().ordered(names)
    figure = new_figure(7, 1.4 + 0.2 * len(shown))
    axes = figure.add_subplot()
    colours = [CATEGORY_COLOURS[vocabulary.category(name)] for name in names]
    axes.barh(range(len(names)), counts, height=0.74, color=colours)
    for place, count in enumerate(counts):
        words = f" {count:,} ({count / songs:.1%})"
        axes.text(count, place, words, va="center", fontsize=SMALL, color=INK)
    axes.set_xlim(0, 1.16 * counts[0])
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    title = f"The {len(shown)} most common of {len(pairs)} tags, {songs:,} songs"
    style_axes(axes, title, "songs with the tag")
    name_bars(axes, names)
    category_legend(figure, vocabulary, names)
    return figure
