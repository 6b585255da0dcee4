"""Sets of files that hold one recording, in whatever encodings.

Two songs pass for one recording as :mod:`earmark.library.recording` says; sets are what such pairs
connect. Songs are looked at in the order of their length, each against those that are about as
long, so that no matrix of all pairs is needed.
"""

import numpy as np

from earmark.library.recording import Recordings, alike, longest_copy

BLOCK = 1024  # songs that are compared with those after them at once


def duplicates(recordings: Recordings) -> list[np.ndarray]:
    """Rows of each set of two files or more, the largest set first, rows rising."""
    parents = np.arange(len(recordings.seconds))
    for first, second in _pairs(recordings):
        _join(parents, first, second)
    roots = np.array([_root(parents, song) for song in range(len(parents))], np.int64)
    order = np.argsort(roots, kind="stable")
    sets = np.split(order, np.flatnonzero(np.diff(roots[order])) + 1)
    return sorted((one for one in sets if len(one) > 1), key=lambda one: (-len(one), one[0]))


def _pairs(recordings: Recordings):
    digests = recordings.digests
    order = np.argsort(digests, kind="stable")
    same = (digests[order][1:] == digests[order][:-1]) & (digests[order][1:] != 0)
    yield from zip(order[:-1][same].tolist(), order[1:][same].tolist(), strict=True)
    order = np.argsort(recordings.seconds, kind="stable")
    vectors, seconds = recordings.vectors[order], recordings.seconds[order]
    for start in range(0, len(order), BLOCK):
        stop = min(start + BLOCK, len(order))
        end = int(np.searchsorted(seconds, longest_copy(seconds[stop - 1]), "right"))
        cosines = vectors[start:stop] @ vectors[start:end].T
        there = alike(cosines, seconds[start:stop, None], seconds[None, start:end])
        for row, column in zip(*np.nonzero(np.triu(there, 1)), strict=True):
            yield int(order[start + row]), int(order[start + column])


def _root(parents: np.ndarray, song: int) -> int:
    while parents[song] != song:
        parents[song] = parents[parents[song]]
        song = parents[song]
    return int(song)


def _join(parents: np.ndarray, first: int, second: int) -> None:
    first, second = sorted((_root(parents, first), _root(parents, second)))
    parents[second] = first
