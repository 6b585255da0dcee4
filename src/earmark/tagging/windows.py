"""Cut a stream of log-mel frames into the windows that a network hears."""

from collections.abc import Iterable, Iterator

import numpy as np

LEAST_SHARE = 0.05  # a rest shorter than this share of a window is not worth a window of its own


def cut_windows(chunks: Iterable[np.ndarray], frames: int) -> Iterator[tuple[np.ndarray, int]]:
    """Windows side by side; the last one reaches back so that it is whole.

    A sound shorter than one window is repeated until it fills one.

    Parameters
    ----------
    chunks : iterable of np.ndarray [shape=(t, bands), float32]
    frames : int > 0, length of a window

    Yields
    ------
    window : np.ndarray [shape=(frames, bands), float32]
    new : int, frames of the window that no earlier one held
    """
    last, rest = None, None
    for chunk in chunks:
        rest = chunk if rest is None else np.concatenate([rest, chunk])
        while len(rest) >= frames:
            last, rest = rest[:frames], rest[frames:]
            yield last, frames
    if rest is None:
        return
    if last is None:
        yield np.resize(rest, (frames, rest.shape[1])), len(rest)
    elif len(rest) > LEAST_SHARE * frames:
        yield np.concatenate([last, rest])[-frames:], len(rest)


def batched(
    windows: Iterable[tuple[np.ndarray, int]], size: int
) -> Iterator[tuple[np.ndarray, list[int]]]:
    """Windows in stacks of at most `size`, with the new frames of each."""
    stack, new = [], []
    for window, count in windows:
        stack.append(window)
        new.append(count)
        if len(stack) == size:
            yield np.stack(stack), new
            stack, new = [], []
    if stack:
        yield np.stack(stack), new
