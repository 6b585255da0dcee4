"""The nearest songs: the same as by looking at each, and no recording twice."""

import numpy as np
import pytest
from clouds import cloud

from earmark.library.recording import Recordings
from earmark.library.similar import nearest


def brute(vectors: np.ndarray, query: int, n: int) -> list[int]:
    """By sorting everything in double precision."""
    cosines = vectors.astype(np.float64) @ vectors[query].astype(np.float64)
    return [song for song in np.argsort(-cosines, kind="stable") if song != query][:n]


@pytest.mark.parametrize("query", [0, 7, 4999])
def test_exact(query: int) -> None:
    vectors, _ = cloud(5000, 48, 20)
    found = nearest(vectors, vectors[query], 10, leave_out=[query])
    assert found.places.tolist() == brute(vectors, query, 10)
    assert (np.diff(found.similarities) <= 0).all()
    assert found.similarities[0] == pytest.approx(vectors[found.places[0]] @ vectors[query])


def test_fewer_songs_than_wanted() -> None:
    vectors, _ = cloud(6, 4, 2)
    assert len(nearest(vectors, vectors[0], 10, leave_out=[0])) == 5
    assert len(nearest(vectors[:1], vectors[0], 3, leave_out=[0])) == 0
    assert len(nearest(vectors, vectors[0], 3, among=np.zeros(6, bool))) == 0


def test_among_some() -> None:
    vectors, _ = cloud(500, 16, 5)
    among = np.arange(500) % 3 == 0
    found = nearest(vectors, vectors[1], 20, among=among)
    assert among[found.places].all()
    assert found.places.tolist() == [s for s in brute(vectors, 1, 499) if among[s]][:20]


def test_of_equals_the_earlier_comes_first() -> None:
    vectors = np.tile(np.eye(2, dtype=np.float32), (50, 1))
    assert nearest(vectors, vectors[0], 3).places.tolist() == [0, 2, 4]


def test_a_recording_is_there_once() -> None:
    rng = np.random.default_rng(0)
    songs, _ = cloud(400, 32, 400, spread=0.7)
    # Each song as it is, as a copy to the byte, and as a worse encoding, 20 times for the query.
    worse = songs + 0.002 * rng.standard_normal(songs.shape, np.float32)
    worse /= np.linalg.norm(worse, axis=1, keepdims=True)
    vectors = np.concatenate([songs, songs, worse, np.repeat(worse[:1], 20, axis=0)])
    seconds = np.concatenate([np.tile(100 + np.arange(400.0), 3), np.full(20, 101.0)])
    which = np.concatenate([np.tile(np.arange(400), 3), np.zeros(20, int)])
    digests = which + 1
    digests[800:] = 0
    recordings = Recordings(vectors, seconds, digests)
    found = nearest(vectors, vectors[0], 10, recordings=recordings, leave_out=[0])
    assert sorted(which[found.places]) == sorted(set(which[found.places]))
    assert set(which[found.places]) == set(brute(songs, 0, 10))


def test_a_longer_recording_is_another() -> None:
    vectors = np.ones((3, 1), np.float32)
    recordings = Recordings(vectors, np.array([100.0, 101.0, 130.0]), np.zeros(3, np.int64))
    found = nearest(vectors, vectors[0], 3, recordings=recordings, leave_out=[0])
    assert found.places.tolist() == [2]


def test_copies_of_a_song_outside_are_left_out() -> None:
    vectors, _ = cloud(100, 16, 100, spread=0.7)
    recordings = Recordings(vectors, np.full(100, 200.0), np.zeros(100, np.int64))
    found = nearest(vectors, vectors[5], 3, recordings=recordings, seconds=200.4)
    assert found.places.tolist() == brute(vectors, 5, 3)
    found = nearest(vectors, vectors[5], 3, recordings=recordings, seconds=100)
    assert found.places[0] == 5
