"""Streams of frames side by side, whichever of them lags behind."""

from collections.abc import Iterator, Sequence

import numpy as np

from earmark.sound.frames import CHUNK_FRAMES


def abreast(streams: Sequence[Iterator[np.ndarray]]) -> Iterator[np.ndarray]:
    """Streams of chunks joined along the band axis, until the first of them ends.

    Parameters
    ----------
    streams : sequence of iterators of np.ndarray [shape=(t, bands)], each with chunks of its own

    Yields
    ------
    np.ndarray [shape=(t, all bands), t >= 1]
    """
    rests = [np.zeros((0, 0), np.float32)] * len(streams)
    while True:
        for place, stream in enumerate(streams):
            while len(rests[place]) < CHUNK_FRAMES and (more := next(stream, None)) is not None:
                rests[place] = np.concatenate([rests[place], more]) if len(rests[place]) else more
        ready = min(map(len, rests))
        if not ready:
            return
        yield np.concatenate([rest[:ready] for rest in rests], axis=1)
        rests = [rest[ready:] for rest in rests]
