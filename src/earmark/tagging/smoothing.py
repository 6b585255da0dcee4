"""From a strength that flickers to passages that begin and end: median, then hysteresis.

The median of a second and a half takes single doubtful rows away and leaves edges where they are
(Tukey 1977, *Exploratory Data Analysis*). Hysteresis lets a passage begin where the strength
reaches one bound and end only where it falls below a lower one (Schmitt 1938, *A thermionic
trigger*). docs/time.md has the measurement beside other ways.
"""

import numpy as np

MEDIAN_SECONDS = 1.5
ON, OFF = 0.5, 0.45  # strengths at which a passage begins and ends


def median_filtered(values: np.ndarray, length: int) -> np.ndarray:
    """Running median of an odd number of values; at the ends of as many as there are.

    Parameters
    ----------
    values : np.ndarray [shape=(n,)]
    length : odd int > 0
    """
    half = length // 2
    if half < 1 or not len(values):
        return values
    padded = np.pad(values.astype(np.float32), half, constant_values=np.nan)
    return np.nanmedian(np.lib.stride_tricks.sliding_window_view(padded, length), axis=1)


def held(strengths: np.ndarray, on: float = ON, off: float = OFF) -> np.ndarray:
    """Whether each row belongs to a passage.

    Parameters
    ----------
    strengths : np.ndarray [shape=(n,), in [0, 1]]
    on, off : float, off <= on
        From `on` a passage begins, and reaches back and forth as long as it is at least `off`.

    Returns
    -------
    np.ndarray [shape=(n,), bool]
    """
    able = strengths >= off
    starts, ends = edges(able)
    inside = np.zeros(len(strengths), bool)
    for start, end in zip(starts, ends, strict=True):
        if (strengths[start:end] >= on).any():
            inside[start:end] = True
    return inside


def edges(inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First row of each run of True, and the row after its last."""
    steps = np.diff(np.concatenate([[0], inside.astype(np.int8), [0]]))
    return np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
