"""What a network's layers make of a window of sound: the maps that answer it most, layer by layer.

The first row is the log-mel that the network hears. From layer to layer the maps become coarser
and stand for more: all are drawn over the same seconds and frequencies.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from earmark.inside.inspect import LayerMaps, layer_maps
from earmark.inside.window import Window, window_at
from earmark.plots.excerpt import Excerpt, title_of
from earmark.plots.melspectrogram import FREQUENCY, TIME, draw_spectrogram, mark_frequencies
from earmark.plots.small_images import corner, rows_of, small_images
from earmark.plots.style import (
    INK,
    LABEL,
    VALUE_MAP,
    add_colourbar,
    counted,
    new_figure,
    require_matplotlib,
    shortened,
    style_image,
)
from earmark.sound.decode import Sound
from earmark.tagging import Tagger
from earmark.zoo.card import Card

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure

MOST = 16  # maps a layer


def feature_maps(
    model: Tagger | Card,
    sound: Sound,
    layers: Sequence[str] | None = None,
    start: float = 0.0,
    maps: int = MOST,
) -> "Figure":
    """Maps of some layers for one window of a sound.

    Parameters
    ----------
    model : Tagger or Card
    sound : path, bytes, binary file object or Samples
    layers : sequence of str or None
        Names as in the ONNX file; None for one a size, see
        :func:`earmark.inside.inspect.layer_maps`.
    start : float >= 0, second at which the window begins
    maps : int > 0
        Maps a layer: those that vary most over the window, as a map that is the same everywhere
        tells nothing of the sound.

    Returns
    -------
    Figure
        The number above each map is its place in the layer. Colours are a layer's own.

    Raises
    ------
    SoundError
        The sound cannot be read, or has no such second.
    ModelError
        The network is damaged, or lacks a layer.
    OutputError
        matplotlib is not installed.
    """
    require_matplotlib()
    card = model.card if isinstance(model, Tagger) else model
    window = window_at(card, sound, start)
    answers = layer_maps(card, window.frames, layers)
    heights = [2.3, *(0.65 + 0.75 * rows_of(min(maps, len(a.maps))) for a in answers)]
    title = f"{shortened(title_of(sound), 40)} in {shortened(card.name, 24)}"
    figure = new_figure(8, 0.4 + sum(heights), title)
    parts = figure.subfigures(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0]
    axes = parts[0].add_subplot()
    part = Excerpt(window.frames, window.start, window.seconds)
    image = draw_spectrogram(axes, part, card.front_end)
    style_image(axes, "", TIME, FREQUENCY)
    add_colourbar(image, axes, "log10 loudness")
    for part, answer in zip(parts[1:], answers, strict=True):
        _draw_layer(part, answer, window, card, maps)
    return figure


def strongest(maps: np.ndarray, most: int) -> np.ndarray:
    """Places of the maps that vary most, in falling order of their standard deviation.

    Parameters
    ----------
    maps : np.ndarray [shape=(n, time, mel)]
    most : int > 0
    """
    return np.argsort(-maps.std((1, 2)), kind="stable")[:most]


def _draw_layer(
    figure: "SubFigure", answer: LayerMaps, window: Window, card: Card, most: int
) -> None:
    total, time, mel = answer.maps.shape
    order = strongest(answer.maps, most)
    shown = answer.maps[order]
    which = f"{len(order)} of {total} maps" if len(order) < total else f"all {total} maps"
    words = f"after {counted(answer.depth, 'convolution')}: {which}, {time} by {mel}"
    figure.suptitle(
        f"{shortened(answer.layer, 24)}, {words}", x=0.015, ha="left", fontsize=LABEL, color=INK
    )
    first, end = answer.bands
    edges = (window.start, window.start + window.seconds, first - 0.5, end - 0.5)
    limits = (float(shown.min()), max(float(shown.max()), float(shown.min()) + 1e-6))
    names = [str(number) for number in order]
    drawn = small_images(figure, shown, names, edges, limits, VALUE_MAP, "answer")
    for axes in drawn:
        axes.set_ylim(-0.5, card.front_end.bands - 0.5)
    axes = corner(drawn)
    axes.set_xticks(edges[:2], [f"{edge:.3g} s" for edge in edges[:2]])
    mark_frequencies(axes, card.front_end)
    axes.set_yticks(axes.get_yticks()[::2], [t.get_text() for t in axes.get_yticklabels()][::2])
