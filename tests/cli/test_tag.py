"""`earmark tag` on good sound: what it prints, in every form."""

import csv
import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from command import ROOT, earmark, run
from sounds import music, write

from earmark.examples import example_path


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("sound") / "söng.wav", music(7, 16000), 16000)


def records(*arguments: object, **options) -> list[dict]:
    done = earmark("tag", *arguments, "--format", "json", **options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_without_arguments_it_tags_the_bundled_example() -> None:
    done = earmark("tag")
    assert done.returncode == 0
    assert done.stdout.startswith(str(example_path("band")))
    assert done.stderr == ""


def test_json_is_an_array_of_records(song: Path) -> None:
    (record,) = records(song)
    assert list(record) == ["file", "model", "seconds", "tags"]
    assert record["file"] == str(song)
    assert record["model"] == "default"
    assert record["seconds"] == 7.0
    scores = list(record["tags"].values())
    assert scores == sorted(scores, reverse=True)


def test_all_lists_every_tag(song: Path) -> None:
    (record,) = records(song, "--all")
    assert len(record["tags"]) == 188


def test_top_lists_the_best_of_all(song: Path) -> None:
    (whole,), (top,) = records(song, "--all"), records(song, "--top", 5)
    assert list(top["tags"].items()) == list(whole["tags"].items())[:5]


def test_timeline_has_rows_without_gaps(song: Path) -> None:
    (record,) = records(song, "--timeline", "--all")
    rows = record["timeline"]
    assert rows[0]["start"] == 0 and rows[-1]["end"] == 7.0
    assert [row["end"] for row in rows[:-1]] == [row["start"] for row in rows[1:]]
    assert [round(row["end"] - row["start"], 2) for row in rows] == [3.01, 3.01, 0.98]
    assert all(len(row["tags"]) == 188 for row in rows)


def test_json_lines_are_one_record_a_line(song: Path) -> None:
    done = earmark("tag", song, song, "--format", "jsonl")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["file"] for line in lines] == [str(song), str(song)]


def test_csv_has_a_row_a_tag(song: Path) -> None:
    done = earmark("tag", song, "--format", "csv", "--top", 3)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert list(rows[0]) == ["file", "start", "end", "tag", "score"]
    (record,) = records(song, "--top", 3)
    assert [(r["tag"], float(r["score"])) for r in rows] == list(record["tags"].items())
    assert {(r["file"], r["start"], r["end"]) for r in rows} == {(str(song), "0.0", "7.0")}


def test_csv_timeline_has_the_times_of_each_window(song: Path) -> None:
    done = earmark("tag", song, "--format", "csv", "--top", 1, "--timeline")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [r["start"] for r in rows] == ["0.0", "3.008", "6.016"]


def test_standard_input_is_a_sound(song: Path) -> None:
    (record,) = records("-", "--top", 4, stdin=song.read_bytes())
    (same,) = records(song, "--top", 4)
    assert record["file"] == "-"
    assert record["tags"] == same["tags"]


def test_folders_are_searched(tmp_path: Path, song: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("b/2.wav", "a.wav", ".hidden.wav", "notes.txt"):
        (tmp_path / name).write_bytes(song.read_bytes())
    files = [record["file"] for record in records(tmp_path)]
    assert files == [str(tmp_path / "a.wav"), str(tmp_path / "b" / "2.wav")]


def test_several_processes_give_the_same_in_the_same_order(tmp_path: Path) -> None:
    for i in range(9):
        write(tmp_path / f"{i}.wav", music(1 + i % 3, 16000, seed=i), 16000)
    assert records(tmp_path, "--jobs", 2, "--all") == records(tmp_path, "--jobs", 1, "--all")


def test_output_goes_to_a_file(tmp_path: Path, song: Path) -> None:
    out = tmp_path / "tags.json"
    done = earmark("tag", song, "--format", "json", "-o", out)
    assert done.stdout == ""
    assert json.loads(out.read_text("utf-8")) == records(song)
    assert [path.name for path in tmp_path.iterdir()] == ["tags.json"]


@pytest.mark.parametrize(("name", "reason"), [("e.txt", ".npz or .npy"), ("no/e.npz", "no")])
def test_embeddings_that_could_not_be_kept_are_refused_before_work(
    tmp_path: Path, song: Path, name: str, reason: str
) -> None:
    done = earmark("tag", song, "--embedding", tmp_path / name)
    assert done.returncode == 1 and done.stdout == "" and not (tmp_path / name).exists()
    assert name in done.stderr and reason in done.stderr


def test_embeddings_are_kept(tmp_path: Path, song: Path) -> None:
    out = tmp_path / "embeddings.npz"
    done = earmark("tag", song, tmp_path / "missing.wav", "--embedding", out)
    assert done.returncode == 1
    with np.load(out) as kept:
        assert kept["files"].tolist() == [str(song)]
        assert kept["embeddings"].shape == (1, 192)
        assert kept["embeddings"].any()
        assert str(kept["model"]) == "default"


def test_another_model_by_name_and_by_path(song: Path) -> None:
    (by_name,) = records(song, "-m", "cnn3", "--top", 188)
    (by_path,) = records(song, "-m", ROOT / "src/earmark/zoo/cnn3", "--top", 188)
    assert by_name == by_path
    assert by_name["model"] == "cnn3"


def test_the_original_command_works(song: Path) -> None:
    script = [sys.executable, str(ROOT / "music_tagger.py"), "-m", "CNN3"]
    done = run([*script, "-a", str(song)])
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{song}  (0:07.0, cnn3)")
    assert "band.ogg" in run(script).stdout


def test_a_terminal_gets_a_progress_bar_and_a_pipe_none(tmp_path: Path, song: Path) -> None:
    parent, child = pty.openpty()
    command = [sys.executable, "-m", "earmark", "tag", str(song), str(song), "--format", "jsonl"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=child, timeout=60)
    os.close(child)
    assert b"2/2" in os.read(parent, 1 << 16)
    os.close(parent)
    assert len(done.stdout.splitlines()) == 2
    assert earmark("tag", song, song).stderr == ""


def test_help_shows_examples() -> None:
    done = earmark("tag", "--help")
    assert "earmark tag song.mp3 --timeline" in done.stdout


def test_the_command_starts_without_loading_what_a_verb_may_need() -> None:
    code = "import sys, earmark.cli.main; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_models_are_listed_with_what_was_measured() -> None:
    facts = json.loads(earmark("models", "--format", "json").stdout)
    names = [fact["name"] for fact in facts]
    assert names == ["default", "ar", "cnn", "cnn2", "cnn3", "crnn", "small", "voicenet"]
    for fact in facts:
        assert fact["tags"] == 188
        assert 0.5 < fact["roc_auc"] < 1 and 0 < fact["pr_auc"] < 1
        assert fact["times_real_time"] > 100 and fact["megabytes"] > 0.5
    table = earmark("models").stdout
    assert "default" in table and "cnn3" in table
