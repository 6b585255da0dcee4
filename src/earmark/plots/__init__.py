"""Pictures of sounds, data and results: plain data in, a matplotlib figure out.

Each picture is a function in a file of its own, and all of them stand here. They need the extra
``plots``; matplotlib loads with the first picture. Figures are made without pyplot, so they are
safe in servers and threads; :func:`save` writes them as PNG, SVG or PDF.

>>> from earmark import plots
>>> plots.save(plots.waveform("song.mp3"), "song.png")  # doctest: +SKIP
"""

from earmark.plots.captured import captured_bars
from earmark.plots.categories import category_bars
from earmark.plots.common import common_tags
from earmark.plots.confusion import confusion_map
from earmark.plots.cooccurrence import cooccurrence
from earmark.plots.curves import roc_pr
from earmark.plots.feature_maps import feature_maps
from earmark.plots.features import feature
from earmark.plots.filters import filters
from earmark.plots.gallery import examples, spectrogram_samples
from earmark.plots.learning import learning_curves
from earmark.plots.library_map import library_map
from earmark.plots.melspectrogram import melspectrogram
from earmark.plots.reliability import reliability_diagram
from earmark.plots.saliency import saliency
from earmark.plots.saving import rendered, save
from earmark.plots.taggram import taggram
from earmark.plots.taste import taste_bars
from earmark.plots.top_k import top_k_comparison, top_k_curve
from earmark.plots.waveform import waveform

__all__ = [
    "captured_bars",
    "category_bars",
    "common_tags",
    "confusion_map",
    "cooccurrence",
    "examples",
    "feature",
    "feature_maps",
    "filters",
    "learning_curves",
    "library_map",
    "melspectrogram",
    "reliability_diagram",
    "rendered",
    "roc_pr",
    "saliency",
    "save",
    "spectrogram_samples",
    "taggram",
    "taste_bars",
    "top_k_comparison",
    "top_k_curve",
    "waveform",
]
