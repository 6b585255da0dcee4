"""`earmark genres` and `--map`: what people type and what they get."""

import csv
import json
import shutil
from pathlib import Path

import pytest
from command import earmark

from earmark.examples import example_path
from earmark.library import Library

BAND = str(example_path("band"))


def test_a_map_tells_genres_in_every_form(tmp_path: Path) -> None:
    (record,) = json.loads(earmark("tag", BAND, "--map", "discogs", "--format", "json").stdout)
    assert next(iter(record["genres"])) == "Rock"
    assert list(record["genres"].values()) == sorted(record["genres"].values(), reverse=True)
    table = earmark("tag", BAND, "--map", "discogs").stdout
    assert f"  genres  Rock {record['genres']['Rock']:.2f}" in table
    done = earmark("tag", BAND, "--map", "discogs", "-o", tmp_path / "t.csv")
    assert done.returncode == 0
    with open(tmp_path / "t.csv", newline="", encoding="utf-8") as file:
        words = {row["tag"]: float(row["score"]) for row in csv.DictReader(file)}
    assert words["genre:Rock"] == record["genres"]["Rock"]
    (tmp_path / "own.toml").write_text('"quiet corner" = "silence and quiet"', "utf-8")
    table = earmark("tag", BAND, "--map", tmp_path / "own.toml").stdout
    assert "none of the map's words fits" in table
    wrong = earmark("tag", BAND, "--map", "nonsense")
    assert wrong.returncode == 2
    assert "no map 'nonsense'" in wrong.stderr


def test_a_library_is_searched_by_a_maps_words(tmp_path: Path) -> None:
    for name in ("band", "piano"):
        shutil.copy(example_path(name), tmp_path / f"{name}.ogg")
    Library(tmp_path / "l.db").scan([tmp_path], model="small", jobs=1)
    found = earmark(
        "search", "rock and not Classical", "--map", "discogs", "--library", tmp_path / "l.db",
        "--format", "json",
    )  # fmt: skip
    assert "band.ogg" in found.stdout
    assert "piano.ogg" not in found.stdout


def test_list_show_and_check(tmp_path: Path) -> None:
    names = {
        entry["name"] for entry in json.loads(earmark("genres", "list", "--format", "json").stdout)
    }
    assert names == {"discogs", "id3", "moods"}
    assert "spacey > .02 or airy" in earmark("genres", "show", "moods").stdout
    path = tmp_path / "own.toml"
    path.write_text(
        '"a" = "violin and not fiddle"\n"b" = "slow or not slow"\n"c" = "violin"', "utf-8"
    )
    done = earmark("genres", "check", path, "--format", "json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["faults"] == [
        "'a' can never hold: violin and not fiddle",
        "'b' always holds: slow or not slow",
    ]
    assert told["songs"] > 300
    assert 0 < told["shares"]["c"] < 0.3
    path.write_text('"a" = "violn"', "utf-8")
    assert "the nearest is 'violin'" in earmark("genres", "check", path).stderr


def test_a_map_is_learned_from_sorted_folders_and_used(tmp_path: Path) -> None:
    import numpy as np
    import soundfile

    # Passages of two examples, sorted into two shelves; the map then names a third part of each.
    for shelf, name in (("loud", "band"), ("strings", "strings")):
        samples, rate = soundfile.read(example_path(name), dtype="float32")
        (tmp_path / "in" / shelf).mkdir(parents=True)
        parts = np.array_split(samples, 8)
        for number, part in enumerate(parts[:6]):
            soundfile.write(tmp_path / "in" / shelf / f"{number}.wav", part, rate)
        soundfile.write(tmp_path / f"{shelf}.wav", parts[6], rate)
    (tmp_path / "in" / "few").mkdir()
    shutil.copy(BAND, tmp_path / "in" / "few" / "one.ogg")
    out = tmp_path / "own.toml"
    done = earmark("genres", "learn", tmp_path / "in", "-o", out, "--jobs", 1)
    assert done.returncode == 0, done.stderr
    assert "'few' has 1 songs and is left out" in done.stderr
    assert "got a word" in done.stdout
    for shelf in ("loud", "strings"):
        told = earmark("tag", tmp_path / f"{shelf}.wav", "--map", out, "--format", "json")
        assert next(iter(json.loads(told.stdout)[0]["genres"])) == shelf


def test_nothing_to_learn_from_is_a_sentence(tmp_path: Path) -> None:
    done = earmark("genres", "learn", tmp_path / "none", "-o", tmp_path / "x.toml")
    assert done.returncode == 1
    assert "no such folder or manifest" in done.stderr
    done = earmark("genres", "learn", tmp_path, "-o", tmp_path / "x.toml")
    assert "no folder in it holds sounds" in done.stderr
    (tmp_path / "m.csv").write_text(f"file,tags\n{BAND},rock;loud\n", "utf-8")
    done = earmark("genres", "learn", tmp_path / "m.csv", "-o", tmp_path / "x.toml")
    assert "no row has exactly one tag" in done.stderr
    assert not (tmp_path / "x.toml").exists()


@pytest.mark.parametrize("verb", ["list", "show", "check", "learn"])
def test_help_has_examples(verb: str) -> None:
    assert f"earmark genres {verb}" in earmark("genres", verb, "--help").stdout
