"""From a file to log-mel frames, streaming: decode any sound, resample, mel-spectrogram."""

from earmark.sound.decode import SoundStream, decode
from earmark.sound.melspectrogram import FrontEnd, melspectrogram, melspectrogram_stream
from earmark.sound.samples import Samples

__all__ = [
    "FrontEnd",
    "Samples",
    "SoundStream",
    "decode",
    "melspectrogram",
    "melspectrogram_stream",
]
