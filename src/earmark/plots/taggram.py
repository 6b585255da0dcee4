"""When each tag is heard: a song's tags over time, under its spectrogram."""

from typing import TYPE_CHECKING

import numpy as np

from earmark.plots.excerpt import COLUMNS, FRONT_END, log_mel, title_of
from earmark.plots.melspectrogram import FREQUENCY, TIME, draw_spectrogram
from earmark.plots.style import (
    VALUE_MAP,
    add_colourbar,
    new_figure,
    shortened,
    style_image,
)
from earmark.sound.decode import Sound
from earmark.tagging import Tagging
from earmark.tagging.notebook import columns

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 20  # rows
FEWEST = 5  # rows where no tag is over its threshold


def taggram(tagging: Tagging, sound: Sound, most: int = MOST) -> "Figure":
    """Scores of a song's tags, window by window, under its log-mel spectrogram.

    Parameters
    ----------
    tagging : Tagging, what a model says of the sound
    sound : path, bytes, binary file object or Samples, the same sound
    most : int > 0
        Rows: the tags over their threshold, best first. Where there are none, the five highest.

    Returns
    -------
    Figure

    Raises
    ------
    SoundError
        The sound cannot be read.
    OutputError
        matplotlib is not installed.
    """
    tags = tagging.tags()
    shown = dict(list(tags.items())[:most]) or tagging.top(min(FEWEST, most))
    figure = new_figure(8, 3.3 + 0.2 * len(shown))
    part = log_mel(sound, 0.0, None, FRONT_END)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[2, 0.6 + 0.2 * len(shown)])
    heard = draw_spectrogram(upper, part, FRONT_END)
    style_image(upper, shortened(title_of(sound), 60), "", FREQUENCY)
    upper.tick_params(labelbottom=False)
    add_colourbar(heard, upper, "log10 loudness")
    edges, scores = columns(tagging, list(shown), 2 * COLUMNS)
    image = lower.pcolormesh(
        edges,
        np.arange(len(shown) + 1) - 0.5,
        scores.T,
        cmap=VALUE_MAP,
        vmin=0,
        vmax=max(0.5, float(scores.max())),
        rasterized=True,
    )
    lower.set_ylim(len(shown) - 0.5, -0.5)
    lower.set_yticks(
        range(len(shown)), [f"{shortened(name, 20)}  {score:.2f}" for name, score in shown.items()]
    )
    style_image(lower, _words(len(tags), len(shown)), TIME)
    lower.tick_params(axis="y", length=0)
    add_colourbar(image, lower, "score")
    return figure


def _words(found: int, shown: int) -> str:
    if not found:
        return f"No tag is over its threshold; the {shown} highest scores"
    if shown < found:
        return f"The {shown} highest of {found} tags, and their scores"
    return "Tags, and their scores over the whole sound"
