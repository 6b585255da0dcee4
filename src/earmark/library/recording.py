"""Which songs of a library are one recording in several files, as far as its rows tell.

Two files hold the same recording where their sound is the same to the byte (its digest), or where
they are about equally long and sound alike as only copies of one another do. docs/neighbours.md
tells how often copies look so, and how often others do.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

ALIKE = 0.97  # cosine in the space of the library from which two songs pass for one recording
LONGER = 0.005  # how much longer one may be, as a share, ...
LEAST_LONGER = 1.5  # ... or in seconds: silence at the ends that encoders add or people cut


@dataclass(frozen=True)
class Recordings:
    """What is known of songs to tell one recording from another.

    Attributes
    ----------
    vectors : np.ndarray [shape=(songs, d), float32], each of length 1
    seconds : np.ndarray [shape=(songs,)], how long each is
    digests : np.ndarray [shape=(songs,), int64]
        Equal ones are the same sound to the byte; 0 says nothing.
    """

    vectors: np.ndarray
    seconds: np.ndarray
    digests: np.ndarray

    def same(self, song: int, others: np.ndarray) -> np.ndarray:
        """Whether each of `others` passes for the recording of `song` [shape=(others,), bool]."""
        digest = self.digests[song]
        equal = (self.digests[others] == digest) & bool(digest)
        cosines = self.vectors[others] @ self.vectors[song]
        return equal | alike(cosines, self.seconds[song], self.seconds[others])

    def copies(self, similarities: np.ndarray, seconds: float) -> np.ndarray:
        """Which songs pass for the recording of one outside [shape=(songs,), bool].

        Parameters
        ----------
        similarities : np.ndarray [shape=(songs,)], cosines with it
        seconds : float, how long it is
        """
        return alike(similarities, seconds, self.seconds)

    def distinct(self, order: np.ndarray, n: int, without: Iterable[int] = ()) -> np.ndarray:
        """The first `n` songs of an order, each recording once.

        Parameters
        ----------
        order : np.ndarray [shape=(m,), int]
        n : int >= 0
        without : iterable of int, songs whose recordings are left out too

        Returns
        -------
        np.ndarray [shape=(at most n,), int64]
        """
        taken, chosen = list(without), []
        for song in order:
            if len(chosen) == n:
                break
            if not (taken and self.same(song, np.array(taken)).any()):
                chosen.append(int(song))
                taken.append(int(song))
        return np.array(chosen, np.int64)


def alike(cosines: np.ndarray, seconds: np.ndarray | float, others: np.ndarray) -> np.ndarray:
    """Whether songs pass for one recording by how they sound and how long they are."""
    return (cosines >= ALIKE) & same_long(seconds, others)


def same_long(seconds: np.ndarray | float, others: np.ndarray) -> np.ndarray:
    """Whether songs are so equally long that they may be one recording."""
    room = np.maximum(LEAST_LONGER, LONGER * np.maximum(seconds, others))
    return np.abs(others - seconds) <= room


def longest_copy(seconds: float) -> float:
    """How long a copy of a song of so many seconds may be."""
    return max(seconds + LEAST_LONGER, seconds / (1 - LONGER))
