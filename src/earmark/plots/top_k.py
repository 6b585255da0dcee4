"""Top-K in pictures: one song's truth against its highest scores, and success against K.

Both retell pictures of the original MagnaTagATune tagger, ``plotResults`` and ``plotTopKROC``.
"""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from earmark.errors import DataError
from earmark.evaluation.predictions import Predictions
from earmark.evaluation.topk import rank, success_curve
from earmark.plots.order import by_category, spread
from earmark.plots.style import (
    BLUE,
    GREY,
    INK,
    LINE,
    PALE,
    SMALL,
    THIN,
    TICK,
    VALUE_MAP,
    VERMILION,
    add_legend,
    new_figure,
    shortened,
    style_axes,
)
from earmark.vocabulary import official_vocabulary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHARES = (0.2, 0.4, 0.6, 0.8, 1.0)
LABELS = 48  # names that fit side by side
LONGEST_NAME = 20  # letters
LABEL_HEIGHT = 1.3  # where names begin; stems of true tags end at 1
ENDS = {  # of stems: face colour (None for the stem's), words for true tags and for high scores
    "right": (None, "true, among the highest", "highest scores, right"),
    "wrong": ("white", "true, missed", "highest scores, wrong"),
    "unknown": (PALE, "", "highest scores, nobody knows"),
}


def top_k_comparison(predictions: Predictions, song: int | str, k: int = 10) -> "Figure":
    """The true tags of a song as red stems upward, its `k` highest scores as blue ones downward.

    Right ones line up. Tags are grouped by category; hollow ends mark what has no counterpart.

    Parameters
    ----------
    predictions : Predictions
    song : int or str
        Index of the song, from 0, or its name as in :func:`find_song`.
    k : int > 0

    Returns
    -------
    Figure

    Raises
    ------
    DataError
        There is no such song, or it has no scores.
    OutputError
        matplotlib is not installed.
    """
    figure = new_figure(10, 4.6)
    song = find_song(predictions, song)
    order, categories = by_category(official_vocabulary().ordered(predictions.tags))
    truth, scores = predictions.truth[song, order], predictions.scores[song, order]
    if np.isnan(scores).all():
        raise DataError(f"{predictions.files[song]}: the predictions have no scores of this song")
    place = rank(scores[None])[0]
    there, chosen = truth == 1, (place >= 0) & (place < k)
    axes = figure.add_subplot()
    low, top = min(0.0, float(np.nanmin(scores))), float(scores[chosen].max())
    span = max(top - low, 1e-6)
    right = np.where(there, "right", np.where(np.isnan(truth), "unknown", "wrong"))
    _stems(axes, there, 1, VERMILION, np.where(chosen, "right", "wrong"))
    _stems(axes, chosen, (low - scores) / span, BLUE, right)
    axes.axhline(0, color=INK, linewidth=THIN)
    important = np.lexsort((np.where(place < 0, len(place), place), ~there))
    named = np.sort([i for i in important if there[i] or chosen[i]][:LABELS])
    both, names = there & chosen, [predictions.tags[i] for i in order]
    _names(axes, named, [names[i] for i in named], there, both)
    _mark_categories(axes, categories)
    axes.set_xlim(-1.5, len(order) + 0.5)
    axes.set_ylim(-1.15, _ceiling([names[i] for i in named]))
    ticks = np.array([0, 0.5, 1])
    axes.set_yticks([*-ticks, 1], [*(f"{low + tick * span:.2f}" for tick in ticks), "true"])
    words = f"{both.sum()} of {there.sum()} true tags are among the {chosen.sum()} highest scores"
    title = f"{shortened(os.path.basename(predictions.files[song]), 44)}: {words}"
    style_axes(axes, title, "", "score")
    axes.yaxis.set_label_coords(-0.06, 0.17)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(axis="x", length=0)
    add_legend(axes, "upper center", bbox_to_anchor=(0.5, -0.08), ncols=5)
    return figure


def find_song(predictions: Predictions, song: int | str) -> int:
    """Index of a song.

    Parameters
    ----------
    predictions : Predictions
    song : int or str
        Index from 0; or a file as the predictions name it, or the end of its path; or, as text, the
        number of a row, from 1.

    Raises
    ------
    DataError
        There is no such song, or several.
    """
    songs = len(predictions.files)
    if isinstance(song, str):
        if song in predictions.files:
            return predictions.files.index(song)
        ends = [i for i, file in enumerate(predictions.files) if file.endswith("/" + song)]
        if len(ends) > 1:
            raise DataError(f"{song}: {len(ends)} songs of the predictions have this name")
        if ends:
            return ends[0]
        if not song.isdecimal():
            raise DataError(f"{song}: the predictions have no song of this name")
        song = int(song) - 1
    if not 0 <= song < songs:
        raise DataError(f"the predictions have {songs} songs, so none is number {song + 1}")
    return song


def top_k_curve(predictions: Predictions, shares: Sequence[float] = SHARES) -> "Figure":
    """Songs of which at least a share of the tags is among the K highest scores, against K.

    Parameters
    ----------
    predictions : Predictions
    shares : sequence of float in (0, 1], a curve each

    Returns
    -------
    Figure
        K goes as far as any curve still rises.

    Raises
    ------
    DataError
        No song has a tag.
    OutputError
        matplotlib is not installed.
    """
    figure = new_figure(7, 4.4)
    from matplotlib import colormaps

    rates = success_curve(predictions.truth, predictions.scores, np.asarray(shares))
    if np.isnan(rates).all():
        raise DataError("the predictions have no song with a tag, so no curve can be drawn")
    rising = (rates < rates[:, -1:] - 1e-3).any(0)
    last = min(rates.shape[1], max(10, int(np.flatnonzero(rising)[-1]) + 3 if rising.any() else 0))
    axes = figure.add_subplot()
    ks = np.arange(1, last + 1)
    colours = colormaps[VALUE_MAP](np.linspace(0, 0.85, len(shares)))
    for share, rate, colour in zip(shares, rates, colours, strict=True):
        words = "all of them" if share == 1 else f"{share:.0%}"
        axes.plot(ks, rate[:last], color=colour, linewidth=LINE, label=words)
    axes.set_xlim(1, last)
    axes.set_ylim(0, 1.01)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    x, y = "K, number of highest scores looked at", "songs that succeed"
    style_axes(axes, "Success: enough of a song's tags are among the K highest scores", x, y, "y")
    add_legend(axes, "lower right", title="at least this share of the tags").get_title().set(
        fontsize=TICK, color=INK
    )
    return figure


def _stems(
    axes: "Axes", which: np.ndarray, heights: float | np.ndarray, colour: str, kinds: np.ndarray
) -> None:
    """Stems of the tags marked in `which`; `kinds` says 'right', 'wrong' or 'unknown' of each."""
    heights = np.broadcast_to(heights, which.shape)
    axes.vlines(np.flatnonzero(which), 0, heights[which], color=colour, linewidth=LINE)
    for kind, (face, *words) in ENDS.items():
        places = np.flatnonzero(which & (kinds == kind))
        if not len(places):
            continue
        axes.plot(
            places,
            heights[places],
            "o",
            color=colour,
            markerfacecolor=face or colour,
            markersize=5,
            label=words[colour == BLUE],
        )


def _ceiling(names: list[str]) -> float:
    """Upper end of the y axis that leaves room for upright names.

    Of the axes' height, which goes from -1.15 to here, a letter takes about 2 %.
    """
    letters = 0.019 * max((min(len(name), LONGEST_NAME) for name in names), default=0)
    return (LABEL_HEIGHT + 1.15 * letters + 0.05) / (1 - letters)


def _names(
    axes: "Axes", places: np.ndarray, names: list[str], there: np.ndarray, both: np.ndarray
) -> None:
    """Upright names, moved apart, each with a thin line to its stem."""
    spots = spread(places, len(there) / LABELS, 0, len(there) - 1)
    for place, spot, name in zip(places, spots, names, strict=True):
        foot = 1.06 if there[place] else 0.03
        axes.plot(
            [place, place, spot], [foot, 1.06, LABEL_HEIGHT - 0.03], color=GREY, linewidth=THIN / 2
        )
        axes.text(
            spot,
            LABEL_HEIGHT,
            shortened(name, LONGEST_NAME),
            rotation=90,
            ha="center",
            va="bottom",
            fontsize=SMALL,
            color=INK if both[place] else VERMILION if there[place] else BLUE,
            fontweight="bold" if both[place] else "normal",
        )


def _mark_categories(axes: "Axes", categories: dict[str, tuple[int, int]]) -> None:
    starts = [first - 0.5 for first, _ in categories.values()]
    axes.vlines(starts[1:], -1.15, 1, color=PALE, linewidth=THIN, zorder=0)
    middles = [(first + last) / 2 for first, last in categories.values()]
    axes.set_xticks(middles, list(categories), color=GREY)
