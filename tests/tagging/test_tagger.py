"""From a sound to its Tagging with the shipped models."""

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sounds import music, write

import earmark
from earmark.errors import EarmarkError, SoundError
from earmark.examples import example_path
from earmark.tagging import Tagger


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger()


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("sound") / "song.wav", music(10, 44100, 2), 44100)


def test_the_first_page_of_the_manual_is_true(song: Path) -> None:
    tagging = earmark.tag(song)
    assert tagging.model == "default"
    assert tagging.seconds == pytest.approx(10)
    assert tagging.scores.shape == (188,)
    assert tagging.embedding.shape == (192,)
    assert tagging.warning is None
    assert isinstance(tagging, earmark.Tagging)


def test_every_way_in_gives_the_same(tagger: Tagger, song: Path) -> None:
    wanted = tagger(song).scores
    samples, rate = soundfile.read(song, dtype="float32")
    content = song.read_bytes()
    with open(song, "rb") as file:
        ways = [tagger(str(song)), tagger(content), tagger(io.BytesIO(content)), tagger(file)]
    ways.append(tagger(samples, sample_rate=rate))
    for tagging in ways:
        np.testing.assert_allclose(tagging.scores, wanted, atol=1e-5)
    integers, _ = soundfile.read(song, dtype="int16")
    np.testing.assert_allclose(tagger(integers, rate).scores, wanted, atol=1e-3)


def test_the_timeline_has_no_gaps_and_pools_to_the_song(tagger: Tagger, song: Path) -> None:
    timeline = tagger(song).timeline
    assert len(timeline) == 4
    assert timeline.starts[0] == 0 and timeline.ends[-1] == pytest.approx(10)
    np.testing.assert_array_equal(timeline.starts[1:], timeline.ends[:-1])
    assert timeline.scores.shape == (4, 188)


def test_two_halves_are_told_apart_over_time(tagger: Tagger) -> None:
    first, rate = soundfile.read(example_path("piano"), stop=44100 * 12, dtype="float32")
    second, _ = soundfile.read(example_path("band"), stop=44100 * 12, dtype="float32")
    timeline = tagger(np.concatenate([first, second]), rate).timeline
    drums = timeline.scores[:, tagger.card.vocabulary.index("drums")]
    assert drums[4:].mean() > 2 * drums[:4].mean()


def test_samples_need_their_rate_and_a_shape(tagger: Tagger) -> None:
    with pytest.raises(SoundError, match="sample rate"):
        tagger(np.zeros(16000, np.float32))
    with pytest.raises(SoundError, match="expected"):
        tagger(np.zeros((2, 3, 4), np.float32), 16000)
    with pytest.raises(SoundError, match="holds no samples"):
        tagger(np.zeros(0, np.float32), 16000)


@pytest.mark.parametrize("samples", [1, 160, 1600])
def test_very_short_sounds_are_padded_and_say_so(tagger: Tagger, samples: int) -> None:
    tagging = tagger(music(1, 16000)[:samples, 0], 16000)
    assert np.isfinite(tagging.scores).all()
    assert "padded" in tagging.warning
    assert len(tagging.timeline) == 1


def test_an_empty_room_is_silent_by_what_the_model_learned(tagger: Tagger) -> None:
    tagging = tagger(np.zeros(16000 * 6, np.float32), 16000)
    assert "silent throughout" in tagging.warning
    assert next(iter(tagging.top(1))) == "silence"
    assert "techno" not in tagging.tags()


@pytest.mark.parametrize("name", ["default", "small"])
def test_a_song_with_silence_at_both_ends_is_not_called_silence(name: str) -> None:
    samples, rate = soundfile.read(example_path("strings"), dtype="float32")
    pause = np.zeros((4 * rate, *samples.shape[1:]), np.float32)
    model = Tagger(name)
    tagging = model(np.concatenate([pause, samples, pause]), rate)
    assert "silence" not in tagging.tags() and "violin" in tagging.tags()
    assert "silence" in model(pause, rate).tags()


def test_loudness_hardly_matters(tagger: Tagger) -> None:
    samples, rate = soundfile.read(example_path("band"), dtype="float32")
    loud, soft = tagger(samples, rate), tagger(samples * np.float32(0.5), rate)
    assert len(set(loud.top(8)) & set(soft.top(8))) >= 6


def test_many_files_come_in_order_and_errors_stop_nothing(tagger: Tagger, song: Path) -> None:
    paths = [song, song.parent / "missing.wav", song]
    results = list(tagger.files(paths))
    assert [path for path, _ in results] == paths
    assert isinstance(results[1][1], EarmarkError)
    np.testing.assert_array_equal(results[0][1].scores, results[2][1].scores)


def test_files_is_lazy(tagger: Tagger, song: Path) -> None:
    def endless():
        while True:
            yield song

    results = tagger.files(endless())
    assert [next(results)[0] for _ in range(3)] == [song] * 3


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("piano", {"piano"}),
        ("strings", {"strings", "violin", "violins", "cello"}),
        ("band", {"drums", "guitar", "rock"}),
    ],
)
def test_the_examples_instruments_are_named(tagger: Tagger, name: str, expected: set) -> None:
    assert expected & set(tagger(example_path(name)).tags())
