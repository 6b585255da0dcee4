"""Overlapping frames of a stream of samples: centred, in chunks, in bounded memory.

Frame ``t`` is centred on sample ``t * hop_length``; what lies outside the sound counts as silence.
Arrays of 16 frames stay below 128 KiB, from where on the C library asks the system for fresh memory
each time, which costs more than the arithmetic. A stream keeps only the samples that the next frame
still needs, so memory does not grow with the sound's length.
"""

from collections.abc import Iterable, Iterator

import numpy as np

CHUNK_FRAMES = 16


def frames_stream(
    blocks: Iterable[np.ndarray], length: int, hop: int, most: int = CHUNK_FRAMES
) -> Iterator[np.ndarray]:
    """Frames of a stream of samples.

    Parameters
    ----------
    blocks : iterable of np.ndarray [shape=(n,), float32], of any length
    length : even int > 0, samples of a frame
    hop : int > 0, samples from one frame to the next
    most : int > 0, frames of a chunk

    Yields
    ------
    np.ndarray [shape=(t, length), float32, 1 <= t <= most]
        Read-only views; all chunks together have ``1 + n // hop`` frames.
    """
    edge = np.zeros(length // 2, dtype=np.float32)
    kept = edge
    for block in blocks:
        kept = np.concatenate([kept, np.asarray(block, dtype=np.float32)])
        ready = 1 + (len(kept) - length) // hop
        if ready > 0:
            yield from _chunks(kept, length, hop, most)
            kept = kept[ready * hop :]
    yield from _chunks(np.concatenate([kept, edge]), length, hop, most)


def _chunks(padded: np.ndarray, length: int, hop: int, most: int) -> Iterator[np.ndarray]:
    """Every complete frame in `padded`."""
    count = 1 + (len(padded) - length) // hop
    if count <= 0:
        return
    (step,) = padded.strides
    # The views of sliding_window_view, in half of its time.
    frames = np.lib.stride_tricks.as_strided(
        padded, (count, length), (hop * step, step), writeable=False
    )
    for first in range(0, count, most):
        yield frames[first : first + most]
