"""``earmark write`` and ``earmark undo``, with a library and without."""

import json
import os
import shutil

import numpy as np
import pytest
from tagged_files import make
from typer.testing import CliRunner

from earmark.cli.main import app
from earmark.errors import EarmarkError
from earmark.examples import example_path
from earmark.library import Catalogue
from earmark.library.record import Recorder
from earmark.sound.payload import payload_digest
from earmark.writing import Choice, Journal, heard_tracks, journal_path
from earmark.writing.containers import read_tags
from earmark.zoo import find_model


@pytest.fixture
def library(tmp_path, monkeypatch):
    path = tmp_path / "library.db"
    monkeypatch.setenv("EARMARK_LIBRARY", str(path))
    return path


@pytest.fixture
def music(tmp_path):
    folder = tmp_path / "music"
    folder.mkdir()
    return folder


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def told(*arguments, code=0):
    done = run(*arguments)
    assert done.exit_code == code, (done.output, done.exception)
    return done.stdout, done.stderr


def sentence(*arguments):
    done = run(*arguments)
    assert isinstance(done.exception, EarmarkError), (done.output, done.exception)
    return str(done.exception)


def fill(library, tracks):
    """A library in which of each file just so many tags are over their thresholds."""
    card = find_model("default")
    with Recorder(library) as recorder, recorder.transaction():
        model = recorder.model(card)
        for path, tags in tracks.items():
            scores = np.zeros(len(card.vocabulary), np.float32)
            for i, name in enumerate(card.vocabulary.names):
                if name in tags:
                    scores[i] = 0.9 - 0.1 * tags.index(name)
            sound = recorder.sound(payload_digest(path), 1.2)
            recorder.hear(model, sound, scores, np.ones(8, np.float32))
            seen = path.stat()
            recorder.track(path, seen.st_size, seen.st_mtime_ns, sound=sound)


@pytest.fixture
def songs(library, music):
    paths = [make(kind, music, kind[:4]) for kind in ("flac", "mp3 of 2.3", "wma")]
    fill(library, dict(zip(paths, (["rock", "pop", "sad"], ["opera"], []), strict=True)))
    return paths


def test_a_library_is_written_and_then_there_is_nothing_to_do(library, songs):
    before = [path.read_bytes() for path in songs]
    out, said = told("write")
    assert f"{songs[0]}\n  genre: nothing -> rock; pop\n  mood: nothing -> sad\n" in out
    assert "2 files written, 1 with nothing over its threshold" in said
    assert read_tags(songs[1]).values["genre"] == ["opera"]
    assert read_tags(songs[0]).values["comment"] == []
    assert songs[2].read_bytes() == before[2]
    out, said = told("write")
    assert out == "" and "0 files written, 2 already as wanted" in said
    with Catalogue(library) as catalogue:
        for track in catalogue.tracks():
            seen = os.stat(track.path)
            assert (track.size, track.mtime_ns) == (seen.st_size, seen.st_mtime_ns)
    out, said = told("undo", "--all")
    assert out == f"{songs[0]}: as it was\n{songs[1]}: as it was\n" and "2 files taken back" in said
    assert [path.read_bytes() for path in songs] == before
    with Catalogue(library) as catalogue:
        assert catalogue.find(songs[0]).size == songs[0].stat().st_size


def test_the_next_scan_calls_written_files_unchanged(library, music):
    path = music / "band.ogg"
    shutil.copy(example_path("band"), path)
    told("scan", music)
    told("write", music)
    counts = json.loads(told("scan", music, "--format", "json")[0])
    assert (counts["unchanged"], counts["tagged"], counts["retagged"]) == (1, 0, 0)
    told("undo", music)
    counts = json.loads(told("scan", music, "--format", "json")[0])
    assert (counts["unchanged"], counts["tagged"], counts["retagged"]) == (1, 0, 0)
    assert path.read_bytes() == example_path("band").read_bytes()


def test_a_file_is_heard_where_there_is_no_library(library, music):
    path = music / "new\nline שלום.ogg"
    shutil.copy(example_path("piano"), path)
    out, _ = told("write", path, "--fields", "genre,comment", "--limit", "1", "--dry-run")
    assert "new\\nline שלום.ogg\n  genre: nothing -> classical\n" in out
    assert path.read_bytes() == example_path("piano").read_bytes()
    told("write", path, "--fields", "genre,comment", "--limit", "1")
    values = read_tags(path).values
    assert values["genre"] == ["classical"] and values["comment"][0].startswith("[EARMARK: piano, ")
    assert not library.exists() and journal_path().is_file()
    assert told("undo", path)[0].endswith(": as it was\n")
    assert path.read_bytes() == example_path("piano").read_bytes()


def test_a_plan_can_be_edited_and_carried_out(library, songs, tmp_path):
    plan = tmp_path / "plan.jsonl"
    out, said = told("write", "--plan", plan, "--format", "jsonl")
    assert out == "" and "2 files would be written" in said
    lines = [json.loads(line) for line in plan.read_text().splitlines()]
    assert [line["path"] for line in lines] == [str(path) for path in songs[:2]]
    lines[0]["then"] = {"genre": ["Kraut"]}
    plan.write_text(json.dumps(lines[0]) + "\n")
    out, said = told("write", "--apply", plan)
    assert out == f"{songs[0]}\n  genre: nothing -> Kraut\n" and "1 file written" in said
    assert read_tags(songs[0]).values["genre"] == ["Kraut"]
    assert read_tags(songs[1]).values["genre"] == []
    out, said = told("write", "--apply", plan)
    assert out == "" and "0 files written, 1 already" in said


def test_a_plan_that_makes_no_sense_is_not_begun(library, songs, tmp_path):
    plan = tmp_path / "plan.jsonl"
    told("write", "--plan", plan)
    before = [path.read_bytes() for path in songs]
    with open(plan, "a") as file:
        file.write("nonsense\n")
    assert "plan.jsonl, line 3:" in sentence("write", "--apply", plan)
    assert [path.read_bytes() for path in songs] == before


def test_where_and_map_and_modes(library, songs, tmp_path):
    out, _ = told("write", "--where", "opera or sad and not rock", "--dry-run")
    assert str(songs[1]) in out and str(songs[0]) not in out
    genre_map = tmp_path / "mine.toml"
    genre_map.write_text('"Sad Rock" = "rock and sad"\n"Stage" = "opera"\n', encoding="utf-8")
    told("write", "--map", genre_map)
    assert read_tags(songs[0]).values["genre"] == ["Sad Rock"]
    assert read_tags(songs[1]).values["genre"] == ["Stage"]
    mood_map = tmp_path / "moods.toml"
    mood_map.write_text('"gloomy" = "sad"\n"grand" = "opera"\n', encoding="utf-8")
    told("write", songs[0], "--moods", mood_map, "--fields", "mood")
    assert read_tags(songs[0]).values["mood"] == ["gloomy"]
    told("undo", songs[0])
    told("write", songs[0], "--map", genre_map, "--add", "--fields", "genre")
    told("write", songs[0], "--add", "--fields", "genre")
    assert read_tags(songs[0]).values["genre"] == ["Sad Rock", "rock", "pop"]
    told("write", songs[0], "--fields", "genre")
    assert read_tags(songs[0]).values["genre"] == ["Sad Rock", "rock", "pop"]
    told("write", songs[0], "--replace", "--fields", "genre")
    assert read_tags(songs[0]).values["genre"] == ["rock", "pop"]


def test_what_is_wrong_is_a_sentence(library, songs, tmp_path):
    assert "no library" in sentence("write", "--library", tmp_path / "none.db")
    assert "'rokc' is no tag" in sentence("write", "--where", "rokc")
    assert "'rokc' is no tag" in sentence("write", *songs, "--where", "rokc")
    assert "no map" in sentence("write", "--map", "nomap")
    assert "no map" in sentence("write", "--moods", "nomap")
    assert "heard nothing here" in sentence("write", "-m", "other")
    assert run("write", "--fields", "genre,title").exit_code == 2
    assert run("write", "--fields", "").exit_code == 2
    assert run("write", "--keep", "--add").exit_code == 2
    assert run("write", "--apply", "p", "--dry-run").exit_code == 2
    assert run("undo").exit_code == 2 and run("undo", "x", "--all").exit_code == 2
    assert "No such file" in sentence("write", "--apply", tmp_path / "none.jsonl")


def test_files_that_fail_are_told_and_the_rest_goes_on(library, songs, music):
    os.link(songs[1], music / "other.mp3")
    _, said = told("write", code=1)
    assert "2 names (hard links)" in said and "1 file written" in said and "1 failed" in said
    out, said = told("write", "--break-links")
    assert str(songs[1]) in out
    (music / "none.mp3").write_bytes(b"")
    _, said = told("write", music / "none.mp3", music / "gone.mp3", code=1)
    assert "none.mp3" in said and "gone.mp3" in said and "2 failed" in said
    songs[0].unlink()
    _, said = told("undo", "--all", code=1)
    assert f"{songs[0]}: no such file" in said and "1 file taken back, 1 failed" in said


def test_a_track_that_goes_while_a_plan_is_made_moves_no_tags_to_another(library, songs):
    with Catalogue(library) as catalogue:
        heard = heard_tracks(catalogue, Choice())
        assert next(heard).path == str(songs[0])
        with Recorder(library) as recorder:
            recorder.connection.execute("UPDATE tracks SET gone = 1 WHERE name = ?", [b"mp3 .mp3"])
        assert [(one.path, one.wanted["genre"]) for one in heard] == [(str(songs[2]), [])]


def test_lines_of_json(library, songs):
    out, _ = told("write", "--format", "jsonl", "--dry-run")
    (first, second) = [json.loads(line) for line in out.splitlines()]
    assert first["then"]["genre"] == ["rock", "pop"] and second["form"] == "ID3v2.3"
    assert told("write", "--format", "jsonl")[0] == out


def test_a_library_of_its_own_has_a_journal_of_its_own(library, songs, tmp_path):
    other = tmp_path / "other.db"
    fill(other, {songs[0]: ["jazz"]})
    told("write", "--library", other)
    assert read_tags(songs[0]).values["genre"] == ["jazz"] and not journal_path().exists()
    with Journal(journal_path(other)) as journal:
        assert journal.paths() == [str(songs[0])]
    assert "1 file taken back" in told("undo", "--all", "--library", other)[1]
