"""The measures of docs/layers.md find what was put into maps."""

import numpy as np
import pytest

from workshop.layers import layer_measures

SHAPE = (20, 3, 12, 8)  # windows, maps, time, mel


@pytest.fixture
def draw() -> np.random.Generator:
    return np.random.default_rng(0)


def test_variance_is_found_where_it_was_put(draw) -> None:
    parts = [
        draw.normal(size=shape) * np.ones(SHAPE)
        for shape in ((1, 3, 1, 8), (20, 3, 1, 1), (20, 3, 12, 1), SHAPE)
    ]
    for place, maps in enumerate(parts):
        shares = layer_measures.variance_shares(maps)
        assert shares.sum(1) == pytest.approx(1)
        assert (shares.argmax(1) == place).all()
        assert shares[:, place].min() > 0.85


def test_a_map_that_follows_a_descriptor_is_explained_by_it(draw) -> None:
    descriptors = draw.normal(size=(400, 3))
    series = np.stack([2 * descriptors[:, 1] + 5, draw.normal(size=400), np.zeros(400)], 1)
    alone, together = layer_measures.explained(series, descriptors)
    assert alone[0].argmax() == 1 and alone[0, 1] == pytest.approx(1)
    assert together == pytest.approx([1, 0, 0], abs=0.05)


def test_frames_are_averaged_over_equal_parts() -> None:
    slow = layer_measures.slower(np.arange(10.0)[:, None], 4)
    assert slow[:, 0].tolist() == [0.5, 3.0, 5.5, 8.0]


def test_maps_in_common_are_counted_between_groups_only() -> None:
    # Four maps: each piece has one strongest, the styles' own; group "x" is one artist.
    strongest, styles = [0, 0, 0, 1, 0], np.array([0, 0, 0, 1, 1])
    groups = np.array(["x", "x", "y", "z", "x"])
    same, different = layer_measures.in_common(np.eye(4)[strongest], styles, groups)
    # Same style: pieces 0 2, 1 2 agree and 3 4 do not. Of two: 0 3, 1 3, 2 3 do not, 2 4 does.
    assert (same, different) == pytest.approx((2 / 3, 1 / 4))


def test_a_blend_is_told_from_its_parts(draw) -> None:
    one, two = draw.normal(size=(2, *SHAPE[1:]))
    better, mean, largest, balance = layer_measures.resemblance((one + two) / 2, one, two)
    assert mean == pytest.approx(1) and mean > largest > better
    assert balance == pytest.approx(1)
    assert layer_measures.resemblance(np.maximum(one, two), one, two)[2] == pytest.approx(1)
    assert layer_measures.resemblance(two, one, two)[[0, 3]] == pytest.approx([1, 0])


def test_a_probe_reads_a_tag_off_averages(draw) -> None:
    features = draw.normal(size=(400, 5))
    wanted = 1 / (1 + np.exp(-np.stack([features[:, 2], draw.normal(size=400)], 1)))
    scores = layer_measures.probe(features[:300], wanted[:300], features[300:], np.arange(300))
    known, unknown = layer_measures.areas(scores, wanted[300:])
    assert known > 0.99
    assert 0.2 < unknown < 0.8
