"""Folds keep groups whole, are of much the same size, and are the same each time."""

import numpy as np
import pytest

from earmark.folds import grouped_folds

GROUPS = np.array([f"artist {i}" for i in np.random.default_rng(0).integers(0, 17, 170)])
KINDS = np.array([int(name[7:]) % 3 for name in GROUPS])  # an artist is of one kind


@pytest.mark.parametrize("kinds", [None, KINDS])
@pytest.mark.parametrize("seed", [None, 0, 1])
def test_no_group_is_in_two_folds_and_none_is_empty(kinds, seed) -> None:
    fold = grouped_folds(GROUPS, 5, kinds=kinds, seed=seed)
    for group in set(GROUPS):
        assert len(set(fold[group == GROUPS])) == 1
    assert set(fold.tolist()) == {0, 1, 2, 3, 4}
    assert np.array_equal(fold, grouped_folds(GROUPS.tolist(), 5, kinds=kinds, seed=seed))


def test_folds_have_as_many_groups_or_as_many_songs_of_each_kind() -> None:
    fold = grouped_folds(GROUPS, 5, seed=3)
    counts = [len(set(GROUPS[fold == part])) for part in range(5)]
    assert sorted(counts) == [3, 3, 3, 4, 4]
    fold = grouped_folds(GROUPS, 5, kinds=KINDS)
    for kind in range(3):
        assert len(set(fold[kind == KINDS])) == min(5, len(set(GROUPS[kind == KINDS])))
    assert np.ptp(np.bincount(fold)) <= np.unique(GROUPS, return_counts=True)[1].max()


def test_a_seed_changes_the_order_in_which_groups_are_dealt() -> None:
    alone = np.arange(40).astype(str)
    for kinds in (None, np.arange(40) % 2):
        folds = [grouped_folds(alone, 4, kinds=kinds, seed=seed) for seed in (None, 0, 1)]
        assert len({fold.tobytes() for fold in folds}) == 3


def test_there_are_no_more_folds_than_groups() -> None:
    for kinds in (None, np.zeros(4, int)):
        fold = grouped_folds(["b", "a", "b", "a"], 5, kinds=kinds)
        assert sorted(fold.tolist()) == [0, 0, 1, 1]
