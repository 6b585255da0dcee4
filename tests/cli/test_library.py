"""The verbs around a library, as commands."""

import csv
import io
import json
import os
from pathlib import Path

import pandas as pd
import pytest
from click.testing import Result
from libraries import chance, make_library
from sounds import music, write
from typer.testing import CliRunner

from earmark.cli.main import app
from earmark.errors import EarmarkError
from earmark.library import Catalogue
from earmark.library.record import Recorder
from earmark.zoo import find_model

EVERYTHING = "rap or not rap"
ODD = os.fsdecode(b'odd \xff, "x".mp3')


@pytest.fixture
def library(tmp_path: Path, monkeypatch) -> Path:
    path = tmp_path / "library.db"
    monkeypatch.setenv("EARMARK_LIBRARY", str(path))
    return path


@pytest.fixture
def filled(library: Path) -> Path:
    names = [f"{i}.mp3" for i in range(39)] + [ODD]
    make_library(library, *chance(40), names=names, artists=["Ä, B"] * 40)
    with Recorder(library) as recorder:
        recorder.track("/music/bad.mp3", 1, 1, error="not a sound")
    return library


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def output(*arguments: object) -> str:
    done = run(*arguments)
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


def sentence(*arguments: object) -> str:
    done = run(*arguments)
    assert isinstance(done.exception, EarmarkError)
    return str(done.exception)


def test_scan_tells_numbers_and_exit_codes(library: Path, tmp_path: Path) -> None:
    folder = tmp_path / "music"
    folder.mkdir()
    write(folder / "a.wav", music(4, 16000), 16000)
    done = run("scan", folder, "--format", "json", "--jobs", "1")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told.pop("seconds") > 0
    assert told == {
        "tagged": 1, "unchanged": 0, "moved": 0, "retagged": 0, "gone": 0, "failed": 0
    }  # fmt: skip
    (folder / "bad.mp3").write_bytes(b"x")
    done = run("scan", folder)
    assert done.exit_code == 1
    assert done.stdout.startswith(f"{library}: 0 tagged, 1 unchanged, 1 failed, in ")
    assert f"{folder / 'bad.mp3'}: not a sound that can be read" in done.stderr
    assert run("scan", folder).exit_code == 0
    assert run("scan", tmp_path / "none").exit_code == 1
    assert run("scan", folder, "--model", "nonsense").exit_code == 2
    assert run("scan").exit_code == 2


def test_search_has_every_form(filled: Path, tmp_path: Path) -> None:
    with Catalogue(filled) as catalogue:
        paths = {track.path for track in catalogue.tracks(range(1, 41))}
    rows = json.loads(output("search", EVERYTHING, "--format", "json"))
    assert len(rows) == 40
    strengths = [row["strength"] for row in rows]
    assert strengths == sorted(strengths, reverse=True)
    table = list(csv.DictReader(io.StringIO(output("search", EVERYTHING, "--format", "csv"))))
    assert [row["file"] for row in table] == [row["file"] for row in rows]
    assert {row["artist"] for row in table} == {"Ä, B"}
    listed = tmp_path / "list.txt"
    output("search", EVERYTHING, "--format", "paths", "-o", listed)
    assert set(os.fsdecode(listed.read_bytes()).splitlines()) == paths
    playlist = tmp_path / "x.m3u8"
    output("search", EVERYTHING, "--format", "m3u8", "-o", playlist, "--map-prefix",
           "/music=/volume1")  # fmt: skip
    lines = os.fsdecode(playlist.read_bytes()).splitlines()
    assert lines[0] == "#EXTM3U" and lines[1].startswith("#EXTINF:")
    assert sum(line.startswith("/volume1/") for line in lines) == 40
    assert len(output("search", EVERYTHING).splitlines()) == 20
    assert len(output("search", EVERYTHING, "--top", "3").splitlines()) == 3


def test_search_like_a_song_of_the_library(filled: Path) -> None:
    rows = json.loads(
        output("search", EVERYTHING, "--like", "/music/7.mp3", "--top", 3, "--format", "json")
    )
    assert Path(rows[0]["file"]).name == "7.mp3"
    assert rows[0]["similarity"] == pytest.approx(1, abs=1e-3)
    assert rows[0]["similarity"] > rows[1]["similarity"] >= rows[2]["similarity"]


def test_mistakes_are_sentences(filled: Path, tmp_path: Path) -> None:
    assert "the nearest is 'rock'" in sentence("search", "rokc")
    assert "no group 3; none is kept" in sentence("search", "group:3")
    assert "'cnn' heard nothing here" in sentence("search", "rock", "-m", "cnn")
    assert "a table's name must end in .parquet" in sentence(
        "library", "export", "-o", tmp_path / "x.xls"
    )
    assert "not in the library" in sentence("library", "forget", tmp_path)
    for verb in (["search", "rock"], ["library", "stats"], ["library", "check"]):
        assert "no library at" in sentence(*verb, "--library", tmp_path / "none.db")
    done = run("search", "rap and not rap")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "nothing in the library is like that" in done.stderr


def test_stats(filled: Path, tmp_path: Path) -> None:
    told = json.loads(output("library", "stats", "--format", "json"))
    scores, _ = chance(40)
    card = find_model("default")
    said = (scores >= card.thresholds).sum(0)
    assert told["tags"] == {
        name: count for name, count in zip(card.vocabulary, said.tolist(), strict=True) if count
    }
    assert list(told["tags"].values()) == sorted(said[said > 0].tolist(), reverse=True)
    assert (told["files"], told["heard"], told["failed"], told["artists"]) == (41, 40, 1, 1)
    assert told["seconds"] == sum(60 + i for i in range(40))
    text = output("library", "stats", "--picture", tmp_path / "tags.png")
    assert "41 in 1 folders" in text and "53 minutes 0 seconds" in text
    assert (tmp_path / "tags.png").read_bytes().startswith(b"\x89PNG")


def test_errors(filled: Path) -> None:
    assert output("library", "errors") == "/music/bad.mp3: not a sound\n"
    assert json.loads(output("library", "errors", "--format", "json")) == [
        {"file": "/music/bad.mp3", "error": "not a sound"}
    ]


def test_tables_agree(filled: Path, tmp_path: Path) -> None:
    frames = {}
    for form, read in (
        ("parquet", pd.read_parquet),
        ("csv", pd.read_csv),
        ("jsonl", lambda path: pd.read_json(path, lines=True)),
    ):
        path = tmp_path / f"x.{form}"
        assert output("library", "export", "-o", path) == f"{path}: 41 files\n"
        frames[form] = read(path)
    scores, embeddings = chance(40)
    names = list(find_model("default").vocabulary)
    parquet, table, lines = frames.values()
    assert (parquet[names].to_numpy()[:40] == scores).all()
    assert table[names].to_numpy()[:40] == pytest.approx(scores, abs=1e-4)
    assert [lines["scores"][5][name] for name in names] == pytest.approx(scores[5], abs=1e-4)
    assert list(lines["embedding"][39]) == pytest.approx(embeddings[39], abs=1e-5)
    assert parquet["file"].tolist() == table["file"].tolist() == lines["file"].tolist()
    assert parquet["error"][40] == table["error"][40] == lines["error"][40] == "not a sound"
    assert parquet[names].iloc[40].isna().all() and table[names].iloc[40].isna().all()
    assert parquet["modified"].dt.year[0] == 1970


def test_check_and_forget(filled: Path) -> None:
    assert output("library", "check") == f"{filled}: whole\n"
    assert output("library", "forget", "/music/3.mp3") == f"{filled}: 1 file forgotten\n"
    with Recorder(filled) as recorder:
        recorder.connection.execute("DELETE FROM embeddings")
    done = run("library", "check")
    assert done.exit_code == 1
    assert done.stdout == f"{filled}: 39 hearings have no embedding\n"
