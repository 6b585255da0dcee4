"""A sound of any length in, a picture of bounded size out: peaks and log-mel for a page to draw.

Columns are kept until there are twice as many as wanted, then neighbours are joined, so memory does
not grow with the sound: the largest of two peaks, the mean of two log-mel columns.
"""

import base64
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from earmark.sound import FrontEnd, melspectrogram_stream
from earmark.tagging import Tagging

COLUMNS = 1200
ROWS = 24  # of a taggram
PEAK_RATE = 100  # peaks a second, before any are joined
PICTURE = FrontEnd(sample_rate=16000, n_fft=1024, hop_length=1024, n_mels=64)


class Columns:
    """Columns that come one after the other, joined in pairs where they become too many."""

    def __init__(self, most: int, join) -> None:
        self._most, self._join = most, join
        self._kept: list[np.ndarray] = []
        self._rest: list[np.ndarray] = []
        self._step = 1

    def add(self, column: np.ndarray) -> None:
        """One more."""
        self._rest.append(column)
        if len(self._rest) < self._step:
            return
        self._kept.append(self._join(np.stack(self._rest)))
        self._rest = []
        if len(self._kept) == 2 * self._most:
            stack = np.stack(self._kept)
            pairs = stack.reshape(self._most, 2, *stack.shape[1:])
            self._kept = [self._join(pair) for pair in pairs]
            self._step *= 2

    def array(self) -> np.ndarray:
        """All columns [shape=(n, ...)], n < 2 * most."""
        rest = [self._join(np.stack(self._rest))] if self._rest else []
        return np.stack([*self._kept, *rest]) if self._kept or rest else np.zeros((0, 1))


class Peaks:
    """Largest absolute samples of a sound, as blocks pass by."""

    def __init__(self, sample_rate: int) -> None:
        self._size = sample_rate // PEAK_RATE
        self._columns = Columns(COLUMNS, lambda pair: pair.max(axis=0))
        self._rest = np.zeros(0, np.float32)

    def watch(self, blocks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """The same blocks."""
        for block in blocks:
            samples = np.abs(np.concatenate([self._rest, block]))
            whole = len(samples) // self._size * self._size
            for peak in samples[:whole].reshape(-1, self._size).max(axis=1):
                self._columns.add(peak)
            self._rest = samples[whole:]
            yield block

    def list(self) -> list[float]:
        """Peaks in [0, 1], rounded for JSON."""
        return np.clip(self._columns.array(), 0, 1).round(3).ravel().tolist()


def draw(blocks: Iterable[np.ndarray]) -> dict[str, Any]:
    """Peaks and a log-mel picture.

    Parameters
    ----------
    blocks : iterable of np.ndarray [shape=(n,), float32] at ``PICTURE.sample_rate``

    Returns
    -------
    dict
        ``peaks`` list of floats in [0, 1]; ``mel`` with ``bands``, ``columns`` and ``data``, base64
        of bytes (columns x bands, lowest band first, 255 the loudest).
    """
    peaks = Peaks(PICTURE.sample_rate)
    mels = Columns(COLUMNS, lambda pair: pair.mean(axis=0))
    for frames in melspectrogram_stream(peaks.watch(blocks), PICTURE):
        for frame in frames:
            mels.add(frame)
    picture = mels.array()
    top = float(picture.max(initial=0.0)) or 1.0
    grey = np.clip(picture / top * 255, 0, 255).astype(np.uint8)
    data = base64.b64encode(grey.tobytes()).decode()
    mel = {"bands": int(grey.shape[1]), "columns": int(grey.shape[0]), "data": data}
    return {"peaks": peaks.list(), "mel": mel}


def taggram(tagging: Tagging) -> dict[str, Any]:
    """The timeline of the tags that matter, of bounded size.

    Returns
    -------
    dict
        ``tags``, at most ``ROWS``: those shown for the whole, then those that are over their
        threshold in some window, the clearest first; ``columns``, at most ``COLUMNS``, of equal
        length; ``data``, base64 of bytes (columns x tags): 128 is the tag's threshold.
    """
    scores, names = tagging.timeline.scores, tagging.vocabulary.names
    over = scores / np.maximum(tagging.thresholds, 1e-6)
    clearest = np.argsort(-over.max(axis=0), kind="stable")
    heard = [names[i] for i in clearest if over[:, i].max() >= 1]
    groups = {tagging.vocabulary.group(tag) for tag in tagging.tags()}
    more = [tag for tag in heard if tagging.vocabulary.group(tag) not in groups]
    tags = [*tagging.tags(), *more][:ROWS]
    columns = min(COLUMNS, len(over))
    edges = np.linspace(0, len(over), columns + 1).astype(int)
    places = [tagging.vocabulary.index(tag) for tag in tags]
    strength = over[:, places] / (over[:, places] + 1)  # a half at the threshold
    joined = np.maximum.reduceat(strength, edges[:-1], axis=0) if tags else strength[:columns]
    data = np.clip(joined * 256, 0, 255).astype(np.uint8)
    return {"tags": tags, "columns": columns, "data": base64.b64encode(data.tobytes()).decode()}
