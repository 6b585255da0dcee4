"""What every reader of sounds offers, whichever library is behind it."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np


class Reader(Protocol):
    """A sound that is open; a reader may also have ``unfinished`` and ``damaged``.

    Attributes
    ----------
    declared_seconds : float or None
        How long the file says it is; None where it does not say.
    complete : bool
        After reading: whether the whole promised sound came, with nothing left behind it.
    lost_seconds : float
        Sound within the file that could not be decoded.
    findings : list of str
        What else is to be said, each a warning.
    """

    declared_seconds: float | None
    complete: bool
    lost_seconds: float
    findings: list[str]

    def blocks(self) -> Iterator[tuple[np.ndarray, int]]:
        """Samples [shape=(n, channels)] and their rate; UnreadableError at a damaged place."""
        ...

    def close(self) -> None:
        """Close what is open."""
        ...
