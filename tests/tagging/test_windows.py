"""Cutting a stream of frames into windows."""

import numpy as np
import pytest

from earmark.tagging.windows import batched, cut_windows


def frames(count: int) -> np.ndarray:
    return np.repeat(np.arange(count, dtype=np.float32)[:, None], 3, axis=1)


def cut(count: int, size: int, chunk: int = 7) -> list[tuple[list[int], int]]:
    whole = frames(count)
    chunks = (whole[i : i + chunk] for i in range(0, count, chunk))
    return [(window[:, 0].astype(int).tolist(), new) for window, new in cut_windows(chunks, size)]


def test_whole_windows_lie_side_by_side() -> None:
    assert cut(8, 4) == [([0, 1, 2, 3], 4), ([4, 5, 6, 7], 4)]


def test_the_last_window_reaches_back() -> None:
    assert cut(10, 4) == [([0, 1, 2, 3], 4), ([4, 5, 6, 7], 4), ([6, 7, 8, 9], 2)]


def test_a_short_sound_is_repeated() -> None:
    assert cut(3, 8) == [([0, 1, 2, 0, 1, 2, 0, 1], 3)]


def test_a_tiny_rest_is_left_out() -> None:
    assert [new for _, new in cut(101, 50)] == [50, 50]


def test_no_frames_give_no_windows() -> None:
    assert list(cut_windows([], 4)) == []


@pytest.mark.parametrize("chunk", [1, 3, 64, 1000])
def test_windows_do_not_depend_on_the_chunks(chunk: int) -> None:
    assert cut(333, 50, chunk) == cut(333, 50, 333)


def test_batches_keep_every_window_in_order() -> None:
    windows = [(np.full((2, 2), i, np.float32), i) for i in range(7)]
    stacks = list(batched(windows, 3))
    assert [len(stack) for stack, _ in stacks] == [3, 3, 1]
    assert [new for _, counts in stacks for new in counts] == list(range(7))


def test_a_window_comes_as_soon_as_it_is_whole() -> None:
    given = iter([frames(4), frames(4)])
    window, new = next(cut_windows(given, 4))
    assert (len(window), new) == (4, 4)
    assert len(list(given)) == 1


def test_a_rest_of_a_twentieth_of_a_window_is_still_tiny() -> None:
    assert [new for _, new in cut(105, 100)] == [100]
    assert [new for _, new in cut(106, 100)] == [100, 6]
