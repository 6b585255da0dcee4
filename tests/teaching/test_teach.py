"""From folders of songs to a model folder that the tagger takes, and back to the songs."""

import json
from pathlib import Path

import numpy as np
import pytest
from libraries import chance, make_library
from sounds import write
from typer.testing import CliRunner

import earmark
from earmark.cli.main import app
from earmark.errors import DataError, LibraryError
from earmark.library import Catalogue
from earmark.library.record import Recorder
from earmark.tagging import Tagger
from earmark.teaching import teach
from earmark.teaching.card_text import toml_text
from earmark.vocabulary import official_vocabulary

RATE = 16000


def sound(kind: str, seed: int) -> np.ndarray:
    """Three seconds: a chord, clicks, or hiss, none like another."""
    rng = np.random.default_rng(seed)
    time = np.arange(3 * RATE) / RATE
    if kind == "chord":
        tones = 220 * rng.uniform(0.8, 1.6) * np.array([1, 1.25, 1.5])
        return 0.1 * np.sin(2 * np.pi * tones[:, None] * time).sum(0)
    hiss = rng.standard_normal(len(time))
    if kind == "hiss":
        return rng.uniform(0.02, 0.2) * hiss
    beat = time * rng.uniform(4, 9) % 1
    return 0.5 * hiss * np.exp(-60 * beat)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five songs each of chords and clicks, and five of hiss that are neither."""
    root = tmp_path_factory.mktemp("sorted")
    for kind, name in (("chord", "My Chords"), ("click", "clicks"), ("hiss", "none of these")):
        (root / name).mkdir()
        for seed in range(5):
            write(root / name / f"{seed}.wav", sound(kind, seed), RATE)
    return root


@pytest.fixture(scope="module")
def taught(folders: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    model = tmp_path_factory.mktemp("model") / "mine"
    lesson = teach(folders, model, library=None, jobs=1)
    assert lesson.tags == ("My Chords", "clicks") and lesson.songs == 15
    assert not lesson.warnings()
    return model


@pytest.fixture(autouse=True)
def no_library(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("EARMARK_LIBRARY", str(tmp_path_factory.mktemp("none") / "library.db"))


@pytest.mark.parametrize(
    ("kind", "tag"), [("chord", "My Chords"), ("click", "clicks"), ("hiss", "none of these")]
)
def test_new_songs_are_told(taught: Path, kind: str, tag: str) -> None:
    tagging = Tagger(taught)(sound(kind, 77).astype(np.float32), RATE)
    assert list(tagging.tags()) == [tag]
    assert tagging.model == "mine" and len(tagging.scores) == 3
    assert tagging.timeline.scores.shape[1] == 3


def test_the_command_tags_with_it(taught: Path, folders: Path) -> None:
    file = folders / "clicks" / "3.wav"
    done = CliRunner().invoke(app, ["tag", "-m", str(taught), str(file), "--format", "json"])
    assert list(json.loads(done.stdout)[0]["tags"]) == ["clicks"]


def test_old_tags_stay_as_they_were(folders: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "piano").symlink_to(folders / "My Chords")
    (tmp_path / "in" / "clicks").symlink_to(folders / "clicks")
    arguments = ["teach", tmp_path / "in", "--keep", "-o", tmp_path / "m", "--format", "json"]
    done = CliRunner().invoke(app, list(map(str, arguments)))
    assert done.exit_code == 0, done.exception
    assert [row["tag"] for row in json.loads(done.stdout)["tags"]] == ["clicks", "piano"]
    old, new = (
        earmark.tag(folders / "clicks/0.wav"),
        Tagger(tmp_path / "m")(folders / "clicks/0.wav"),
    )
    names = official_vocabulary().names
    assert len(new.scores) == 188 - 1 + 2 + 1  # "piano" is now the user's own
    assert new.vocabulary.names[-3:] == ("clicks", "piano", "none of these")
    for name in set(names) - {"piano"}:
        place = new.vocabulary.index(name)
        assert new.scores[place] == pytest.approx(old.scores[names.index(name)], abs=1e-5)
        assert new.thresholds[place] == old.thresholds[names.index(name)]
    assert "clicks" in new.tags() and "piano" not in new.tags()


def test_what_a_library_heard_is_not_heard_again(folders: Path, tmp_path: Path) -> None:
    library, tagger = tmp_path / "library.db", Tagger()
    scores, embeddings = chance(30)
    make_library(library, scores, embeddings)
    # The library swaps what chords and clicks are, so that one sees who was asked.
    with Recorder(library) as recorder, recorder.transaction():
        model = recorder.model(tagger.card)
        for name, other in (("My Chords", "clicks"), ("clicks", "My Chords")):
            for seed in range(5):
                file, stat = folders / name / f"{seed}.wav", (folders / name / f"{seed}.wav").stat()
                heard = tagger(folders / other / f"{seed}.wav")
                own = recorder.sound(f"{file}".encode(), 4.0)
                recorder.hear(model, own, heard.scores, heard.embedding)
                recorder.track(file, stat.st_size, stat.st_mtime_ns, sound=own)
    lesson = teach(folders, tmp_path / "m", library=library, jobs=1)
    assert (lesson.songs, lesson.others) == (15, 30)
    assert list(Tagger(tmp_path / "m")(folders / "clicks/0.wav").tags()) == ["My Chords"]
    with Catalogue(library) as catalogue:
        assert len(catalogue) == 40
    (folders / "clicks/0.wav").touch()
    again = teach(folders, tmp_path / "m", library=library, jobs=1)
    assert again.songs == 15
    with pytest.raises(LibraryError, match="no library at"):
        teach(folders, tmp_path / "m", library=tmp_path / "none.db")


def test_a_manifest_teaches_too(folders: Path, tmp_path: Path) -> None:
    lines = ["file,tags,group"]
    for name, tags in (("My Chords", "chord;soft"), ("clicks", "click"), ("none of these", "soft")):
        lines += [f"{folders / name / f'{seed}.wav'},{tags},{name} {seed}" for seed in range(5)]
    (tmp_path / "m.csv").write_text("\n".join(lines))
    lesson = teach(tmp_path / "m.csv", tmp_path / "m", jobs=1)
    assert lesson.tags == ("chord", "click", "soft")
    assert [quality.examples for quality in lesson.qualities] == [5, 5, 10]
    told = Tagger(tmp_path / "m")(sound("chord", 99).astype(np.float32), RATE).tags()
    assert set(told) == {"chord", "soft"}


@pytest.mark.parametrize(
    ("songs", "reason"),
    [
        ({}, "no tags to learn"),
        ({"none of these": 3}, "no tags to learn"),
        ({"a": 1, "b": 4}, "'a' has 1 song"),
        ({"a": 4}, "no song lacks 'a'"),
    ],
)
def test_what_cannot_be_learned(tmp_path: Path, songs: dict[str, int], reason: str) -> None:
    for name, count in songs.items():
        (tmp_path / "in" / name).mkdir(parents=True)
        for seed in range(count):
            write(tmp_path / "in" / name / f"{seed}.wav", sound("hiss", seed), RATE)
    (tmp_path / "in").mkdir(exist_ok=True)
    with pytest.raises(DataError, match=reason):
        teach(tmp_path / "in", tmp_path / "out", jobs=1)
    assert not (tmp_path / "out").exists()


def test_files_that_cannot_be_heard_are_left_out(folders: Path, tmp_path: Path, capsys) -> None:
    root = tmp_path / "in"
    for name in ("My Chords", "clicks"):
        (root / name).mkdir(parents=True)
        for seed in range(3):
            (root / name / f"{seed}.wav").symlink_to(folders / name / f"{seed}.wav")
    (root / "clicks" / "broken.wav").write_bytes(b"RIFF")
    assert teach(root, tmp_path / "m", jobs=1).songs == 6
    assert "broken.wav" in capsys.readouterr().err
    for seed in (0, 1, 2):
        (root / "clicks" / f"{seed}.wav").unlink()
        (root / "clicks" / f"{seed}.wav").write_bytes(b"")
    with pytest.raises(DataError, match="could be heard"):
        teach(root, tmp_path / "n", jobs=1)


def test_a_card_s_text_is_toml() -> None:
    import tomllib

    table = {
        "name": 'a "quoted" \\ name\x7f\n',
        "tag": [{"name": "ü=1", "slope": 256.0}, {"name": "", "slope": 1e-30}],
        "sha256": {"model.onnx": "00"},
        "more": {"deep": [{"x": True, "y": [1, 2.5]}], "none": []},
    }
    assert tomllib.loads(toml_text(table)) == table
