"""A way from one song to another in small steps: the order of a playlist.

Between the two songs lie points on the shortest way; the songs near those points are candidates,
and a beam search (Lowerre 1976, *The HARPY speech recognition system*) picks one for each point so
that the steps are small: it keeps the best few beginnings of a playlist and tries every candidate
as the next song of each. The cost of a step is its length to the fourth power, so that one long
step costs more than several short ones of the same total.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from earmark.library.recording import Recordings
from earmark.library.similar import highest

CANDIDATES = 64  # songs that are tried for each place of the playlist
LOOKED_AT = 16 * CANDIDATES  # the nearest ones, of which these are chosen
BEAM = 48  # beginnings kept
OF_A_LAST_SONG = 4  # kept beginnings that end with the same song
POWER = 4  # of a step's length, which is one less the cosine
STRAY = 0.02  # what a song's distance from its point on the way counts, as a share of a step
OF_AN_ARTIST = 2


@dataclass(frozen=True)
class _Beginning:
    """The first songs of a playlist, and what their steps cost."""

    songs: tuple[int, ...]
    cost: float = 0.0


@dataclass(frozen=True)
class _Rules:
    """What a playlist must not do."""

    artist: Callable[[int], str]
    recordings: Recordings | None

    def allow(self, songs: tuple[int, ...], song: int) -> bool:
        """Whether a playlist that holds `songs` may hold `song` too."""
        name = self.artist(song)
        if name and sum(self.artist(other) == name for other in songs) >= OF_AN_ARTIST:
            return False
        if song in songs:
            return False
        return self.recordings is None or not self.recordings.same(song, np.array(songs)).any()


def way(
    vectors: np.ndarray,
    start: int,
    end: int,
    length: int,
    *,
    artist: Callable[[int], str] | None = None,
    recordings: Recordings | None = None,
    among: np.ndarray | None = None,
) -> np.ndarray:
    """Songs from `start` to `end`, near ones side by side.

    Parameters
    ----------
    vectors : np.ndarray [shape=(songs, d), float32], each of length 1
    start, end : int, rows
    length : int > 1, songs, with the first and the last
    artist : callable, row -> name, or None
        At most two of an artist are taken; "" is nobody. It is asked only for songs that may come.
    recordings : Recordings or None
        With it no recording is there twice.
    among : np.ndarray [shape=(songs,), bool] or None
        Rows that may lie between; None for all.

    Returns
    -------
    np.ndarray [shape=(at most length,), int64]
        Fewer than `length` where too few songs may lie between.
    """
    rules = _Rules(cache(artist or (lambda _: "")), recordings)
    free = np.ones(len(vectors), bool) if among is None else among.copy()
    free[[start, end]] = False
    beginnings = [_Beginning((start,))]
    for point in _points(vectors[start], vectors[end], length)[1:-1]:
        candidates = _candidates(vectors, point, free, rules, (start, end))
        if len(candidates):
            beginnings = _longer(beginnings, candidates, vectors, point, end, rules)

    def whole(beginning: _Beginning) -> float:
        return beginning.cost + steps(vectors, [beginning.songs[-1], end])[0] ** POWER

    longest = max(len(beginning.songs) for beginning in beginnings)
    best = min((one for one in beginnings if len(one.songs) == longest), key=whole)
    return np.array([*best.songs, end], np.int64)


def steps(vectors: np.ndarray, order: np.ndarray | list[int]) -> np.ndarray:
    """How far each song of an order is from the one before: 1 less the cosine.

    Parameters
    ----------
    vectors : np.ndarray [shape=(songs, d), float32], each of length 1
    order : rows

    Returns
    -------
    np.ndarray [shape=(len(order) - 1,), in [0, 2]]
    """
    songs = vectors[np.asarray(order)]
    return 1 - (songs[1:] * songs[:-1]).sum(1)


def _points(start: np.ndarray, end: np.ndarray, length: int) -> np.ndarray:
    """Points on the great circle between two vectors, at equal steps [shape=(length, d)]."""
    angle = float(np.arccos(np.clip(start @ end, -1, 1)))
    shares = np.linspace(0, 1, length)[:, None]
    if np.sin(angle) < 1e-3:  # one point, or opposite ones: then the straight line has to do
        return ((1 - shares) * start + shares * end).astype(np.float32)
    first, last = np.sin((1 - shares) * angle), np.sin(shares * angle)
    return ((first * start + last * end) / np.sin(angle)).astype(np.float32)


def _candidates(
    vectors: np.ndarray,
    point: np.ndarray,
    free: np.ndarray,
    rules: _Rules,
    ends: tuple[int, int],
) -> np.ndarray:
    """Songs near a point that may stand beside both ends, so many of an artist as are allowed."""
    near = np.where(free, vectors @ point, -np.inf)
    chosen: list[int] = []
    artists: Counter[str] = Counter()
    for song in highest(near, min(LOOKED_AT, int(free.sum()))).tolist():
        name = rules.artist(song)
        if artists[name] >= 2 * OF_AN_ARTIST and name:
            continue
        if rules.allow(ends, song):
            artists[name] += 1
            chosen.append(song)
        if len(chosen) == CANDIDATES:
            break
    return np.array(chosen, np.int64)


def _longer(
    beginnings: list[_Beginning],
    candidates: np.ndarray,
    vectors: np.ndarray,
    point: np.ndarray,
    end: int,
    rules: _Rules,
) -> list[_Beginning]:
    """The best beginnings with one song more; those there were where no song may follow."""
    last = vectors[[beginning.songs[-1] for beginning in beginnings]]
    songs = vectors[candidates]
    far = np.maximum(0, 1 - last @ songs.T)
    stray = np.maximum(0, 1 - songs @ point)
    costs = np.array([beginning.cost for beginning in beginnings])[:, None]
    costs = costs + far**POWER + STRAY * stray**POWER
    longer: list[_Beginning] = []
    ends: Counter[int] = Counter()
    for place in np.argsort(costs, axis=None, kind="stable"):
        row, column = divmod(int(place), len(candidates))
        song, before = int(candidates[column]), beginnings[row].songs
        if ends[song] < OF_A_LAST_SONG and rules.allow((*before, end), song):
            ends[song] += 1
            longer.append(_Beginning((*before, song), float(costs[row, column])))
        if len(longer) == BEAM:
            break
    return longer or beginnings
