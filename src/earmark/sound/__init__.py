"""From a file to log-mel frames, streaming: decode any sound, resample, mel-spectrogram."""

from earmark.sound.decode import SoundStream, decode
from earmark.sound.melspectrogram import FrontEnd, melspectrogram, melspectrogram_stream
from earmark.sound.samples import Samples, as_sound

__all__ = [
    "FrontEnd",
    "Samples",
    "SoundStream",
    "as_sound",
    "decode",
    "melspectrogram",
    "melspectrogram_stream",
]
