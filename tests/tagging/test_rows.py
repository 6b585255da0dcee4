"""Rows of a fine timeline by their definition, with a network that anybody can compute.

It hears the mean of each band; what a row has to hold is computed a second time from the frames.
"""

from types import SimpleNamespace

import numpy as np
import pytest

from earmark.errors import ModelError
from earmark.sound import FrontEnd
from earmark.tagging.hop import (
    HopTimeline,
    HopWindows,
    Row,
    RowScorer,
    require_hop,
    rows_of,
    stretch_frames,
)

FRONT_END = FrontEnd(sample_rate=1000, n_fft=64, hop_length=10, n_mels=3)  # 100 frames a second


def card(frames: int) -> SimpleNamespace:
    return SimpleNamespace(name="mine", front_end=FRONT_END, window_frames=frames)


class Means:
    """A network whose scores are the means of the bands; it remembers how much it got at once."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, windows: np.ndarray) -> np.ndarray:
        self.shapes.append(windows.shape)
        return windows.mean(axis=1)


def frames(count: int) -> np.ndarray:
    return np.random.default_rng(count).random((count, 3)).astype(np.float32)


def wanted_rows(sound: np.ndarray, window: int, hop: float) -> list[np.ndarray]:
    """Mean of the half window around each row's centre, moved to lie within the sound."""
    length, rows = window // 2, max(1, int(np.ceil((len(sound) - 1) / hop - 0.05)))
    found = []
    for row in range(rows):
        first = int(np.floor((row + 0.5) * hop - (length - 1) / 2 + 0.5))
        first = min(max(0, first), max(0, len(sound) - length))
        stretch = sound[first : first + length]
        found.append(np.resize(stretch, (window, 3)).mean(axis=0))
    return found


@pytest.mark.parametrize("count", [1, 3, 9, 10, 11, 50, 101, 240])
@pytest.mark.parametrize("hop", [0.01, 0.02, 0.035, 0.07, 0.1])
def test_a_row_is_what_the_network_hears_around_it(count: int, hop: float) -> None:
    sound, window = frames(count), 20
    for chunk in (1, 7, count):
        scorer = RowScorer(card(window), Means(), hop)
        rows = []
        for first in range(0, count, chunk):
            rows += scorer.feed(sound[first : first + chunk])
        rows += scorer.end()
        wanted = wanted_rows(sound, window, hop * 100)
        np.testing.assert_allclose([row.scores for row in rows], wanted, rtol=1e-5)
        places = np.arange(len(rows)) * hop
        np.testing.assert_allclose([row.start for row in rows], places)
        np.testing.assert_allclose([row.end for row in rows[:-1]], places[1:])
        assert rows[-1].end == max((count - 1) / 100, rows[-1].start)


def test_the_network_hears_as_many_windows_at_once_as_it_may() -> None:
    for at_once, sizes in ((1, [1] * 10), (4, [4, 4, 2]), (10, [10])):
        network = Means()
        scorer = RowScorer(card(20), network, 0.1, at_once)
        rows = scorer.feed(frames(101)) + scorer.end()
        assert [shape[0] for shape in network.shapes] == sizes
        assert {shape[1:] for shape in network.shapes} == {(20, 3)} and len(rows) == 10
    network = Means()
    RowScorer(card(20), network, 0.05).feed(frames(400))
    assert {shape[0] for shape in network.shapes} == {10}


def test_nothing_is_kept_that_no_row_will_hear() -> None:
    cutter = HopWindows(10, 4.0)
    for _ in range(100):
        cutter.feed(frames(7))
        assert len(cutter._kept) < 10 + 7 + 4


def test_a_window_is_given_as_soon_as_it_is_whole() -> None:
    cutter = HopWindows(10, 4.0)
    assert cutter.feed(frames(9)) == []
    ((window, rows),) = cutter.feed(frames(1))
    assert (len(window), rows) == (10, 1)
    assert len(cutter.feed(frames(2))) == 1 and cutter.feed(frames(3)) == []


def test_a_sound_without_frames_has_no_rows() -> None:
    assert HopWindows(10, 4.0).end() == []
    assert RowScorer(card(20), Means(), 0.1).end() == []


def test_a_rest_of_a_twentieth_of_a_hop_gets_no_row() -> None:
    def rows(count: int) -> int:
        cutter = HopWindows(10, 20.0)
        return sum(rows for _, rows in cutter.feed(frames(count)) + cutter.end())

    assert [rows(count) for count in (41, 42, 43)] == [2, 2, 3]


def test_the_shortest_and_the_longest_hop() -> None:
    assert [stretch_frames(card(frames)) for frames in (1, 2, 3, 4)] == [1, 1, 2, 2]
    for hop in (0.01, 0.1):
        require_hop(card(20), hop)
    for hop in (0.0099, 0.101, float("nan")):
        with pytest.raises(ModelError, match=r"^model 'mine': a hop must be 0\.01 to 0\.1 seconds"):
            require_hop(card(20), hop)


@pytest.mark.parametrize("length", [20, 47])
def test_the_longest_hop_leaves_no_frame_unheard(length: int) -> None:
    stretch = stretch_frames(card(length))
    windows = HopWindows(stretch, length / 2)
    numbers = np.arange(10 * length, dtype=np.float32)[:, None]
    heard = [window for window, _ in windows.feed(numbers) + windows.end()]
    found = np.unique(np.concatenate(heard))
    assert found[0] <= 1  # where half a frame is to be rounded; the next one hears its sound
    np.testing.assert_array_equal(found, numbers[int(found[0]) :, 0])


def test_a_timeline_is_its_rows_and_the_frames_go_on() -> None:
    sound = frames(98)
    fine = HopTimeline(RowScorer(card(20), Means(), 0.1))
    passed = list(fine.watch(np.split(sound, [30, 31, 90])))
    np.testing.assert_array_equal(np.concatenate(passed), sound)
    timeline = fine.timeline(0.975)
    np.testing.assert_allclose(timeline.starts, np.arange(10) / 10)
    np.testing.assert_allclose(timeline.ends, [*np.arange(1, 10) / 10, 0.975])
    np.testing.assert_allclose(timeline.scores, wanted_rows(sound, 20, 10), rtol=1e-5)


def test_a_last_row_never_ends_before_it_begins() -> None:
    scorer = RowScorer(card(20), Means(), 0.1)
    rows = scorer.feed(frames(98)) + scorer.end(0.5)
    assert (rows[-1].start, rows[-1].end) == pytest.approx((0.9, 0.9))
    assert isinstance(rows[0], Row)


def test_rows_of_samples_end_where_the_samples_do() -> None:
    tagger = SimpleNamespace(card=card(20), score_rows=Means())
    blocks = [np.zeros(length, np.float32) for length in (300, 1, 654)]
    rows = list(rows_of(blocks, tagger, 0.1))
    assert len(rows) == 10 and rows[-1].end == pytest.approx(0.955)
    assert {shape[0] for shape in tagger.score_rows.shapes} == {1}
