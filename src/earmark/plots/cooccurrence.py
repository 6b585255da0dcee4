"""Which tags come together: the share of songs with one tag that have the other as well."""

from typing import TYPE_CHECKING

import numpy as np

from earmark.datasets.stats import Statistics
from earmark.errors import DataError
from earmark.evaluation.predictions import Predictions
from earmark.plots.matrix import category_legend, draw_matrix, figure_for
from earmark.plots.order import alike_order
from earmark.vocabulary import official_vocabulary

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 30


def cooccurrence(source: Statistics | Predictions, most: int = MOST) -> "Figure":
    """Conditional shares of the most common tags, like tags beside each other.

    Parameters
    ----------
    source : Statistics of a data set, or Predictions, of which the truth counts
    most : int > 1, tags

    Returns
    -------
    Figure
        A row tells of the songs with its tag how many have the tag of each column too.

    Raises
    ------
    DataError
        Fewer than two tags occur.
    OutputError
        matplotlib is not installed.
    """
    names, counts, shares = conditional_shares(source)
    common = np.argsort(-counts, kind="stable")[:most]
    common = common[counts[common] > 0]
    if len(common) < 2:
        raise DataError("fewer than two tags occur, so none come together")
    shares = np.nan_to_num(shares[np.ix_(common, common)])
    order = alike_order(1 - (shares + shares.T) / 2)
    common, shares = common[order], shares[np.ix_(order, order)]
    np.fill_diagonal(shares, np.nan)
    kept = [names[i] for i in common]
    vocabulary = official_vocabulary().ordered(names)
    title = f"Which tags come together: the {len(kept)} most common"
    figure = figure_for(len(kept), len(kept), title)
    draw_matrix(
        figure.add_subplot(),
        shares,
        kept,
        kept,
        vocabulary,
        meaning="songs with the row's tag",
        x="… have this one too (%)",
        y="of the songs with this tag …",
    )
    category_legend(figure, vocabulary, kept)
    return figure


def conditional_shares(
    source: Statistics | Predictions,
) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """How often each tag is there, and how often given another.

    Returns
    -------
    names : tuple of str
    counts : np.ndarray [shape=(tags,)], songs with the tag
    shares : np.ndarray [shape=(tags, tags)]
        Row `a`, column `b`: of the songs with `a` in which it is known whether `b` is there, the
        share that has it; NaN without such songs.
    """
    if isinstance(source, Statistics):
        # Statistics count only what is there, so what is not is taken for absent.
        names, counts, together = source.names, source.counts, source.together
        asked = np.broadcast_to(counts[:, None], together.shape)
    else:
        there = (source.truth == 1).astype(np.float32)
        known = (~np.isnan(source.truth)).astype(np.float32)
        names, counts = source.tags, there.sum(0)
        together, asked = there.T @ there, there.T @ known
    shares = np.full(together.shape, np.nan)
    np.divide(together, asked, out=shares, where=asked > 0)
    return names, counts, shares
