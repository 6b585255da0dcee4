"""Ogg Vorbis by libsndfile, since FFmpeg's own encoder knows stereo only and is a weak one."""

from pathlib import Path

import numpy as np

from earmark.media.encoder import Sound, samples_of

# Bits a second of a channel at 44.1 kHz for qualities 0, .1, ... 1 (the format's usual steps).
BIT_RATES = np.array([32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 250]) * 1000.0
PIECE = 2048  # samples at once; libsndfile overflows its stack with many


class VorbisFile:
    """An .ogg file that takes frames, as a stream of a container and as the container.

    Parameters
    ----------
    path : Path
    sound : Sound, of the codec "vorbis"
    """

    def __init__(self, path: Path, sound: Sound) -> None:
        import soundfile

        quality = 0.4
        if sound.bit_rate:
            rate = sound.bit_rate / sound.channels * 44100 / sound.rate
            quality = float(np.interp(rate, BIT_RATES, np.linspace(0, 1, len(BIT_RATES))))
        self.layout, self.channels = sound.layout, sound.channels
        self._file = soundfile.SoundFile(
            path,
            "w",
            sound.rate,
            sound.channels,
            subtype="VORBIS",
            format="OGG",
            compression_level=1 - quality,
        )

    def encode(self, frame) -> list:
        """Write a frame; None ends the file."""
        if frame is None:
            self._file.close()
            return []
        samples = samples_of(frame).T.astype(np.float32)
        for first in range(0, len(samples), PIECE):
            self._file.write(samples[first : first + PIECE])
        return []

    def mux(self, packets: list) -> None:
        """Nothing to do; what was encoded is written."""

    def close(self) -> None:
        """Close the file, also where nothing was written."""
        self._file.close()
