"""Several processes: order, bounded work ahead, a crash that costs one item, and how they end."""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import work
from work import make

from earmark import pool
from earmark.errors import EarmarkError, ModelError
from earmark.pool import work_in_processes


def run(folder: Path, words: list[str], jobs: int = 2, **more) -> list:
    return list(work_in_processes(partial(make, folder), words, jobs, **more))


def asked(folder: Path) -> list[str]:
    return sorted((folder / "asked").read_text().splitlines())


def test_results_come_in_order(tmp_path: Path) -> None:
    words = ["after 3", *(f"song{i}" for i in range(30))]
    results = run(tmp_path, words)
    assert results == [("after 3", True), *((word, word.upper()) for word in words[1:])]


def test_or_as_they_are_done(tmp_path: Path) -> None:
    words = ["after 6", "a", "b", "c", "d", "e"]
    results = run(tmp_path, words, ordered=False)
    assert sorted(word for word, _ in results) == sorted(words)
    assert results[-1] == ("after 6", True)


def test_an_error_is_the_result_of_its_item(tmp_path: Path) -> None:
    results = dict(run(tmp_path, ["a", "fail", "bug", "lock", "b"]))
    assert results["a"] == "A" and results["b"] == "B"
    assert str(results["fail"]) == "fail: no"
    assert str(results["bug"]) == "bug: failed unexpectedly (ZeroDivisionError: oh)"
    assert str(results["lock"]).startswith("lock: its result cannot be passed on (")


@pytest.mark.parametrize("ordered", [True, False])
def test_a_crash_costs_only_the_item_that_caused_it(tmp_path: Path, ordered: bool) -> None:
    words = [*(f"song{i}" for i in range(9)), "crash", "killed", *(f"more{i}" for i in range(9))]
    results = run(tmp_path, words, ordered=ordered)
    names = [name for name, _ in results]
    assert names == words if ordered else sorted(names) == sorted(words)
    failed = {name: str(r) for name, r in results if isinstance(r, EarmarkError)}
    assert failed == {
        "crash": "crash: its decoder crashed",
        "killed": "killed: its process was killed, as for want of memory",
    }
    assert asked(tmp_path) == sorted([*words, "crash", "killed"])  # what others did is kept


def test_what_crashes_once_is_tried_again(tmp_path: Path) -> None:
    assert run(tmp_path, ["crash-once", "a"]) == [("crash-once", "CRASH-ONCE"), ("a", "A")]


def test_a_long_item_stalls_no_other(tmp_path: Path) -> None:
    words = ["after 201", *(f"song{i}" for i in range(200))]
    assert run(tmp_path, words)[0] == ("after 201", True)


def test_jobs_are_done_at_the_same_time(tmp_path: Path) -> None:
    results = run(tmp_path, ["after 3"] * 3, jobs=3)
    assert [result for _, result in results] == [True] * 3


def test_no_more_processes_than_items(tmp_path: Path) -> None:
    results = work_in_processes(partial(make, tmp_path), ["after 2", "after 2"], 8)
    next(results)
    assert len(multiprocessing.active_children()) == 2
    assert list(results) == [("after 2", True)]


@pytest.mark.parametrize("last", ["song", "crash"])
def test_no_process_is_left_when_all_is_done(tmp_path: Path, last: str) -> None:
    run(tmp_path, ["a", "b", last])
    assert multiprocessing.active_children() == []


def taken_ahead(folder: Path, first: list[str], rest: str, **more) -> int:
    """How many items are read until the first result is there, and then until the end."""
    taken = []

    def words() -> Iterator[str]:
        for word in first + [rest] * 300:
            taken.append(word)
            yield word

    results = work_in_processes(partial(make, folder), words(), 2, **more)
    next(results)
    results.close()
    assert multiprocessing.active_children() == []
    return len(taken)


@pytest.mark.parametrize(
    ("limit", "value", "rest"), [("AHEAD", 10, "x"), ("AHEAD_BYTES", 100_000, "big 10000")]
)
def test_results_that_wait_for_an_earlier_one_are_bounded(
    tmp_path: Path, monkeypatch, limit: str, value: int, rest: str
) -> None:
    monkeypatch.setattr(pool, limit, value)
    assert 11 <= taken_ahead(tmp_path, ["after 11"], rest) <= 1 + 10 + 8


def test_work_ahead_is_bounded(tmp_path: Path) -> None:
    assert taken_ahead(tmp_path, ["a"], "x", ordered=False, pending_per_job=3) <= 7


def test_no_items_need_no_work(tmp_path: Path) -> None:
    assert run(tmp_path, []) == []


@pytest.mark.parametrize("polite", [False, True])
def test_who_gives_up_stops_the_workers_or_lets_them_finish(tmp_path: Path, polite: bool) -> None:
    called = []
    call_off = partial(called.append, "off") if polite else None
    words = ["after 2", "slow", *"abcdef"]
    results = work_in_processes(partial(make, tmp_path), words, 2, call_off=call_off)
    next(results)
    results.close()
    assert multiprocessing.active_children() == []
    assert ("slow is done" in asked(tmp_path)) == polite
    assert called == ["off"] * polite


def test_who_takes_all_calls_nobody_off(tmp_path: Path) -> None:
    called = []
    run(tmp_path, ["a"], call_off=partial(called.append, "off"))
    assert called == []


def test_an_error_of_the_items_ends_all(tmp_path: Path) -> None:
    def words() -> Iterator[str]:
        yield "a"
        raise KeyError("gone")

    with pytest.raises(KeyError):
        list(work_in_processes(partial(make, tmp_path), words(), 2))
    assert multiprocessing.active_children() == []


def test_work_that_cannot_begin_is_told() -> None:
    with pytest.raises(ModelError, match=r"^model 'x': no$"):
        list(work_in_processes(work.refuse, ["a", "b"], 2))
    with pytest.raises(EarmarkError, match=r"^worker processes end as they start \(exit code 3\)$"):
        list(work_in_processes(work.end_at_once, ["a", "b"], 2))
    assert multiprocessing.active_children() == []


def test_workers_have_one_blas_thread_and_this_process_what_it_had(
    tmp_path: Path, monkeypatch
) -> None:
    for variable in work.VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    assert run(tmp_path, ["blas"], jobs=1) == [("blas", {"1"})]
    assert not set(work.VARIABLES) & set(os.environ)


def test_workers_leave_ctrl_c_to_their_parent(tmp_path: Path) -> None:
    assert run(tmp_path, ["interrupt"], jobs=1) == [("interrupt", "INTERRUPT")]


SCRIPT = """
import sys
from functools import partial
from pathlib import Path
from earmark.pool import work_in_processes
from work import make
def main():
    for _, result in work_in_processes(partial(make, Path(sys.argv[1])), ["pid", "after 99"], 2):
        print(result, flush=True)
"""


def script(folder: Path, code: str) -> subprocess.Popen:
    (folder / "script.py").write_text(SCRIPT + code)
    return subprocess.Popen(
        [sys.executable, folder / "script.py", folder],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def test_workers_follow_a_killed_parent(tmp_path: Path) -> None:
    running = script(tmp_path, "if __name__ == '__main__':\n    main()\n")
    worker = int(running.stdout.readline())
    assert alive(worker)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    assert work.wait_for(lambda: not alive(worker))


def test_a_script_without_its_guard_is_one_sentence(tmp_path: Path) -> None:
    running = script(
        tmp_path,
        "from earmark.errors import EarmarkError\n"
        "try:\n    main()\nexcept EarmarkError as error:\n    print(error)\n",
    )
    out, err = running.communicate(timeout=60)
    guard = 'if __name__ == "__main__":'
    assert out.splitlines() == [
        f"{tmp_path / 'script.py'}: several processes need the line {guard} above what starts "
        "them, since each imports the script"
    ]
    assert err == ""
