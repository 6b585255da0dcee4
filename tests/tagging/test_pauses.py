"""Minutes of silence beside a song change nothing about its tags; a pause within music is music."""

from collections.abc import Iterator

import numpy as np
import pytest
import soundfile

from earmark.examples import example_path
from earmark.serve.task import Task
from earmark.serve.worker import hear
from earmark.sound import Samples, decode
from earmark.tagging import Tagger
from earmark.tagging.pauses import counting_frames, long_pauses, pauses_sentence

RATE = 44100


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger()


@pytest.fixture(scope="module")
def band() -> np.ndarray:
    """The song in mono and zeros, [shape=(n,)], at ``RATE``."""
    samples, rate = soundfile.read(example_path("band"), dtype="float32", always_2d=True)
    assert rate == RATE
    return samples.mean(axis=1)


def zeros(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), np.float32)


class Bare:
    """A stream that tells nothing of silences."""

    def __init__(self, samples: np.ndarray, rate: int) -> None:
        self._stream = decode(Samples(samples, RATE), rate)
        self.name, self.warnings = "bare", self._stream.warnings

    def __iter__(self) -> Iterator[np.ndarray]:
        return iter(self._stream)

    @property
    def seconds(self) -> float:
        return self._stream.seconds


@pytest.fixture(scope="module")
def alone(tagger: Tagger, band: np.ndarray):
    return tagger(band, RATE)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (0, 180, "the last 180 seconds are silent and do not count"),
        (60, 0, "the first 60 seconds are silent and do not count"),
        (30, 60, "90 seconds of it are silent and do not count"),
    ],
)
def test_a_song_beside_minutes_of_silence_has_the_songs_tags(
    tagger: Tagger, band: np.ndarray, alone, before: float, after: float, said: str
) -> None:
    tagging = tagger(np.concatenate([zeros(before), band, zeros(after)]), RATE)
    assert list(tagging.tags()) == list(alone.tags())
    silence = tagging.vocabulary.index("silence")
    assert tagging.scores[silence] < 0.3
    assert tagging.warning == f"sound in memory: {said}"
    away = np.linalg.norm(tagging.embedding - alone.embedding) / np.linalg.norm(alone.embedding)
    assert away < 0.15
    assert len(tagging.timeline) >= (before + after) / 3  # it still shows all that there is
    assert tagging.timeline.scores[-1 if after else 0][silence] > 0.5


def test_the_silence_would_have_been_heard_otherwise(tagger: Tagger, band: np.ndarray) -> None:
    samples = np.concatenate([band, zeros(180)])
    tagging = tagger.tag_stream(Bare(samples, tagger.card.front_end.sample_rate))
    assert "silence" in tagging.tags() and tagging.warning is None


@pytest.mark.parametrize("seconds", [4, 9.5])
def test_a_pause_within_music_changes_no_bit(tagger: Tagger, band: np.ndarray, seconds) -> None:
    samples = np.concatenate([band, zeros(seconds), band[: 5 * RATE], zeros(seconds)])
    tagging = tagger(samples, RATE)
    bare = tagger.tag_stream(Bare(samples, tagger.card.front_end.sample_rate))
    assert np.array_equal(tagging.scores, bare.scores)
    assert np.array_equal(tagging.embedding, bare.embedding)
    assert tagging.warning is None


def test_where_nothing_sounds_it_is_silence_that_is_heard(tagger: Tagger) -> None:
    tagging = tagger(zeros(60), RATE)
    assert next(iter(tagging.top(1))) == "silence"
    assert tagging.warning == "sound in memory: silent throughout"


def test_a_server_leaves_the_silence_out_too(tmp_path, tagger: Tagger, band: np.ndarray) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, np.concatenate([band, zeros(60)]), RATE)
    record = hear(tagger, Task(str(path), "a.wav", "default", most_seconds=600), lambda _: None)
    assert "the last 60 seconds are silent" in record["warning"]


@pytest.mark.parametrize("block", [0, 12_345])
def test_a_silence_begins_and_ends_to_the_sample(band: np.ndarray, block: int) -> None:
    samples = np.concatenate([zeros(2), band[: 10 * RATE + block], zeros(12), band, zeros(3)])
    stream = decode(Samples(samples, RATE), 16000)
    list(stream)
    sounding = np.flatnonzero(np.abs(samples) >= 1e-4) / RATE
    gaps = np.flatnonzero(np.diff(sounding) > 5)
    wanted = [[0, sounding[0]]]
    wanted += [[sounding[i], sounding[i + 1]] for i in gaps]
    wanted += [[sounding[-1], len(samples) / RATE]]
    assert len(wanted) == 3
    np.testing.assert_allclose(stream.silences, wanted, atol=2 / RATE)


def test_frames_within_long_silences_do_not_count() -> None:
    pauses = long_pauses([[10, 25], [30, 34], [80, 100]], 100)
    assert pauses == [(10, 25), (80, 100)]
    # Ten windows of ten seconds at ten frames a second, and one frame more at the very end.
    counts = counting_frames([100] * 9 + [101], 0.1, pauses, 100)
    assert counts.tolist() == [100, 0, 50, 100, 100, 100, 100, 100, 0, 0]
    assert counting_frames([100] * 3, 0.1, [], 30).tolist() == [100] * 3


def test_no_silence_is_long_where_nothing_sounds_or_all_would_be_left_out() -> None:
    assert not long_pauses([[0, 60]], 60)
    assert not long_pauses([[0, 9.9]], 60)
    assert counting_frames([100, 100], 0.1, [(0, 20)], 20).tolist() == [100, 100]


def test_the_sentence_says_where_the_silence_is() -> None:
    assert pauses_sentence([(40, 160)], 160).startswith("the last 120 seconds")
    assert pauses_sentence([(0, 20)], 160).startswith("the first 20 seconds")
    assert pauses_sentence([(20, 50)], 160).startswith("30 seconds of it")


def test_a_silence_of_ten_seconds_is_no_part_of_a_song_and_a_shorter_one_is() -> None:
    assert long_pauses([(5, 15), (20, 29.99)], 60) == [(5, 15)]


def test_only_where_nothing_sounds_at_all_is_silence_all_there_is() -> None:
    assert long_pauses([(0, 59.5)], 60) == [(0, 59.5)]
    assert long_pauses([(0.0, 60 - 1e-3)], 60) == []


def test_a_pause_to_the_end_reaches_over_what_was_padded() -> None:
    assert counting_frames([10, 12], 1.0, [(15, 20 - 1e-3)], 20.0).tolist() == [10, 5]
    assert counting_frames([10, 12], 1.0, [(15, 19.9)], 20.0).tolist() == [10, 7]


def test_one_frame_that_sounds_is_enough_to_count() -> None:
    assert counting_frames([10, 10], 1.0, [(1, 20)], 20.0).tolist() == [1, 0]
    assert counting_frames([10, 10], 1.0, [(0, 20)], 20.0).tolist() == [10, 10]


def test_the_ends_of_a_sound_are_meant_to_the_millisecond() -> None:
    assert pauses_sentence([(100, 160 - 1e-3)], 160).startswith("the last 60 seconds")
    assert pauses_sentence([(1e-3, 20)], 60).startswith("the first 20 seconds")
    assert pauses_sentence([(2e-3, 20)], 60).startswith("20 seconds of it")
