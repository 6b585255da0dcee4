"""Windows of training tracks as the tagger cuts them: what an 8-bit network's ranges come from.

In: the decoded corpus and what a network hears. Out: a window each of some training tracks. They
are cut from sound, so networks of any front end and of any length of window can be given theirs.
"""

import numpy as np
import soxr

from earmark.sound.features import features
from earmark.sound.melspectrogram import FrontEnd
from earmark.tagging.windows import cut_windows
from earmark.training.export.quantise import WINDOWS
from workshop.corpus import SAMPLE_RATE, Corpus

Windows = tuple[np.ndarray, np.ndarray]  # of a sound, and how many frames of each are new


def sound_windows(corpus: Corpus, row: int, front_end: FrontEnd, frames: int) -> Windows:
    """The windows of a file as the tagger cuts them.

    Returns
    -------
    mels : np.ndarray [shape=(windows, frames, bands), float32]
    new : np.ndarray [shape=(windows,), int], frames of each that no window before has
    """
    samples = corpus.samples(row).astype(np.float32) / 32768
    samples = soxr.resample(samples, SAMPLE_RATE, front_end.sample_rate)
    mels, new = zip(*cut_windows([features(samples, front_end)], frames), strict=True)
    return np.stack(mels), np.array(new)


def range_windows(corpus: Corpus, front_end: FrontEnd, frames: int, seed: int) -> np.ndarray:
    """A random window each of up to 256 random tracks of the train split.

    Returns
    -------
    np.ndarray [shape=(n, frames, bands), float32]
    """
    rng = np.random.default_rng(seed)
    train = rng.permutation(np.flatnonzero(corpus.column("split") == "train"))[:WINDOWS]
    return np.stack([rng.choice(sound_windows(corpus, row, front_end, frames)[0]) for row in train])
