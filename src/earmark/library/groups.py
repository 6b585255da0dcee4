"""Groups of songs that sound alike, found without anybody's words for them.

Vectors in, a number a song out. The vectors are first turned to the few directions in which songs
differ most (principal components), since in many directions all songs are about equally far from
each other; there HDBSCAN (Campello, Moulavi & Sander 2013) finds where songs lie close together.
In a large library it does so for a sample drawn by chance, and the rest follow the nearest song of
the sample unless that is farther than songs of its group are from each other. Songs between groups
belong to none.

How sure a group is, is its *stability* (Hennig 2007, *Cluster-wise assessment of cluster
stability*): groups are found again among halves of the songs, and the share is taken that a group
and the group most like it have in common (Jaccard's), on average over the halves. Hennig calls
groups over .75 found again and under .5 dissolved.
"""

from dataclasses import dataclass

import numpy as np

from earmark.errors import LibraryError
from earmark.extras import install_command
from earmark.library.turned import turn

DIRECTIONS = 16  # principal components
SAMPLE = 6000  # songs that HDBSCAN sees at once: its time grows with the square
HALVES = 4
LEAST = 10  # songs of a group, unless told
SHARE = 0.01  # of the library that a group has at least, unless told
FARTHEST = 95  # percentile of a group's distances to the next song, up to which others join it
BLOCK = 2048  # songs that are assigned at once
NONE = -1


@dataclass(frozen=True)
class Groups:
    """What was found.

    Attributes
    ----------
    numbers : np.ndarray [shape=(songs,), int64]
        Group of each song from 0 on, the largest first; -1 for none.
    stability : np.ndarray [shape=(groups,), in [0, 1]]
    """

    numbers: np.ndarray
    stability: np.ndarray

    def __len__(self) -> int:
        return len(self.stability)

    def members(self, number: int) -> np.ndarray:
        """Rows of a group's songs, rising."""
        return np.flatnonzero(self.numbers == number)


def find_groups(vectors: np.ndarray, least: int | None = None, seed: int = 0) -> Groups:
    """Group songs by where they lie.

    Parameters
    ----------
    vectors : np.ndarray [shape=(songs, d), float32], each of length 1
    least : int > 1, or None
        Songs that a group has at least; None for ten, or a hundredth of the songs where that is
        more.
    seed : int
        Decides which songs are drawn; the same one gives the same groups.

    Returns
    -------
    Groups

    Raises
    ------
    LibraryError
        scikit-learn is not installed.
    """
    songs = len(vectors)
    least = least or max(LEAST, round(SHARE * songs))
    rng = np.random.default_rng(seed)
    places = turn(vectors, DIRECTIONS)
    sample = np.sort(rng.permutation(songs)[:SAMPLE])
    numbers = _spread(places, sample, _dense(places[sample], _share(least, sample, songs)))
    numbers = _largest_first(numbers, least)
    found = numbers.max(initial=NONE) + 1
    shared = np.zeros((HALVES, found))
    for half in range(HALVES):
        drawn = np.sort(rng.permutation(songs)[: min(SAMPLE, songs) // 2])
        again = _dense(places[drawn], _share(least, drawn, songs))
        shared[half] = _most_alike(numbers[drawn], again, found)
    return Groups(numbers, shared.mean(0))


def _share(least: int, sample: np.ndarray, songs: int) -> int:
    """Songs of a group that a sample holds where the library holds `least`."""
    return max(min(5, least), round(least * len(sample) / songs))


def _dense(places: np.ndarray, least: int) -> np.ndarray:
    """HDBSCAN's group of each song, -1 for none."""
    if len(places) < 2 * least:
        return np.full(len(places), NONE)
    try:
        from sklearn.cluster import HDBSCAN
    except ImportError as error:
        raise LibraryError(f"groups need scikit-learn: {install_command('library')}") from error
    clustering = HDBSCAN(
        min_cluster_size=least,
        min_samples=max(3, min(10, least // 2)),
        algorithm="brute",
        copy=True,
    )
    return clustering.fit_predict(places)


def _spread(places: np.ndarray, sample: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Groups of all songs, from those of a sample."""
    everyone = np.full(len(places), NONE, np.int64)
    everyone[sample] = numbers
    if len(sample) == len(places) or numbers.max(initial=NONE) < 0:
        return everyone
    near = places[sample]
    limits = _limits(near, numbers)
    rest = np.setdiff1d(np.arange(len(places)), sample, assume_unique=True)
    for start in range(0, len(rest), BLOCK):
        block = rest[start : start + BLOCK]
        place, distance = _next(places[block], near)
        everyone[block] = np.where(distance <= limits[place], numbers[place], NONE)
    return everyone


def _limits(places: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """How far from each song of the sample another may be to join it; -1 where none may."""
    limits = np.full(len(places), -1.0, np.float32)
    for number in range(numbers.max() + 1):
        members = np.flatnonzero(numbers == number)
        own = places[members]
        limits[members] = np.percentile(_next(own, own, itself=True)[1], FARTHEST)
    return limits


def _next(
    songs: np.ndarray, others: np.ndarray, itself: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """The nearest of `others` to each song, and how far it is."""
    lengths = (others**2).sum(1)
    place, distance = np.empty(len(songs), np.int64), np.empty(len(songs), np.float32)
    for start in range(0, len(songs), BLOCK):
        block = songs[start : start + BLOCK]
        squares = lengths - 2 * block @ others.T
        if itself:
            squares[np.arange(len(block)), start + np.arange(len(block))] = np.inf
        nearest = squares.argmin(1)
        square = squares[np.arange(len(block)), nearest] + (block**2).sum(1)
        place[start : start + BLOCK] = nearest
        distance[start : start + BLOCK] = np.sqrt(np.maximum(square, 0))
    return place, distance


def _largest_first(numbers: np.ndarray, least: int) -> np.ndarray:
    """Groups numbered by size; those of fewer than `least` songs are none."""
    sizes = np.bincount(numbers[numbers >= 0], minlength=1)
    order = np.argsort(-sizes, kind="stable")
    order = order[sizes[order] >= least]
    new = np.full(len(sizes) + 1, NONE)  # the last stands for -1
    new[order] = np.arange(len(order))
    return new[numbers]


def _most_alike(numbers: np.ndarray, others: np.ndarray, groups: int) -> np.ndarray:
    """For each group the highest share that it has in common with one of the others."""
    count = others.max(initial=NONE) + 1
    if not groups or not count:
        return np.zeros(groups)
    both = np.zeros((groups, count))
    inside = (numbers >= 0) & (others >= 0)
    np.add.at(both, (numbers[inside], others[inside]), 1)
    first = np.bincount(numbers[numbers >= 0], minlength=groups)[:, None]
    second = np.bincount(others[others >= 0], minlength=count)
    return (both / np.maximum(first + second - both, 1)).max(1)
