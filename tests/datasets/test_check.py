"""Checking a manifest: every mistake with its row, in bounded memory."""

import tracemalloc
from pathlib import Path

import pytest
from command import earmark

from earmark.datasets.check import check_manifest
from earmark.vocabulary import Vocabulary


def manifest(folder: Path, *lines: str) -> Path:
    for name in ("a.mp3", "b.mp3", "c.mp3"):
        (folder / name).touch()
    (folder / "m.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "m.csv"


def found(path: Path, vocabulary: Vocabulary | None = None) -> list[str]:
    return [str(problem) for problem in check_manifest(path, vocabulary)]


def test_a_right_one_has_no_problems(tmp_path: Path) -> None:
    path = manifest(tmp_path, "file,tags,split,group", "a.mp3,guitar,train,x", "b.mp3,,valid,y")
    assert found(path) == []


def test_all_problems_of_all_rows_are_told(tmp_path: Path) -> None:
    path = manifest(
        tmp_path,
        "file,tags,not_tags,soft",
        "a.mp3,gutar;pianno,flute,slow:7",
        "missing.mp3,guitar,,",
        "b.mp3,flute,flute,",
        ",guitar,,",
        "a.mp3,,,",
        "b.mp3",
    )
    first, second, third, fourth, fifth, sixth, seventh, eighth = found(path)
    assert first.startswith("row 1: 'gutar' is not one of the 188 tags")
    assert "'guitar'" in first
    assert "'piano'" in second
    assert third == "row 1: 'slow:7' in soft is not tag:value with a value from 0 to 1"
    assert fourth == f"row 2: {tmp_path / 'missing.mp3'}: no such file"
    assert fifth == "row 3: 'flute' is in both tags and not_tags"
    assert sixth == "row 4: no file is named"
    assert seventh == "row 6: 1 cells for 4 columns"
    assert eighth == f"row 5: {tmp_path / 'a.mp3'} is in row 1 already"


def test_the_same_file_by_another_name_is_a_duplicate(tmp_path: Path) -> None:
    path = manifest(tmp_path, "file", "a.mp3", "./x/../a.mp3")
    assert any("is in row 1 already" in line for line in found(path))


def test_a_group_in_two_splits_is_a_warning_once(tmp_path: Path) -> None:
    rows = ("a.mp3,train,x", "b.mp3,valid,x", "c.mp3,valid,x")
    (problem,) = found(manifest(tmp_path, "file,split,group", *rows))
    assert problem == (
        "warning: row 2: the group 'x' is in the split 'valid' here and in 'train' in row 1"
    )


def test_equal_hashes_are_not_equal_names(tmp_path: Path, monkeypatch) -> None:
    from earmark.datasets import check

    monkeypatch.setattr(check, "_hash", lambda text: 7)
    rows = ("a.mp3,train,x", "b.mp3,valid,y", "c.mp3,train,x")
    assert found(manifest(tmp_path, "file,split,group", *rows)) == []


def test_memory_stays_bounded(tmp_path: Path) -> None:
    rows = [f"song-number-{i:08d}-with-a-long-name.mp3,guitar;slow,g{i}" for i in range(20_000)]
    path = manifest(tmp_path, "file,tags,group", *rows)
    tracemalloc.start()
    problems = sum(1 for _ in check_manifest(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert problems == 20_000  # none of the files is there
    assert peak < 5_000_000  # the rows themselves would be over 15 million bytes


@pytest.mark.parametrize("suffix", [".txt", ".toml"])
def test_the_command_with_tags_of_ones_own(tmp_path: Path, suffix: str) -> None:
    path = manifest(tmp_path, "file,tags", "a.mp3,polka", "b.mp3,polk")
    tags = tmp_path / f"tags{suffix}"
    tags.write_text('[[tag]]\nname = "polka"\n' if suffix == ".toml" else "# mine\n\npolka\n")
    done = earmark("data", "check", path, "--tags", tags)
    assert done.returncode == 1
    assert "row 2: 'polk' is not one of the 1 tags; the nearest is 'polka'" in done.stdout
    assert done.stdout.endswith(f"{path}: 1 errors\n")
    assert earmark("data", "check", manifest(tmp_path, "file", "a.mp3")).returncode == 0


def test_the_command_listens_if_asked(tmp_path: Path) -> None:
    path = manifest(tmp_path, "file", "a.mp3")
    done = earmark("data", "check", path, "--sound", "--jobs", 1)
    assert done.returncode == 1
    assert f"{tmp_path / 'a.mp3'}: empty" in done.stdout
