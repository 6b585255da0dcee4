"""A sound in, a picture of its waveform out: amplitude over seconds."""

from typing import TYPE_CHECKING

import numpy as np

from earmark.plots.excerpt import envelope, title_of
from earmark.plots.style import BLUE, GREY, THIN, new_figure, shortened, style_axes
from earmark.sound.decode import Sound

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SAMPLE_RATE = 44100  # Hz; the rate of most sounds, so that peaks keep their height
SECONDS = 10.0


def waveform(sound: Sound, start: float = 0.0, seconds: float | None = SECONDS) -> "Figure":
    """Amplitude over time, of a part of a sound or all of it.

    A part with more samples than the picture has columns is drawn as the band between the lowest
    and highest sample of each column, so no peak is lost.

    Parameters
    ----------
    sound : path, bytes, binary file object or Samples
    start : float >= 0, in seconds
    seconds : float > 0 or None, how much of it; None to the end

    Returns
    -------
    Figure

    Raises
    ------
    SoundError
        The sound cannot be read, or ends before `start`.
    OutputError
        matplotlib is not installed.
    """
    figure = new_figure(8, 2.8)
    part = envelope(sound, start, seconds, SAMPLE_RATE)
    low, high = part.rows.T
    times = part.start + np.linspace(0, part.seconds, len(low))
    axes = figure.add_subplot()
    axes.axhline(0, color=GREY, linewidth=THIN)
    axes.fill_between(times, low, high, color=BLUE, linewidth=THIN)
    axes.set_xlim(part.start, part.start + part.seconds)
    most = max(float(np.abs(part.rows).max()), 1e-4) * 1.05
    axes.set_ylim(-most, most)
    title = shortened(title_of(sound), 60)
    style_axes(axes, title, "time in seconds", "amplitude (full scale is 1)", grid="x")
    return figure
