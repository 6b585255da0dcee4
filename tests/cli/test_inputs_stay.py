"""No result takes the place of a sound, nor of the manifest that it was made from."""

import shutil
from pathlib import Path

import pytest
from command import earmark

from earmark.examples import example_path


@pytest.fixture()
def song(tmp_path: Path) -> Path:
    return Path(shutil.copy(example_path("band"), tmp_path / "song.ogg"))


@pytest.mark.parametrize(
    "words",
    [
        ["tag", "song.ogg", "-o", "song.ogg"],
        ["tag", "song.ogg", "-o", "link.csv"],
        ["segments", "song.ogg", "--tag", "drums", "--format", "labels", "-o", "song.ogg"],
        ["write", "song.ogg", "--plan", "song.ogg"],
        ["predict", "--data", "mine.csv", "-o", "song.ogg"],
        ["genres", "learn", ".", "-o", "song.ogg"],
        ["data", "manifest", ".", "-o", "song.ogg"],
    ],
)
def test_a_sound_stays(song: Path, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(song.parent)
    (song.parent / "link.csv").symlink_to(song)
    (song.parent / "mine.csv").write_text("file,tags\nsong.ogg,rock\n")
    before = song.read_bytes()
    done = earmark(*words)
    assert done.returncode and "is a sound, which no result replaces" in done.stderr
    assert song.read_bytes() == before


@pytest.mark.parametrize(
    "words", [["tag", "--data"], ["predict", "--data"], ["genres", "learn"]], ids=" ".join
)
def test_a_manifest_stays(song: Path, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(song.parent)
    table = song.parent / "mine.csv"
    table.write_text("file,tags\nsong.ogg,rock\n")
    done = earmark(*words, "mine.csv", "-o", "mine.csv")
    assert done.returncode and "is the very file to read" in done.stderr
    assert table.read_text() == "file,tags\nsong.ogg,rock\n"
