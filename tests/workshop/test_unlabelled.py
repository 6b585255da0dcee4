"""Music without labels becomes a corpus whose windows are learned beside the labelled ones."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from earmark.vocabulary import official_vocabulary
from workshop import unlabelled
from workshop.corpus import Corpus, load_corpus
from workshop.labelled import taught_windows
from workshop.made_of import note
from workshop.teachers import Teachers
from workshop.unlabelled import write_unlabelled
from workshop.windows import draw_window, track_weights, write_shard

RATE = 16000


def tone(path: Path, hz: float, seconds: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = 0.3 * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE)) / RATE)
    soundfile.write(path, samples, RATE)
    return path


@pytest.fixture
def music(tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    tone(folder / "one" / "a.flac", 220, 20)
    tone(folder / "one" / "deep" / "b.wav", 330, 16)
    tone(folder / "two" / "c.ogg", 440, 18)
    return folder


def test_every_file_becomes_a_row_without_labels(music: Path, tmp_path: Path) -> None:
    (music / "two" / "licence.txt").write_text("CC0\n")
    assert write_unlabelled(music, tmp_path / "more", jobs=1) == 3
    corpus = load_corpus(tmp_path / "more", tmp_path / "more", 1)
    assert corpus.column("source").tolist() == ["one", "one", "two"]
    assert corpus.column("licence").tolist() == ["", "", "CC0"]
    assert [len(corpus.samples(row)) / RATE for row in range(3)] == pytest.approx(
        [20, 16, 18], abs=0.1
    )
    assert np.isnan(corpus.human_labels()).all() and np.isnan(corpus.mtat_fractions()).all()
    assert write_unlabelled(music, tmp_path / "less", jobs=1, left_out={"one"}) == 1
    weights = track_weights(corpus)
    assert (weights > 0).all() and weights[2] > weights[1]  # two files of one source count less
    assert draw_window(corpus, weights, np.random.default_rng(1)).track in (-1, 0, 1, 2)


def test_what_cannot_teach_is_left_out_with_a_sentence(
    music: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    tone(music / "two" / "short.wav", 500, 3)
    tone(music / "two" / "twice.wav", 330, 16)
    soundfile.write(music / "two" / "silent.wav", np.zeros(20 * RATE), RATE)
    (music / "two" / "text.mp3").write_text("no sound")
    assert write_unlabelled(music, tmp_path / "more", jobs=2) == 3
    said = capsys.readouterr().err
    for name, reason in (
        ("short.wav", "shorter than 15 s"),
        ("twice.wav", "the same sound"),
        ("silent.wav", "silent"),
        ("text.mp3", ""),
    ):
        assert any(name in line and reason in line for line in said.splitlines())
    assert len(load_corpus(tmp_path / "more", tmp_path / "more", 1).rows) == 3


def test_of_long_music_only_the_beginning_is_taken(
    music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unlabelled, "MOST", 17 * RATE)
    write_unlabelled(music, tmp_path / "more", jobs=1)
    corpus = load_corpus(tmp_path / "more", tmp_path / "more", 1)
    assert np.diff(corpus.offsets).max() == 17 * RATE


def test_its_windows_come_last_with_the_teachers_guess_alone(
    music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        Teachers, "merge", lambda self, raw: np.full((len(raw["YAMNet"]), 188), 0.3, np.float32)
    )
    monkeypatch.setattr(Teachers, "confidence", lambda self: np.ones(188, np.float32))
    rows = [{"split": "train", "tags": "rock", "not_tags": "", "mtat_tags": ""}]
    labelled = Corpus(rows, np.zeros(0, np.int16), np.zeros(2, np.int64))
    scores = {"MTT_musicnn": 50, "MTT_vgg": 50, "MSD_musicnn": 50, "YAMNet": 521}
    shard = {name: np.zeros((1, width), np.float16) for name, width in scores.items()}
    shard["mel"] = np.ones((1, 94, 96), np.float16)
    drawn = {"track": np.array([0]), "second": np.array([-1])}
    drawn["second_db"] = np.full(1, -np.inf, np.float32)
    (tmp_path / "windows").mkdir()
    write_shard(tmp_path / "windows" / "windows-00000.npz", shard | drawn)
    tracks = shard | {"row": np.array([0]), "start": np.array([0])}
    write_unlabelled(music, tmp_path / "more", jobs=1)
    (tmp_path / "more" / "windows").mkdir()
    write_shard(tmp_path / "more" / "windows" / "windows-00000.npz", shard | drawn)
    more = load_corpus(tmp_path / "more", tmp_path / "more", 1)
    note(tmp_path / "more" / "windows", {"corpus": more.sound})
    data = taught_windows(
        tmp_path / "windows", tracks, Teachers(tmp_path), labelled, tmp_path / "more"
    )
    rock = official_vocabulary().index("rock")
    assert data["target"][:, rock].tolist() == pytest.approx([0.4, 0.4, 0.3], abs=1e-3)
    assert data["weight"][:, rock].tolist() == [2, 2, 1]
    assert data["held"].tolist() == [[0, -1], [0, -1], [-1, -1]]
