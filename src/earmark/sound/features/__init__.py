"""Features of a sound besides the log-mel spectrogram, streaming, a file each.

Each has a function of a whole sound and a ``*_stream`` of its blocks, with the frames of
:func:`earmark.sound.melspectrogram`, so that they can stand side by side.
"""

from earmark.sound.features.beat_histogram import (
    beat_histogram,
    beat_histogram_stream,
    mean_beat_histogram,
)
from earmark.sound.features.chroma import chroma, chroma_stream
from earmark.sound.features.chroma_cqt import chroma_cqt, chroma_cqt_stream
from earmark.sound.features.contrast import contrast, contrast_stream
from earmark.sound.features.hpss import hpss, hpss_stream
from earmark.sound.features.mfcc import mfcc, mfcc_stream
from earmark.sound.features.onset import onset, onset_stream
from earmark.sound.features.stack import feature_stream, features, features_stream
from earmark.sound.features.tempogram import tempogram, tempogram_stream

__all__ = [
    "beat_histogram",
    "beat_histogram_stream",
    "chroma",
    "chroma_cqt",
    "chroma_cqt_stream",
    "chroma_stream",
    "contrast",
    "contrast_stream",
    "feature_stream",
    "features",
    "features_stream",
    "hpss",
    "hpss_stream",
    "mean_beat_histogram",
    "mfcc",
    "mfcc_stream",
    "onset",
    "onset_stream",
    "tempogram",
    "tempogram_stream",
]
