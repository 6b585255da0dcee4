"""What a model hears instead: where a tag is missed, which wrong tags take its place."""

from typing import TYPE_CHECKING

import numpy as np

from earmark.errors import DataError
from earmark.evaluation.confusion import heard_instead
from earmark.evaluation.predictions import Predictions
from earmark.plots.matrix import category_legend, draw_matrix, figure_for
from earmark.vocabulary import official_vocabulary

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def confusion_map(
    predictions: Predictions, k: int = 10, most: int = 20, least: int = 4
) -> "Figure":
    """The tags missed most often, and the wrong tags among the highest scores of those songs.

    Parameters
    ----------
    predictions : Predictions
    k : int > 0, what is not among the `k` highest scores of a song is missed
    most : int > 0, missed tags, and wrong tags, that are shown
    least : int > 0, songs in which a tag must be missed to be shown

    Returns
    -------
    Figure
        A row tells of the songs in which its tag was missed how many have a column's tag wrongly
        among the `k` highest.

    Raises
    ------
    DataError
        No tag is missed often enough.
    OutputError
        matplotlib is not installed.
    """
    shares, missed = heard_instead(predictions.truth, predictions.scores, k)
    rows = np.argsort(-missed, kind="stable")[:most]
    rows = rows[missed[rows] >= least]
    if not len(rows):
        raise DataError(f"no tag is missed in {least} songs, so there is no confusion to show")
    totals = (missed[rows, None] * np.nan_to_num(shares[rows])).sum(0)
    columns = np.argsort(-totals, kind="stable")[:most]
    columns = columns[totals[columns] > 0]
    if not len(columns):
        raise DataError("no wrong tag takes the place of a missed one, so there is no confusion")
    vocabulary = official_vocabulary().ordered(predictions.tags)
    missing, heard = ([predictions.tags[i] for i in which] for which in (rows, columns))
    title = f"What is heard instead, among the {k} highest scores"
    figure = figure_for(len(missing), len(heard), title)
    draw_matrix(
        figure.add_subplot(),
        shares[np.ix_(rows, columns)],
        missing,
        heard,
        vocabulary,
        meaning="songs in which the row's tag is missed",
        x="… this wrong tag is heard (%)",
        y="where this tag is missed …",
        row_labels=[f"{tag} ({missed[i]:,})" for tag, i in zip(missing, rows, strict=True)],
    )
    category_legend(figure, vocabulary, missing + heard)
    return figure
