"""Mixup: what is blended, in what shares, and the same for every process of a run."""

import numpy as np
import pytest

from earmark.training.loop.mixup import Pairs, draw_pairs
from earmark.training.recipes.recipe import Augmentation
from workshop.distillation import Windows


def one_hot_windows(n: int) -> dict[str, np.ndarray]:
    """Windows whose sound and target say who they are."""
    own = np.eye(n, dtype=np.float16)
    return {
        "mel": np.repeat(own[:, None], 4, 1),
        "target": own,
        "weight": np.ones_like(own),
        "raw": own,
    }


def test_sound_and_labels_are_blended_alike() -> None:
    batches = Windows(one_hot_windows(12), 6, Augmentation(mixup=1.0), seed=1)
    mel, target, weight, raw = (tensor.numpy() for tensor in batches(0, 0, slice(None)))
    np.testing.assert_allclose(mel[:, 0], target, atol=1e-6)
    np.testing.assert_allclose(raw, target, atol=1e-6)
    np.testing.assert_allclose(target.sum(1), 1, atol=1e-6)
    np.testing.assert_allclose(weight, 1)
    assert (target.max(1) < 0.999).any() and (target.max(1) >= 0.5).all()


def test_a_share_is_blended_as_in_the_whole_batch() -> None:
    rules = Augmentation(mixup=0.3, time_masks=1, time_mask=2)
    batches = Windows(one_hot_windows(12), 6, rules, seed=1)
    whole = batches(2, 1, slice(None))
    for one, other in zip(batches(2, 1, slice(1, None, 2)), whole, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy()[1::2])


def test_what_nobody_knows_of_one_leaves_what_is_known_of_the_other() -> None:
    pairs = Pairs(np.array([1, 0]), np.array([0.75, 0.75], np.float32))
    mel = np.zeros((2, 3, 2), np.float32)
    target = np.array([[1, 1], [0, 0]], np.float32)
    weight = np.array([[1, 0], [1, 1]], np.float32)
    own = [mel, target, weight]
    _, target, weight = pairs.blend(own, [array[pairs.others] for array in own])
    np.testing.assert_allclose(target, [[0.75, 0], [0.25, 0]])
    np.testing.assert_allclose(weight, [[1, 0.25], [1, 0.75]])


@pytest.mark.parametrize("alpha", [0.2, 2.0])
def test_a_window_stays_the_greater_part(alpha: float) -> None:
    pairs = draw_pairs(alpha, 1000, np.random.default_rng(0))
    assert sorted(pairs.others) == list(range(1000))
    assert pairs.shares.min() >= 0.5 and pairs.shares.max() <= 1
    near = (pairs.shares > 0.95).mean()
    assert near > 0.5 if alpha < 1 else near < 0.1
