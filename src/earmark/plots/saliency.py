"""Where a tag was heard: how much of its score each part of a window is worth to the network."""

from typing import TYPE_CHECKING

import numpy as np

from earmark.inside.occlusion import occlusion
from earmark.inside.window import window_at
from earmark.plots.excerpt import Excerpt, title_of
from earmark.plots.melspectrogram import FREQUENCY, LOUDNESS, TIME, draw_spectrogram
from earmark.plots.style import (
    add_colourbar,
    new_figure,
    require_matplotlib,
    shortened,
    style_image,
)
from earmark.sound.decode import Sound
from earmark.tagging import Tagger

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DROP_MAP = "RdBu_r"  # red where the tag rests, blue where something speaks against it
SOUND_BELOW = "Greys"
LEAST = 0.02  # drop of the score that has the full colour at the least, so that noise stays pale


def saliency(tagger: Tagger, sound: Sound, tag: str, start: float | None = None) -> "Figure":
    """A window's log-mel, and over it what silencing each part costs a tag's score.

    The numbers are those of :func:`earmark.inside.occlusion.occlusion`: red where the score falls
    without that part, blue where it rises.

    Parameters
    ----------
    tagger : Tagger
    sound : path, bytes, binary file object or Samples
    tag : str
    start : float >= 0 or None
        Second at which the window begins, earlier where the sound ends too soon; None for the
        window where the tag scores highest.

    Returns
    -------
    Figure

    Raises
    ------
    SoundError
        The sound cannot be read, or has no such second.
    VocabularyError
        The model does not have the tag.
    ModelError
        The network is missing or damaged.
    OutputError
        matplotlib is not installed.
    """
    require_matplotlib()
    index = tagger.card.vocabulary.index(tag)  # before the work, not after it
    if start is None:
        timeline = tagger(sound).timeline
        start = float(timeline.starts[timeline.scores[:, index].argmax()])
    window = window_at(tagger.card, sound, start)
    found = occlusion(tagger.card, window.frames, tag)
    part = Excerpt(window.frames, window.start, window.seconds)
    figure = new_figure(8, 6, f"{shortened(title_of(sound), 40)}: {shortened(tag, 24)}")
    upper, lower = figure.subplots(2, 1, sharex=True)
    heard = draw_spectrogram(upper, part, tagger.card.front_end)
    style_image(upper, "What the network hears", "", FREQUENCY)
    upper.tick_params(labelbottom=False)
    add_colourbar(heard, upper, LOUDNESS)
    below = draw_spectrogram(lower, part, tagger.card.front_end)
    below.set_cmap(SOUND_BELOW)
    most = max(float(np.abs(found.drops).max()), LEAST)
    above = lower.imshow(
        found.drops.T,
        origin="lower",
        aspect="auto",
        cmap=DROP_MAP,
        vmin=-most,
        vmax=most,
        alpha=0.75 * np.sqrt(np.minimum(np.abs(found.drops.T) / most, 1)),
        interpolation="nearest",
        extent=below.get_extent(),
    )
    frames, bands = found.patch
    seconds = tagger.card.front_end.seconds(frames)
    patch = f"a patch of {seconds:.2g} s by {bands} mel bands"
    title = f"Score {found.score:.2f}: what it loses without {patch}"
    style_image(lower, title, TIME, FREQUENCY)
    add_colourbar(above, lower, "drop of the score without it")
    return figure
