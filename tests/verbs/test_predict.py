"""Predictions over a data set: every sound once, resumed after a stop, bad files left out."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from sounds import music, write

from earmark.datasets import Dataset, Row
from earmark.errors import DataError
from earmark.evaluation.predictions import read_predictions
from earmark.tagging import Tagger
from earmark.verbs import predict as module
from earmark.verbs.predict import predict


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger()


def dataset(folder: Path, count: int, partial: bool = False) -> Dataset:
    """Sounds of 3 s and their rows; every second one in the split 'test'."""
    rows = []
    for i in range(count):
        path = folder / f"{i}.wav"
        if not path.exists():
            write(path, music(3, 16000, seed=i % 3), 16000)
        tags = ("guitar",) if i % 2 else ()
        split = "test" if i % 2 else "train"
        rows.append(Row(i + 1, str(path), tags, None, split=split, group=f"g{i % 3}"))
    return Dataset(str(folder), lambda: iter(rows), partial)


def test_scores_and_truth_of_every_sound(tmp_path: Path, tagger: Tagger) -> None:
    data = dataset(tmp_path, 5)
    counts = predict(tagger, data, tmp_path / "p.parquet", jobs=2)
    assert (counts.songs, counts.failed, counts.absent) == (5, 0, 0)
    read = read_predictions(tmp_path / "p.parquet")
    np.testing.assert_allclose(read.thresholds, tagger.card.thresholds, atol=1e-6)
    np.testing.assert_array_equal(
        read.columns(("piano", "rock")).thresholds,
        [read.thresholds[read.places[tag]] for tag in ("piano", "rock")],
    )
    assert read.files == tuple(row.file for row in data.rows())
    assert list(read.groups) == ["g0", "g1", "g2", "g0", "g1"]
    np.testing.assert_array_equal(read.truth[:, read.places["guitar"]], [0, 1, 0, 1, 0])
    for row, scores in zip(data.rows(), read.scores, strict=True):
        np.testing.assert_allclose(scores, tagger(row.file).scores, atol=1e-6)
    assert read.metadata["model"] == "default"
    assert len(read.metadata["model_sha256"]) == len(read.metadata["data_sha256"]) == 64
    assert not list(tmp_path.glob("*.parts"))


def test_only_a_split(tmp_path: Path, tagger: Tagger) -> None:
    data = dataset(tmp_path, 4)
    predict(tagger, data, tmp_path / "p.parquet", split="test", jobs=1)
    assert len(read_predictions(tmp_path / "p.parquet").files) == 2
    with pytest.raises(DataError, match="no rows of split exam"):
        predict(tagger, data, tmp_path / "q.parquet", split="exam", jobs=1)


def test_bad_files_are_told_and_left_out(tmp_path: Path, tagger: Tagger, capsys) -> None:
    data = dataset(tmp_path, 4)
    (tmp_path / "1.wav").unlink()
    (tmp_path / "2.wav").write_text("words")
    counts = predict(tagger, data, tmp_path / "p.parquet", jobs=1)
    assert (counts.songs, counts.failed, counts.absent) == (2, 2, 0)
    said = capsys.readouterr().err
    assert "1.wav" in said
    assert "2.wav" in said
    assert len(read_predictions(tmp_path / "p.parquet").files) == 2


def test_sound_may_be_absent_from_a_partial_data_set(tmp_path: Path, tagger: Tagger) -> None:
    data = dataset(tmp_path, 4, partial=True)
    (tmp_path / "0.wav").unlink()
    (tmp_path / "3.wav").unlink()
    counts = predict(tagger, data, tmp_path / "p.parquet", jobs=2)
    assert (counts.songs, counts.failed, counts.absent) == (2, 0, 2)
    names = [Path(file).name for file in read_predictions(tmp_path / "p.parquet").files]
    assert names == ["1.wav", "2.wav"]


def test_nothing_that_can_be_tagged_is_an_error(tmp_path: Path, tagger: Tagger) -> None:
    data = dataset(tmp_path, 2)
    for path in tmp_path.glob("*.wav"):
        path.write_text("words")
    with pytest.raises(DataError, match="not one of its 2 sounds"):
        predict(tagger, data, tmp_path / "p.parquet", jobs=1)
    assert not (tmp_path / "p.parquet").exists()


SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import test_predict
from earmark.verbs import predict as module
from earmark.tagging import Tagger
module.PART = 3
folder = Path(sys.argv[1])
module.predict(Tagger(), test_predict.dataset(folder, 40), folder / "p.parquet", jobs=1)
"""


def test_a_killed_run_goes_on(tmp_path: Path, tagger: Tagger, monkeypatch) -> None:
    data, output = dataset(tmp_path, 40), tmp_path / "p.parquet"
    here = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    run = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(tmp_path), here[0]],
        env={**os.environ, "PYTHONPATH": here[1]},
    )
    parts = tmp_path / "p.parquet.parts"
    while len(list(parts.glob("part-*.parquet"))) < 3 and run.poll() is None:
        time.sleep(0.01)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert not output.exists()
    kept = {path: path.stat().st_mtime_ns for path in parts.glob("part-*.parquet")}
    assert len(kept) >= 3

    tagged = []
    count = Tagger.__call__
    monkeypatch.setattr(module, "PART", 3)
    monkeypatch.setattr(
        Tagger, "__call__", lambda self, path: (tagged.append(path), count(self, path))[1]
    )
    counts = predict(tagger, data, output, jobs=1)
    assert counts.songs == 40
    assert len(tagged) == 40 - 3 * len(kept)
    assert read_predictions(output).files == tuple(row.file for row in data.rows())
    assert not parts.exists()


def test_the_beginnings_of_another_run_are_refused(tmp_path: Path, tagger: Tagger) -> None:
    from earmark.verbs.predicted_parts import Counts, Parts

    other = Parts(tmp_path / "p.parquet", tagger.card.vocabulary.names, {"model": "other"})
    record = {"file": "x", "group": "", "tags": [], "not_tags": None, "scores": [0.0] * 188}
    other.add([record], Counts(songs=1))
    with pytest.raises(DataError, match="beginnings of a run of another model"):
        predict(tagger, dataset(tmp_path, 2), tmp_path / "p.parquet", jobs=1)


def test_an_output_that_cannot_be_written(tmp_path: Path, tagger: Tagger) -> None:
    from earmark.errors import OutputError

    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be made"):
        predict(tagger, dataset(tmp_path, 2), tmp_path / "file" / "p.parquet", jobs=1)
