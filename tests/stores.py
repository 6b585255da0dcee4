"""What the tests of the store have in common: kinds of feature, sounds, and what is stored of them.

Every sound of a folder is different, so that no test passes with the features of another.
"""

from pathlib import Path

import numpy as np
from sounds import music, write

from earmark.datasets.store import Waveform
from earmark.sound import FrontEnd, decode, melspectrogram

MEL = FrontEnd(sample_rate=16000, n_fft=1024, hop_length=512, n_mels=96)
OTHER = FrontEnd(sample_rate=12000, n_fft=1024, hop_length=512, n_mels=48)
WAVES = Waveform(16000)


def sounds(folder: Path, count: int, seconds: float = 1.0) -> list[str]:
    """Files of `seconds`, and a little more each, from different places of one piece."""
    folder.mkdir(exist_ok=True)
    piece, files = music(seconds + 1, 16000), []
    for i in range(count):
        first, length = 160 * (i % 50), round(16000 * seconds) + 512 * (i % 3)
        files.append(str(write(folder / f"{i}.wav", piece[first : first + length], 16000)))
    return files


def samples(file: str) -> np.ndarray:
    """The whole sound at 16 kHz."""
    return np.concatenate(list(decode(file, 16000)))


def features(file: str) -> np.ndarray:
    """Log-mel frames of the whole sound."""
    return melspectrogram(samples(file), MEL)


def assert_stored(store, files: list[str]) -> None:
    """Each file's own frames are there."""
    for file, entry in zip(files, store.find_all(files), strict=True):
        np.testing.assert_allclose(store.read(entry), features(file), rtol=2**-10, atol=1e-4)
