"""A timeline finer than the window: its rows, what they hold, that nothing else changes."""

import itertools

import numpy as np
import pytest
import soundfile
from sounds import music

from earmark.errors import ModelError
from earmark.examples import example_path
from earmark.sound import decode
from earmark.tagging import Tagger
from earmark.tagging.hop import HopWindows, rows_of


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger()


@pytest.fixture(scope="module")
def halves() -> np.ndarray:
    """Ten seconds of a piano, then ten of a band, at 16 kHz."""
    sounds = (decode(example_path(name), 16000) for name in ("piano", "band"))
    return np.concatenate([np.concatenate(list(sound))[:160000] for sound in sounds])


def windows(count: int, length: int, hop: float, chunk: int) -> list[tuple[int, int, int]]:
    """First and last frame of each window, and its rows."""
    frames = np.arange(count, dtype=np.float32)[:, None]
    cutter = HopWindows(length, hop)
    found = []
    for first in range(0, count, chunk):
        found += cutter.feed(frames[first : first + chunk])
    found += cutter.end()
    return [(int(window[0, 0]), int(window[-1, 0]), rows) for window, rows in found]


def test_rows_are_centred_in_their_windows_but_for_the_edges() -> None:
    found = windows(count=41, length=10, hop=4, chunk=41)
    assert found[:3] == [(0, 9, 1), (2, 11, 1), (6, 15, 1)]
    assert found[-1] == (31, 40, 1)
    assert sum(rows for _, _, rows in found) == 10
    for row, (first, last, _) in enumerate(found[1:-1], 1):
        assert abs((first + last) / 2 - (row + 0.5) * 4) <= 0.5


def test_first_and_last_windows_serve_all_rows_that_would_reach_beyond() -> None:
    found = windows(count=41, length=20, hop=2, chunk=7)
    assert found[0] == (0, 19, 5)
    assert found[-1][:2] == (21, 40)
    assert sum(rows for _, _, rows in found) == 20


@pytest.mark.parametrize("chunk", [1, 3, 16, 1000])
@pytest.mark.parametrize("hop", [1, 2.7, 15.625, 94])
def test_windows_do_not_depend_on_the_chunks(chunk: int, hop: float) -> None:
    assert windows(500, 94, hop, chunk) == windows(500, 94, hop, 500)
    assert sum(rows for _, _, rows in windows(500, 94, hop, chunk)) == -(-499 // hop)


@pytest.mark.parametrize("count", [1, 2, 9, 10, 11])
def test_a_sound_of_about_a_window_or_less_has_all_its_rows(count: int) -> None:
    found = windows(count, 10, 3, 4)
    assert sum(rows for _, _, rows in found) == max(1, -(-(count - 1) // 3))


def test_a_hop_changes_the_timeline_and_nothing_else(tagger: Tagger, halves: np.ndarray) -> None:
    plain, fine = tagger(halves, 16000), tagger(halves, 16000, hop=0.5)
    np.testing.assert_array_equal(plain.scores, fine.scores)
    np.testing.assert_array_equal(plain.embedding, fine.embedding)
    timeline = fine.timeline
    np.testing.assert_allclose(timeline.starts, np.arange(40) / 2)
    np.testing.assert_array_equal(timeline.starts[1:], timeline.ends[:-1])
    assert timeline.ends[-1] == fine.seconds == 20


def test_the_change_is_where_it_is(tagger: Tagger, halves: np.ndarray) -> None:
    timeline = tagger(halves, 16000, hop=0.25).timeline
    drums = timeline.scores[:, tagger.card.vocabulary.index("drums")]
    middle = (drums[:30].mean() + drums[-30:].mean()) / 2
    crossed = timeline.starts[np.argmax(drums > middle)]
    assert abs(crossed - 10) <= 1


def test_a_stream_of_any_blocks_agrees_with_the_whole(tagger: Tagger, halves: np.ndarray) -> None:
    whole = tagger(halves, 16000, hop=0.5).timeline
    random = np.random.default_rng(0)
    cuts = np.sort(random.choice(len(halves), 50, replace=False))
    rows = list(rows_of(np.split(halves, cuts), tagger, 0.5))
    np.testing.assert_allclose([row.start for row in rows], whole.starts)
    np.testing.assert_allclose([row.end for row in rows], whole.ends)
    np.testing.assert_allclose([row.scores for row in rows], whole.scores, atol=1e-4)


def test_a_row_of_a_stream_comes_as_soon_as_its_window_is_heard(tagger: Tagger) -> None:
    sound = music(8, 16000)[:, 0]
    heard = 0

    def blocks():
        nonlocal heard
        for block in np.split(sound, 80):
            heard += len(block)
            yield block

    stream = rows_of(blocks(), tagger, 0.5)
    for row in itertools.islice(stream, 8):
        wanted = max((row.start + row.end) / 2 + tagger.card.window_seconds / 4, 1.504)
        assert wanted - 0.05 <= heard / 16000 <= wanted + 0.2


def test_short_sounds_have_rows_too(tagger: Tagger) -> None:
    tagging = tagger(music(1.2, 16000), 16000, hop=0.5)
    np.testing.assert_allclose(tagging.timeline.ends, [0.5, 1.0, 1.2])


@pytest.mark.parametrize("hop", [0, -1, 0.01, 1.6, float("nan"), float("inf")])
def test_a_hop_that_makes_no_sense_is_one_sentence(tagger: Tagger, hop: float) -> None:
    with pytest.raises(ModelError, match=r"a hop must be 0\.064 to 1\.536 seconds"):
        Tagger(hop=hop)
    with pytest.raises(ModelError, match="a hop must be"):
        tagger(music(1, 16000), 16000, hop=hop)


def test_a_tagger_with_a_hop_passes_it_to_its_processes(tmp_path) -> None:
    path = tmp_path / "song.wav"
    soundfile.write(path, music(4, 16000), 16000)
    ((_, alone),) = Tagger(hop=1.0).files([path])
    ((_, apart),) = Tagger(hop=1.0).files([path], jobs=2)
    assert len(alone.timeline) == len(apart.timeline) == 4
