"""`earmark tag`: forms by suffix, files without tags, odd names, unsure tags, folders."""

import csv
import io
import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
from command import earmark
from sounds import music, write

from earmark.names import found_again


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("sound") / "a.wav", music(4, 16000), 16000)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_file_without_tags_has_a_row_with_an_empty_one(song: Path) -> None:
    done = earmark("tag", song, "--format", "csv", "--min-score", 1)
    (row,) = rows(done.stdout)
    assert row == {"file": str(song), "start": "0.0", "end": "4.0", "tag": "", "score": ""}
    windows = rows(earmark("tag", song, "--format", "csv", "--min-score", 1, "--timeline").stdout)
    assert [row["tag"] for row in windows] == ["", ""]


def test_min_score_takes_the_place_of_thresholds(song: Path) -> None:
    def tags(score: float) -> dict[str, float]:
        (record,) = json.loads(
            earmark("tag", song, "--format", "json", "--min-score", score).stdout
        )
        return record["tags"]

    many, few = tags(0.02), tags(0.1)
    assert set(few) < set(many) and min(few.values()) >= 0.1
    assert earmark("tag", song, "--min-score", 0.2, "--all").returncode == 2


def test_the_suffix_of_the_output_chooses_its_form(tmp_path: Path, song: Path) -> None:
    for name in ("t.json", "t.JSONL", "t.csv", "t.txt"):
        assert earmark("tag", song, "-o", tmp_path / name).returncode == 0
    assert json.loads((tmp_path / "t.json").read_text())[0]["file"] == str(song)
    assert json.loads((tmp_path / "t.JSONL").read_text())["file"] == str(song)
    assert (tmp_path / "t.csv").read_text().startswith("file,start,end,tag,score\n")
    assert (tmp_path / "t.txt").read_text().startswith(f"{song}  (0:04.0")
    earmark("tag", song, "-o", tmp_path / "t.json", "--format", "csv")
    assert (tmp_path / "t.json").read_text().startswith("file,")


def test_parquet_holds_the_rows_of_csv(tmp_path: Path, song: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the data extra is not installed")
    out = tmp_path / "t.parquet"
    assert earmark("tag", song, "--top", 3, "-o", out).returncode == 0
    found = parquet.read_table(out).to_pylist()
    wanted = rows(earmark("tag", song, "--top", 3, "--format", "csv").stdout)
    assert [row["tag"] for row in found] == [row["tag"] for row in wanted]
    assert np.allclose([r["score"] for r in found], [float(r["score"]) for r in wanted])
    assert earmark("tag", song, "--format", "parquet").returncode == 2


def test_odd_names_are_found_again(tmp_path: Path, song: Path) -> None:
    names = [os.fsdecode(b"caf\xe9.wav"), "line\rbreak.wav", "a\\xff.wav"]
    for name in names:
        (tmp_path / name).write_bytes(song.read_bytes())
    for form in ("csv", "json"):
        done = earmark("tag", tmp_path, "--top", 1, "--format", form, "--jobs", 1)
        found = rows(done.stdout) if form == "csv" else json.loads(done.stdout)
        files = [found_again(row["file"]) for row in found]
        assert sorted(files) == sorted(str(tmp_path / name) for name in names)


def test_unsure_tags_stand_apart(song: Path) -> None:
    (plain,) = json.loads(earmark("tag", "--format", "json").stdout)
    (record,) = json.loads(earmark("tag", "--format", "json", "--unsure").stdout)
    assert "unsure" not in plain and record["unsure"] and record["tags"] == plain["tags"]
    assert not record["unsure"].keys() & record["tags"].keys()
    table = earmark("tag").stdout
    assert f"  perhaps {next(iter(record['unsure']))} " in table


def test_a_folder_ends_with_a_sentence(tmp_path: Path, song: Path) -> None:
    (tmp_path / "a.wav").write_bytes(song.read_bytes())
    (tmp_path / "b.wav").write_text("words")
    done = earmark("tag", tmp_path, "--jobs", 1)
    end = done.stderr.splitlines()[-1]
    assert re.fullmatch(r"earmark: 1 file tagged, 1 failed, in \d+\.\d seconds", end)
    (tmp_path / "notes.txt").touch()
    os.mkfifo(tmp_path / "pipe.wav")
    end = earmark("tag", tmp_path, "--jobs", 1).stderr.splitlines()[-1]
    assert "1 failed, 2 left out (not a sound by its name: 1; no regular file" in end
    assert earmark("tag", song).stderr == ""


@pytest.mark.parametrize("word", ["song.mp3", "-", "."])
def test_a_sound_without_a_verb_names_the_verb(word: str) -> None:
    done = earmark(word)
    assert done.returncode == 2 and f"earmark tag {word} " in done.stderr
    assert "earmark tag" not in earmark("nonsense").stderr


def test_models_are_named_in_any_case(song: Path) -> None:
    assert "(0:04.0, cnn3)" in earmark("tag", song, "-m", "CNN3").stdout


def test_the_vocabulary_is_listed() -> None:
    facts = json.loads(earmark("tags", "-m", "cnn3", "--format", "json").stdout)
    listed = rows(earmark("tags", "-m", "cnn3", "--format", "csv").stdout)
    assert [fact["tag"] for fact in facts] == [row["tag"] for row in listed]
    assert len(facts) == 188 and facts[0]["tag"] == "no voice"
    assert {"vocals", "rap"} <= set(facts[0]["opposites"])
    assert "188 tags of cnn3; 53 are synonyms" in earmark("tags").stdout.replace("default", "cnn3")
