"""Several processes: order, bounded work ahead, and a crash that costs one file only."""

import multiprocessing
import os
from functools import partial
from pathlib import Path

import pytest

from earmark.errors import EarmarkError
from earmark.tagging.batch import tag_in_processes


def make(folder: Path):
    """A stand-in for a tagger, so that a crash can be had at will: dies of files named 'crash'."""

    def tag(path: str) -> str:
        (folder / Path(path).name).touch()
        if "crash" in path:
            os.abort()
        if "fail" in path:
            raise EarmarkError(f"{path}: no")
        if "bug" in path:
            raise ZeroDivisionError("oh")
        return path.upper()

    return tag


def run(folder: Path, names: list[str]) -> list:
    return list(tag_in_processes(partial(make, folder), names, 2))


def test_results_come_in_order(tmp_path: Path) -> None:
    names = [f"song{i}" for i in range(30)]
    assert run(tmp_path, names) == [(name, name.upper()) for name in names]


def test_an_error_is_the_result_of_its_file(tmp_path: Path) -> None:
    results = dict(run(tmp_path, ["a", "fail", "bug", "b"]))
    assert results["a"] == "A" and results["b"] == "B"
    assert str(results["fail"]) == "fail: no"
    assert str(results["bug"]) == "bug: failed unexpectedly (ZeroDivisionError: oh)"


def test_a_crash_costs_only_the_file_that_caused_it(tmp_path: Path) -> None:
    names = [f"song{i}" for i in range(9)] + ["crash"] + [f"more{i}" for i in range(9)]
    results = run(tmp_path, names)
    assert [name for name, _ in results] == names
    failed = {name: str(r) for name, r in results if isinstance(r, EarmarkError)}
    assert failed == {"crash": "crash: its decoder crashed"}


@pytest.mark.parametrize("last", ["song", "crash"])
def test_no_process_is_left_when_all_is_done(tmp_path: Path, last: str) -> None:
    run(tmp_path, ["a", "b", last])
    assert multiprocessing.active_children() == []


def test_work_ahead_is_bounded(tmp_path: Path) -> None:
    taken = []

    def paths():
        for i in range(10_000):
            taken.append(i)
            yield f"song{i}"

    results = tag_in_processes(partial(make, tmp_path), paths(), 2)
    assert next(results) == ("song0", "SONG0")
    assert len(taken) <= 20
    results.close()


def test_no_files_need_no_work(tmp_path: Path) -> None:
    assert run(tmp_path, []) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_jobs_do_not_change_what_comes_out(tmp_path: Path, jobs: int) -> None:
    results = tag_in_processes(partial(make, tmp_path), ["x", "y"], jobs)
    assert [name for name, _ in results] == ["x", "y"]
