"""Long silences within a sound do not count for its tags: what sounds is what is tagged.

In: how many new frames each window holds, and where the sound is silent. Out: the frames that
count, and a sentence. Pauses within music are music, so a short silence counts as ever.
"""

from collections.abc import Sequence

import numpy as np

PAUSE_SECONDS = 10.0  # a silence this long is no part of a song
EDGE_SECONDS = 1e-3  # by which the ends of a silence and of the sound may differ

Stretches = Sequence[Sequence[float]]


def long_pauses(silences: Stretches, seconds: float) -> list[tuple[float, float]]:
    """The silences that do not count; none where nothing sounds at all.

    Parameters
    ----------
    silences : sequence of (float, float), from which second to which
    seconds : float, length of the sound
    """
    pauses = [(start, end) for start, end in silences if end - start >= PAUSE_SECONDS]
    silent = sum(end - start for start, end in silences)
    return pauses if silent < seconds - EDGE_SECONDS else []


def counting_frames(
    new: Sequence[int], hop: float, pauses: Stretches, seconds: float
) -> np.ndarray:
    """How many frames of each window count: its new ones that lie in no long pause.

    Parameters
    ----------
    new : sequence of int, frames of each window that no earlier one held
    hop : float, seconds from one frame to the next
    pauses : sequence of (float, float), as :func:`long_pauses` gives them
    seconds : float, length of the sound

    Returns
    -------
    np.ndarray [shape=(windows,)], `new` itself where there is no pause or nothing would count
    """
    counts = np.array(new)
    ends = np.cumsum(counts)
    starts, left = ends - counts, counts
    for start, end in pauses:
        first = np.ceil(start / hop)
        last = np.ceil(end / hop) if end < seconds - EDGE_SECONDS else np.inf
        left = left - np.maximum(0, np.minimum(ends, last) - np.maximum(starts, first))
    return left if left.sum() > 0 else counts


def pauses_sentence(pauses: Stretches, seconds: float) -> str:
    """What is silent, as ``the last 120 seconds are silent and do not count``."""
    length = f"{sum(end - start for start, end in pauses):.0f} seconds"
    if len(pauses) == 1 and pauses[0][1] >= seconds - EDGE_SECONDS:
        return f"the last {length} are silent and do not count"
    if len(pauses) == 1 and pauses[0][0] <= EDGE_SECONDS:
        return f"the first {length} are silent and do not count"
    return f"{length} of it are silent and do not count"
