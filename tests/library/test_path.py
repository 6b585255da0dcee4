"""Ways between songs: small steps, no repeat, two of an artist."""

from collections import Counter

import numpy as np
import pytest
from clouds import cloud

from earmark.library.path import steps, way
from earmark.library.recording import Recordings


def bridge(songs: int = 2000, d: int = 24, seed: int = 0) -> np.ndarray:
    """Songs in a few clouds with some between them, as in a real library."""
    rng = np.random.default_rng(seed)
    vectors, _ = cloud(songs, d, 8, spread=0.8, seed=seed)
    a, b = rng.integers(songs, size=(2, songs // 2))
    share = rng.random((songs // 2, 1), np.float32)
    between = share * vectors[a] + (1 - share) * vectors[b]
    between /= np.linalg.norm(between, axis=1, keepdims=True)
    return np.concatenate([vectors, between])


def farthest(vectors: np.ndarray, song: int) -> int:
    return int(np.argmin(vectors @ vectors[song]))


@pytest.mark.parametrize("seed", range(4))
def test_steps_are_half_of_a_random_order_s_at_most(seed: int) -> None:
    vectors = bridge(seed=seed)
    order = way(vectors, 0, farthest(vectors, 0), 20)
    assert len(order) == len(set(order)) == 20
    rng = np.random.default_rng(seed)
    random = [steps(vectors, rng.permutation(order)).max() for _ in range(20)]
    assert steps(vectors, order).max() <= np.median(random) / 2


def test_two_of_an_artist_with_the_ends() -> None:
    vectors = bridge(300)
    artists = [f"artist {song % 9}" if song % 2 else "" for song in range(len(vectors))]
    end = farthest(vectors, 1)
    order = way(vectors, 1, end, 25, artist=artists.__getitem__)
    assert (order[0], order[-1], len(order)) == (1, end, 25)
    names = Counter(artists[song] for song in order)
    del names[""]
    assert names and max(names.values()) <= 2


def test_a_big_artist_does_not_stop_it() -> None:
    vectors, which = cloud(3000, 24, 2, spread=0.5)
    start, end = np.flatnonzero(which == 0)[0], np.flatnonzero(which == 1)[0]
    # All but forty songs are one artist's.
    order = way(vectors, start, end, 20, artist=lambda song: "" if song % 75 == 0 else "all")
    assert len(order) == 20


def test_no_recording_twice() -> None:
    songs = bridge(200)
    vectors = np.concatenate([songs, songs])
    half = len(songs)
    digests = 1 + np.arange(2 * half) % half
    recordings = Recordings(vectors, np.full(2 * half, 60.0) + np.arange(2 * half), digests)
    order = way(vectors, 0, farthest(vectors, 0), 40, recordings=recordings)
    assert len({song % half for song in order}) == len(order) == 40


def test_as_many_as_there_are() -> None:
    vectors, _ = cloud(12, 8, 3)
    assert sorted(way(vectors, 3, 5, 20)) == list(range(12))
    among = np.zeros(12, bool)
    among[7] = True
    assert way(vectors, 3, 5, 20, among=among).tolist() == [3, 7, 5]
    assert way(vectors, 3, 5, 20, among=np.zeros(12, bool)).tolist() == [3, 5]


def test_from_a_song_to_its_like_or_its_opposite() -> None:
    vectors, _ = cloud(50, 8, 3)
    vectors[1], vectors[2] = vectors[0], -vectors[0]
    assert len(way(vectors, 0, 1, 10)) == 10
    assert len(way(vectors, 0, 2, 10)) == 10
