"""Groups: found where songs lie together, the same each time, and sure where they are."""

import numpy as np
import pytest
from clouds import cloud

from earmark.library import groups
from earmark.library.groups import find_groups
from earmark.library.turned import turn


def agreement(numbers: np.ndarray, truth: np.ndarray) -> float:
    """Share of grouped songs whose group is mostly of their own centre."""
    grouped = numbers >= 0
    right = sum(np.bincount(truth[numbers == number]).max() for number in range(numbers.max() + 1))
    return right / grouped.sum()


def test_clouds_are_found_and_sure() -> None:
    vectors, truth = cloud(700, 64, 6, spread=0.4)
    found = find_groups(vectors)
    assert len(found) == 6
    assert agreement(found.numbers, truth) > 0.99
    assert (found.numbers >= 0).mean() > 0.9
    assert (found.stability > 0.8).all()
    sizes = [len(found.members(number)) for number in range(6)]
    assert sizes == sorted(sizes, reverse=True)


def test_the_same_each_time() -> None:
    vectors, _ = cloud(400, 32, 4, spread=0.7)
    first, again = find_groups(vectors, seed=3), find_groups(vectors, seed=3)
    assert (first.numbers == again.numbers).all()
    assert (first.stability == again.stability).all()


def test_where_there_are_none_there_is_nothing_sure() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((600, 16), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = find_groups(vectors)
    assert not len(found) or found.stability.max() < 0.5


@pytest.mark.parametrize("songs", [1, 3, 12])
def test_few_songs(songs: int) -> None:
    vectors, _ = cloud(songs, 8, 1)
    found = find_groups(vectors)
    assert len(found.numbers) == songs
    assert (found.numbers == -1).all() and len(found) == 0


def test_songs_outside_the_sample_join_their_like(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "SAMPLE", 500)
    vectors, truth = cloud(3000, 64, 5, spread=0.4)
    rng = np.random.default_rng(1)
    strange = rng.standard_normal((100, 64), np.float32)
    strange /= np.linalg.norm(strange, axis=1, keepdims=True)
    found = find_groups(np.concatenate([vectors, strange]))
    assert (found.stability > 0.5).sum() == 5
    assert agreement(found.numbers[:3000], truth) > 0.99
    assert (found.numbers[:3000] >= 0).mean() > 0.85
    sure = np.flatnonzero(found.stability > 0.5)
    assert np.isin(found.numbers[3000:], sure).mean() < 0.1


def test_who_is_far_from_a_group_does_not_join_it() -> None:
    rng = np.random.default_rng(0)
    places = rng.standard_normal((62, 2), np.float32) / 10
    places[30:60] += 5
    places[60:] = [[0.02, 0], [2, 2]]
    numbers = groups._spread(places, np.arange(60), np.repeat([0, 1], 30))
    assert numbers[60:].tolist() == [0, -1]


def test_least_is_kept() -> None:
    vectors, truth = cloud(600, 32, 4, spread=0.3)
    few = np.concatenate([np.flatnonzero(truth != 0), np.flatnonzero(truth == 0)[:30]])
    assert len(find_groups(vectors[few], least=20)) == 4
    found = find_groups(vectors[few], least=60)
    assert len(found) == 3
    assert min(len(found.members(number)) for number in range(3)) >= 60


def test_small_groups_where_they_are_wanted() -> None:
    vectors, truth = cloud(40, 32, 10, spread=0.1)
    found = find_groups(vectors, least=3)
    wanted = [number for number in range(10) if (truth == number).sum() >= 3]
    assert len(found) == len(wanted) and agreement(found.numbers, truth) > 0.95


def test_turning_keeps_the_directions_that_songs_differ_in() -> None:
    rng = np.random.default_rng(0)
    wide = rng.standard_normal((20000, 3)).astype(np.float32) * [5, 3, 1]
    basis = np.linalg.qr(rng.standard_normal((10, 10)))[0][:3].astype(np.float32)
    places = turn((wide @ basis).astype(np.float32) + 7, 2)
    assert places.std(0) == pytest.approx([5, 3], rel=0.05)
    assert abs(np.corrcoef(places[:, 0], wide[:, 0])[0, 1]) > 0.99
    assert places.mean(0) == pytest.approx([0, 0], abs=1e-3)
