"""Sets of files with one recording: all of them, and nothing else."""

import json
from pathlib import Path

import numpy as np
import pytest
from clouds import cloud
from libraries import chance, make_library
from typer.testing import CliRunner

from earmark.cli.main import app
from earmark.library import duplicates as room
from earmark.library.duplicates import duplicates
from earmark.library.library import Library
from earmark.library.record import Recorder
from earmark.library.recording import Recordings


def noisy(vectors: np.ndarray, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    near = vectors + 0.002 * rng.standard_normal(vectors.shape, np.float32)
    return near / np.linalg.norm(near, axis=1, keepdims=True)


def test_copies_are_found_whatever_lies_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "BLOCK", 7)
    songs, _ = cloud(200, 64, 200, spread=1)
    rng = np.random.default_rng(0)
    seconds = rng.uniform(20, 400, 200)
    vectors = np.concatenate([songs, noisy(songs[:30], 1), noisy(songs[:10], 2)])
    lengths = np.concatenate([seconds, seconds[:30] * 1.004, seconds[:10] - 1.2])
    order = rng.permutation(len(vectors))
    which = np.concatenate([np.arange(200), np.arange(30), np.arange(10)])[order]
    recordings = Recordings(vectors[order], lengths[order], np.zeros(240, np.int64))
    found = duplicates(recordings)
    assert sorted(len(one) for one in found) == [2] * 20 + [3] * 10
    assert [len(one) for one in found] == [3] * 10 + [2] * 20
    assert all(len(set(which[one])) == 1 for one in found)


def test_alike_but_longer_is_another() -> None:
    vectors = np.ones((2, 1), np.float32)
    none = np.zeros(2, np.int64)
    assert not duplicates(Recordings(vectors, np.array([100.0, 110.0]), none))
    assert duplicates(Recordings(vectors, np.array([100.0, 101.4]), none))
    assert duplicates(Recordings(vectors * [[1], [-1]], np.array([1.0, 500.0]), none + 7))


def test_the_command_tells_equal_sounds_from_other_encodings(tmp_path: Path) -> None:
    library = tmp_path / "library.db"
    scores, embeddings = chance(8)
    embeddings[4] = embeddings[1] * 1.001
    ids = make_library(library, scores, embeddings)
    with Recorder(library) as recorder, recorder.transaction():
        connection = recorder.connection
        sound = connection.execute("SELECT sound_id FROM tracks WHERE id = ?", [ids[1]]).fetchone()
        recorder.track("/other/copy.mp3", 10, 1, sound=sound[0])
        connection.execute("UPDATE sounds SET seconds = 61")
    done = CliRunner().invoke(app, ["duplicates", "--library", str(library), "--format", "json"])
    ((first, *others),) = json.loads(done.stdout)["sets"]
    assert Path(first["file"]).name == "0000004.mp3"  # the largest
    assert {Path(o["file"]).name for o in others} == {"0000001.mp3", "copy.mp3"}
    assert not any(o["equal"] for o in others)
    done = CliRunner().invoke(app, ["duplicates", "--library", str(library)])
    assert "1 recordings in several files, 2 files more" in done.stdout
    with Library(library) as opened:
        assert [len(one) for one in opened.duplicates()] == [3]
