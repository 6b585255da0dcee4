"""A sound in, a picture of one of its features out, with an axis in the feature's own terms.

Pitch classes have names, tempi are in BPM, bands in Hz, coefficients have numbers.
"""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from earmark.plots.excerpt import FRONT_END, Excerpt, feature_of, title_of
from earmark.plots.melspectrogram import (
    ROUND_HZ,
    TIME,
    band_of,
    mark_frequencies,
)
from earmark.plots.style import (
    BLUE,
    LINE,
    SOUND_MAP,
    VALUE_MAP,
    add_colourbar,
    new_figure,
    shortened,
    style_axes,
    style_image,
)
from earmark.sound import FrontEnd
from earmark.sound.decode import Sound
from earmark.sound.feature_names import FEATURES, require_feature
from earmark.sound.features.beat_histogram import TEMPI
from earmark.sound.features.contrast import contrast_edges
from earmark.sound.features.tempogram import lag_tempi

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CLASSES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
ROUND_BPM = (240, 120, 80, 60, 40, 30, 20)
SLOWEST_SHOWN = 18  # BPM; longer lags only repeat the shorter ones


def feature(
    name: str,
    sound: Sound,
    start: float = 0.0,
    seconds: float | None = None,
    front_end: FrontEnd = FRONT_END,
) -> "Figure":
    """A feature of a part of a sound, or of all of it, over time.

    Parameters
    ----------
    name : str, one of ``earmark.sound.feature_names.FEATURES``
    sound : path, bytes, binary file object or Samples
    start : float >= 0, in seconds
    seconds : float > 0 or None, how much of it; None to the end
    front_end : FrontEnd, by default that of the default model

    Returns
    -------
    Figure
        The onset strength is a line, everything else an image. Colours of the MFCC are those of all
        coefficients but the first, which is the loudness and far larger.

    Raises
    ------
    ValueError
        No such feature; the text has the nearest name.
    SoundError
        The sound cannot be read, or ends before `start`.
    OutputError
        matplotlib is not installed.
    """
    require_feature(name)
    figure = new_figure(8, 3.6)
    part = feature_of(name, sound, start, seconds, front_end)
    title = f"{name.replace('_', ' ')} of {shortened(title_of(sound), 50)}"
    axes = figure.add_subplot()
    if name == "onset":
        _draw_line(axes, part, title)
        return figure
    loud = name in ("melspectrogram", "hpss")
    ranged = part.rows[:, 1:] if name == "mfcc" and part.rows.shape[1] > 1 else part.rows
    low = 0.0 if name != "mfcc" else float(ranged.min())
    image = axes.imshow(
        part.rows.T,
        origin="lower",
        aspect="auto",
        cmap=SOUND_MAP if loud else VALUE_MAP,
        interpolation="nearest",
        vmin=low,
        vmax=max(float(ranged.max()), low + 0.5),
        extent=(part.start, part.start + part.seconds, *_ends(name, part.rows.shape[1])),
    )
    _mark(axes, name, front_end)
    style_image(axes, title, TIME, FEATURES[name].axis)
    add_colourbar(image, axes, FEATURES[name].unit)
    return figure


def _draw_line(axes: "Axes", part: Excerpt, title: str) -> None:
    count = len(part.rows)
    times = part.start + (np.arange(count) + 0.5) * part.seconds / count
    axes.plot(times, part.rows[:, 0], color=BLUE, linewidth=LINE)
    axes.set_xlim(part.start, part.start + part.seconds)
    axes.set_ylim(0, max(1.0, 1.05 * float(part.rows.max())))
    style_axes(axes, title, TIME, FEATURES["onset"].unit, grid="x")


def _ends(name: str, bands: int) -> tuple[float, float]:
    """Bottom and top of the y axis: in BPM, or in numbers of bands."""
    if name == "beat_histogram":
        half = (TEMPI[1] - TEMPI[0]) / 2
        return TEMPI[0] - half, TEMPI[-1] + half
    return -0.5, bands - 0.5


def _mark(axes: "Axes", name: str, front_end: FrontEnd) -> None:
    """Ticks in the feature's own terms."""
    if name in ("chroma", "chroma_cqt"):
        axes.set_yticks(range(len(CLASSES)), CLASSES)
    elif name == "mfcc":
        axes.yaxis.get_major_locator().set_params(integer=True)
    elif name == "tempogram":
        tempi = lag_tempi(front_end)
        shown = [bpm for bpm in ROUND_BPM if tempi[-1] <= bpm <= tempi[1]]
        places = [60 / bpm / front_end.seconds(1) for bpm in shown]
        axes.set_yticks(places, [str(bpm) for bpm in shown])
        axes.set_ylim(0.5, min(len(tempi) - 0.5, 60 / SLOWEST_SHOWN / front_end.seconds(1)))
    elif name == "contrast":
        edges = contrast_edges(front_end.sample_rate)
        edges[-1] = front_end.sample_rate / 2
        bounds = pairwise(edges)
        axes.set_yticks(
            range(len(edges) - 1), [f"{low:,.0f} to {high:,.0f}" for low, high in bounds]
        )
    elif name == "hpss":
        marks = {hz: band_of(hz, front_end) for hz in ROUND_HZ[1::2]}
        kept = {hz: place for hz, place in marks.items() if place < front_end.n_mels - 0.5}
        places = [*kept.values(), *(front_end.n_mels + place for place in kept.values())]
        axes.set_yticks(places, [f"{hz:,}" for hz in kept] * 2)
    elif name == "melspectrogram":
        mark_frequencies(axes, front_end)
