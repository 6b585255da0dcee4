"""A sound in, a picture of its log-mel spectrogram out: what a network hears of it.

Frequency is on Slaney's mel scale, as in the front end, with marks at round numbers of Hz.
"""

from typing import TYPE_CHECKING

import numpy as np

from earmark.plots.excerpt import FRONT_END, Excerpt, log_mel, title_of
from earmark.plots.style import SOUND_MAP, add_colourbar, new_figure, shortened, style_image
from earmark.sound import FrontEnd
from earmark.sound.decode import Sound
from earmark.sound.feature_names import HZ, LOG_MEL
from earmark.sound.melspectrogram import hz_to_mel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

ROUND_HZ = (250, 500, 1000, 2000, 4000, 8000, 16000)
TIME, FREQUENCY, LOUDNESS = "time in seconds", HZ, LOG_MEL


def melspectrogram(
    sound: Sound,
    start: float = 0.0,
    seconds: float | None = None,
    front_end: FrontEnd = FRONT_END,
) -> "Figure":
    """Log-mel spectrogram of a part of a sound or all of it.

    Parameters
    ----------
    sound : path, bytes, binary file object or Samples
    start : float >= 0, in seconds
    seconds : float > 0 or None, how much of it; None to the end
    front_end : FrontEnd, by default that of the default model

    Returns
    -------
    Figure
        A sound with more frames than the picture has columns is shown as means over frames.

    Raises
    ------
    SoundError
        The sound cannot be read, or ends before `start`.
    OutputError
        matplotlib is not installed.
    """
    figure = new_figure(8, 3.6)
    part = log_mel(sound, start, seconds, front_end)
    axes = figure.add_subplot()
    image = draw_spectrogram(axes, part, front_end)
    style_image(axes, shortened(title_of(sound), 60), TIME, FREQUENCY)
    add_colourbar(image, axes, LOUDNESS)
    return figure


def draw_spectrogram(axes: "Axes", part: Excerpt, front_end: FrontEnd) -> "AxesImage":
    """Draw log-mel frames with marks at round Hz; titles are the caller's.

    Parameters
    ----------
    axes : Axes
    part : Excerpt, rows [shape=(frames, n_mels)]
    front_end : FrontEnd, that the frames come from
    """
    bands = part.rows.shape[1]
    image = axes.imshow(
        part.rows.T,
        origin="lower",
        aspect="auto",
        cmap=SOUND_MAP,
        interpolation="nearest",
        vmin=0,
        vmax=max(float(part.rows.max()), 0.5),  # silence stays dark
        extent=(part.start, part.start + part.seconds, -0.5, bands - 0.5),
    )
    mark_frequencies(axes, front_end)
    return image


def mark_frequencies(axes: "Axes", front_end: FrontEnd) -> None:
    """Ticks at round Hz on a y axis that counts mel bands; none where others come first."""
    if front_end.features[0] not in ("melspectrogram", "hpss"):
        return
    places = {hz: band_of(hz, front_end) for hz in ROUND_HZ}
    kept = {hz: place for hz, place in places.items() if place < front_end.n_mels - 0.5}
    axes.set_yticks(list(kept.values()), [f"{hz:,}" for hz in kept])


def band_of(hz: float, front_end: FrontEnd) -> float:
    """Number of the mel band, from 0, whose centre is at this frequency; not a whole number."""
    top = hz_to_mel(front_end.sample_rate / 2)
    return float(np.asarray(hz_to_mel(hz)) * (front_end.n_mels + 1) / top - 1)
