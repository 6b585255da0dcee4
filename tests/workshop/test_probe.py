"""Probes: what they learn, of whom, and what they are never told."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="the train extra is not installed")

import torch

from earmark.errors import TrainingError
from workshop import probe
from workshop.corpus import Corpus
from workshop.probe import FOLDS, HEARD, fit_probes, folds_of_tracks
from workshop.teachers import EMBEDDING, said_alone

TRACKS, WINDOWS, FEATURES = 60, 60, 6


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One round of probes, for time."""
    monkeypatch.setattr(probe, "ROUNDS", 1)


def corpus() -> Corpus:
    """Two tracks an artist; every sixth artist's are held out."""
    rows = [
        {
            "artist": f"artist {track // 2}",
            "group": "",
            "source": "one",
            "split": "valid" if track // 2 % 6 == 0 else "train",
        }
        for track in range(TRACKS)
    ]
    return Corpus(rows, np.zeros(0, np.int16), np.zeros(TRACKS + 1, np.int64))


def tracks(seed: int = 0) -> dict[str, np.ndarray]:
    """Windows whose first embedded number says whether the first tag fits, but for some noise."""
    rng, n = np.random.default_rng(seed), TRACKS * WINDOWS
    arrays = {"row": np.repeat(np.arange(TRACKS), WINDOWS)}
    for name in HEARD:
        arrays[EMBEDDING + name] = rng.normal(size=(n, FEATURES)).astype(np.float16)
    fits = arrays[EMBEDDING + HEARD[0]][:, 0] > 0
    said = rng.uniform(0, 0.1, (n, 50))
    said[:, 0] = np.where(fits, 0.8, 0.1) + rng.uniform(-0.1, 0.1, n)
    return arrays | {"MTT_musicnn": said.astype(np.float16), "MTT_vgg": said.astype(np.float16)}


def test_what_embeddings_tell_is_learned_and_noise_is_not() -> None:
    windows = tracks()
    said = fit_probes(windows, corpus()).of_tracks(windows, corpus())
    assert said.shape == (TRACKS * WINDOWS, 50) and said.dtype == np.float32
    fits = windows[EMBEDDING + HEARD[0]][:, 0] > 0.3
    absent = windows[EMBEDDING + HEARD[0]][:, 0] < -0.3
    assert said[fits, 0].mean() > 0.6 and said[absent, 0].mean() < 0.3
    assert said[:, 1:].std() < said_alone(windows)[:, 1:].std() / 2


def test_a_training_track_is_told_by_a_probe_that_never_heard_its_artist(once: None) -> None:
    windows, fold = tracks(), folds_of_tracks(corpus())
    own = (fold == 0)[windows["row"]]
    lied = {name: array.copy() for name, array in windows.items()}
    lied["MTT_musicnn"][own], lied["MTT_vgg"][own] = 1, 1
    before, after = (fit_probes(some, corpus()) for some in (windows, lied))
    told = [probes.of_tracks(windows, corpus()) for probes in (before, after)]
    np.testing.assert_array_equal(told[0][own], told[1][own])
    assert np.abs(told[0] - told[1])[~own].max() > 0.2  # the other probes believe the lie


def test_folds_keep_artists_whole_and_the_valid_split_out() -> None:
    fold = folds_of_tracks(corpus())
    held = corpus().column("split") == "valid"
    assert (fold[held] == -1).all() and set(fold[~held]) == set(range(FOLDS))
    assert all(fold[2 * artist] == fold[2 * artist + 1] for artist in range(TRACKS // 2))


def test_nothing_of_the_valid_split_is_learned(once: None) -> None:
    windows = tracks()
    held = (corpus().column("split") == "valid")[windows["row"]]
    lied = {name: array.copy() for name, array in windows.items()}
    lied["MTT_musicnn"][held], lied["MTT_vgg"][held] = 1, 1
    found = [fit_probes(some, corpus()).of_tracks(windows, corpus()) for some in (windows, lied)]
    np.testing.assert_array_equal(*found)


def test_windows_without_embeddings_are_refused() -> None:
    windows = {name: array for name, array in tracks().items() if EMBEDDING not in name}
    with pytest.raises(TrainingError, match="hold no embeddings"):
        fit_probes(windows, corpus())


def test_random_numbers_elsewhere_stay_as_they_are(once: None) -> None:
    torch.manual_seed(3)
    wanted = torch.rand(4)
    torch.manual_seed(3)
    fit_probes(tracks(), corpus())
    torch.testing.assert_close(torch.rand(4), wanted)
