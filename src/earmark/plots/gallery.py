"""What a tag sounds like, as a wall of spectrograms: drawn at random, or by a model's scores."""

import os
import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from earmark.datasets import Dataset, Row
from earmark.errors import DataError, SoundError
from earmark.evaluation.predictions import Predictions
from earmark.plots.excerpt import FRONT_END, log_mel
from earmark.plots.melspectrogram import draw_spectrogram
from earmark.plots.style import (
    GREEN,
    GREY,
    INK,
    PALE,
    SMALL,
    TICK,
    VERMILION,
    counted,
    new_figure,
    require_matplotlib,
    shortened,
    style_image,
)
from earmark.vocabulary import official_vocabulary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SECONDS = 10.0  # of each song
WIDEST = 4  # panels abreast


@dataclass(frozen=True)
class Panel:
    """One spectrogram: its sound, a line that names it, and a line that tells more, coloured."""

    file: str
    title: str
    note: str
    colour: str = GREY


def spectrogram_samples(
    dataset: Dataset, tag: str, n: int = 4, seed: int = 0, seconds: float = SECONDS
) -> "Figure":
    """Spectrograms of songs with a tag, drawn at random from a data set.

    Rows stream by once; each song with the tag is equally likely (Vitter 1985, reservoir sampling).

    Parameters
    ----------
    dataset : Dataset
        Sounds that a partial data set lacks are passed over.
    tag : str
    n : int > 0, how many songs
    seed : int, of the draw
    seconds : float > 0, how much of each song, from its beginning

    Returns
    -------
    Figure
        A sound that cannot be read keeps its place, with a note that says so.

    Raises
    ------
    DataError
        The data set cannot be read, or no sound has the tag.
    OutputError
        matplotlib is not installed.
    """
    require_matplotlib()
    tagged = (row for row in dataset.rows() if tag in row.tags)
    if dataset.partial:
        tagged = (row for row in tagged if os.path.exists(row.file))
    rows = draw(tagged, n, seed)
    if not rows:
        raise DataError(f"{dataset.name}: no sound that is there has the tag {tag!r}")
    panels = [Panel(row.file, os.path.basename(row.file), row.group) for row in rows]
    return _wall(
        [("", panels)], f"“{shortened(tag)}”, {counted(len(rows), 'song')} at random", seconds
    )


def draw(rows: Iterable[Row], n: int, seed: int) -> list[Row]:
    """At most `n` rows, each equally likely, in one pass and in the order of the rows."""
    chance = random.Random(seed)
    kept: list[Row] = []
    for seen, row in enumerate(rows):
        if seen < n:
            kept.append(row)
        elif (place := chance.randrange(seen + 1)) < n:
            kept[place] = row
    return sorted(kept, key=lambda row: row.number)


def examples(predictions: Predictions, tag: str, n: int = 4, seconds: float = SECONDS) -> "Figure":
    """The songs that a model gives a tag most, and those with the tag to which it gives it least.

    Parameters
    ----------
    predictions : Predictions
    tag : str
    n : int > 0, how many songs of either kind
    seconds : float > 0, how much of each song, from its beginning

    Returns
    -------
    Figure
        Each spectrogram has its score and whether the song has the tag. A sound that cannot be read
        keeps its place, with a note that says so.

    Raises
    ------
    VocabularyError
        The predictions do not have the tag.
    DataError
        The predictions have no score of the tag.
    OutputError
        matplotlib is not installed.
    """
    require_matplotlib()
    column = official_vocabulary().ordered(predictions.tags).index(tag)
    scores, truth = predictions.scores[:, column], predictions.truth[:, column]
    known = np.flatnonzero(~np.isnan(scores))
    if not len(known):
        raise DataError(f"the predictions have no score of {tag!r}")
    order = known[np.argsort(-scores[known], kind="stable")]
    lost = order[truth[order] == 1][::-1]

    def panels(songs: np.ndarray) -> list[Panel]:
        return [_scored(predictions.files[i], scores[i], truth[i]) for i in songs[:n]]

    name = shortened(tag)
    rows = [("Highest scores of all songs", panels(order))]
    if len(lost):
        rows.append((f"Lowest scores of songs that have the tag “{name}”", panels(lost)))
    return _wall(rows, f"“{name}” as the model hears it", seconds)


def _scored(file: str, score: float, truth: float) -> Panel:
    word, colour = "nobody knows", GREY
    if truth == 1:
        word, colour = "has the tag", GREEN
    elif truth == 0:
        word, colour = "does not have the tag", VERMILION
    return Panel(file, os.path.basename(file), f"score {score:.2f}, {word}", colour)


def _wall(groups: list[tuple[str, list[Panel]]], title: str, seconds: float) -> "Figure":
    """Groups of panels, at most four abreast; a group's words stand above it."""
    columns = min(WIDEST, max(len(panels) for _, panels in groups))
    lines = [-(-len(panels) // columns) for _, panels in groups]
    figure = new_figure(max(2.4 * columns, 4.8), 0.5 + 2.15 * sum(lines), title)
    parts = figure.subfigures(len(groups), 1, squeeze=False, height_ratios=lines)[:, 0]
    for part, height, (words, panels) in zip(parts, lines, groups, strict=True):
        if words:
            part.suptitle(words, x=0.015, ha="left", fontsize=TICK + 1, color=INK)
        grid = part.subplots(height, columns, squeeze=False, sharey=True)
        for axes in grid.flat[len(panels) :]:
            axes.set_axis_off()
        for axes, panel in zip(grid.flat, panels, strict=False):
            _draw_panel(axes, panel, seconds)
            axes.set_xlabel("seconds", fontsize=SMALL, color=INK)
        for axes in grid[:, 0]:
            axes.set_ylabel("Hz", fontsize=SMALL, color=INK)
    return figure


def _draw_panel(axes: "Axes", panel: Panel, seconds: float) -> None:
    style_image(axes)
    axes.tick_params(labelsize=SMALL)
    title = f"{shortened(panel.title, 30)}\n"
    axes.set_title(title, loc="left", fontsize=TICK, color=INK)
    axes.text(
        0,
        1.04,
        shortened(panel.note, 34),
        transform=axes.transAxes,
        fontsize=SMALL,
        color=panel.colour,
        fontweight="bold" if panel.colour != GREY else "normal",
    )
    try:
        draw_spectrogram(axes, log_mel(panel.file, 0.0, seconds, FRONT_END), FRONT_END)
    except SoundError:
        words = "cannot be read" if os.path.exists(panel.file) else "no such file"
        axes.set_facecolor(PALE)
        axes.set_xlim(0, seconds)
        axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", fontsize=SMALL)
