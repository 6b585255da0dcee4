"""The numbers of a tagging from those of its windows, whichever way it is asked for.

The network's own answers are kept as they come, and a song's score, timeline and embedding are
computed from them a second time, as their definitions say.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sounds import music, write

import earmark
from earmark.errors import SoundError
from earmark.tagging import Tagger, Tagging
from earmark.tagging import tagger as module
from earmark.tagging.network import Network

RATE = 16000


class Kept:
    """A tagger's network that remembers what it answered."""

    def __init__(self, tagger: Tagger) -> None:
        self._network: Network = tagger._network
        self.sizes: list[int] = []
        self.scores: list[np.ndarray] = []
        self.embeddings: list[np.ndarray] = []
        tagger._network = self

    def __call__(self, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        scores, embeddings = self._network(windows)
        self.sizes.append(len(windows))
        self.scores.append(scores)
        self.embeddings.append(embeddings)
        return scores, embeddings


def calibrated(tagger: Tagger, scores: np.ndarray) -> np.ndarray:
    card = tagger.card
    odds = np.log(scores / (1 - scores))
    return 1 / (1 + np.exp(-(card.slopes * odds + card.offsets)))


@pytest.fixture(scope="module", params=["default", "cnn3", "small"])
def heard(request) -> tuple[Tagger, Kept, Tagging, np.ndarray]:
    """A model, its network's answers about 70 seconds, the tagging, and the windows' new frames."""
    tagger = Tagger(request.param)
    kept = Kept(tagger)
    samples = np.concatenate([music(40, RATE, seed=i) * (0.2 + i) for i in range(2)])[: 70 * RATE]
    tagging = tagger(samples, RATE)
    frames, window = tagger.card.front_end.frames(len(samples)), tagger.card.window_frames
    if tagger.card.front_end.sample_rate != RATE:
        frames = tagger.card.front_end.frames(70 * tagger.card.front_end.sample_rate)
    new = np.array([window] * (frames // window) + [frames % window] * (frames % window > 0))
    return tagger, kept, tagging, new


def test_a_songs_score_is_the_power_mean_of_its_windows(heard) -> None:
    tagger, kept, tagging, new = heard
    raw = np.concatenate(kept.scores).astype(np.float64)
    assert len(raw) == len(new) and len(set(new)) == 2
    exponent = tagger.card.pooling_exponent
    pooled = np.average(raw**exponent, axis=0, weights=new) ** (1 / exponent)
    np.testing.assert_allclose(tagging.scores, calibrated(tagger, pooled), atol=2e-6)
    unweighted = calibrated(tagger, np.mean(raw**exponent, axis=0) ** (1 / exponent))
    assert np.abs(tagging.scores - unweighted).max() > 1e-4  # so the weights can be seen


def test_a_songs_embedding_is_the_weighted_mean_of_its_windows(heard) -> None:
    _, kept, tagging, new = heard
    vectors = np.concatenate(kept.embeddings).astype(np.float64)
    wanted = np.average(vectors, axis=0, weights=new)
    np.testing.assert_allclose(tagging.embedding, wanted, rtol=1e-4, atol=1e-5)
    assert tagging.embedding.dtype == np.float32


def test_the_timeline_is_the_calibrated_windows(heard) -> None:
    tagger, kept, tagging, new = heard
    raw = np.concatenate(kept.scores).astype(np.float64)
    np.testing.assert_allclose(tagging.timeline.scores, calibrated(tagger, raw), atol=2e-6)
    front_end = tagger.card.front_end
    ends = np.cumsum(new) * front_end.hop_length / front_end.sample_rate
    np.testing.assert_allclose(tagging.timeline.ends[:-1], ends[:-1])
    assert tagging.timeline.ends[-1] == tagging.seconds == pytest.approx(70)
    np.testing.assert_array_equal(tagging.timeline.starts, [0, *tagging.timeline.ends[:-1]])


def test_the_network_gets_half_a_minute_at_once(heard) -> None:
    tagger, kept, _, new = heard
    size = round(30 / tagger.card.window_seconds)
    assert kept.sizes == [min(size, len(new) - i) for i in range(0, len(new), size)]


@pytest.fixture(scope="module")
def songs(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("songs")
    return [write(folder / f"{i}.wav", music(4, RATE, seed=i), RATE) for i in range(3)]


def alone(songs: list[Path]) -> list[Tagging]:
    tagger = Tagger("cnn3")
    return [tagger(song) for song in songs]


@pytest.mark.parametrize("jobs", [1, 2])
def test_processes_hear_with_the_taggers_own_model_and_hop(songs: list[Path], jobs: int) -> None:
    for hop in (None, 0.5):
        wanted = [Tagger("cnn3", hop=hop)(song) for song in songs]
        found = list(Tagger("cnn3", hop=hop).files(songs, jobs=jobs))
        assert [path for path, _ in found] == songs
        assert [result for _, result in found] == wanted
        assert {result.model for _, result in found} == {"cnn3"}


def test_one_function_hears_with_the_model_it_is_given(songs: list[Path]) -> None:
    assert earmark.tag(songs[0], "cnn3") == alone(songs)[0]
    assert earmark.tag(songs[0], model="small") == Tagger("small")(songs[0])
    assert earmark.tag(songs[0]) == Tagger("default")(songs[0])


def test_processes_get_the_threads_and_the_number_that_were_asked_for(monkeypatch) -> None:
    asked: list = []

    def work(make: Callable, paths: list, jobs: int) -> list:
        asked.extend([make, paths, jobs])
        return []

    monkeypatch.setattr(module, "work_in_processes", work)
    Tagger("small", threads=3).files(["a"], jobs=5)
    make, paths, jobs = asked
    session = make()._network._session
    assert session.get_session_options().intra_op_num_threads == 3
    assert (paths, jobs) == (["a"], 5)
    Tagger("small").files(["a"], jobs=2)
    assert asked[3]()._network._session.get_session_options().intra_op_num_threads == 1
    asked.clear()
    ((path, error),) = Tagger("small").files(["nowhere.wav"], jobs=1)  # here, without a process
    assert (asked, path) == ([], "nowhere.wav") and isinstance(error, SoundError)
