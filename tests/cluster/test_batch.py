"""`earmark batch` on a real local Ray cluster: every sound once, whatever is killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sounds import music, write

pytest.importorskip("ray")
duckdb = pytest.importorskip("duckdb")
psutil = pytest.importorskip("psutil")
parquet = pytest.importorskip("pyarrow.parquet")

from earmark.cluster.batch import batch  # noqa: E402
from earmark.cluster.partitions import how_many, partition_of  # noqa: E402
from earmark.errors import ClusterError  # noqa: E402
from earmark.examples import example_path  # noqa: E402

MODEL = "small"


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """One local cluster for the tests of this process; `batch` uses what is there."""
    import logging

    import ray

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        logging_level=logging.ERROR,
        object_store_memory=128 << 20,
    )
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty sounds with odd names, among them a broken one and an empty one."""
    folder = tmp_path_factory.mktemp("sounds")
    for number in range(36):
        write(folder / f"{number:02d}, ü %41.wav", music(3, 8000, seed=number % 3), 8000)
    (folder / "line\nbreak.ogg").write_bytes(example_path("band").read_bytes())
    (folder / os.fsdecode(b"latin-\xe9.ogg")).write_bytes(example_path("piano").read_bytes())
    (folder / "broken.mp3").write_bytes(b"no sound at all" * 100)
    (folder / "empty.wav").write_bytes(b"")
    return folder


def rows(out: Path) -> list[tuple]:
    query = f"select path, error, seconds, tags, scores from '{out}/*.parquet' order by path"
    return duckdb.sql(query).fetchall()


def test_every_sound_is_one_row_and_what_fails_has_its_sentence(
    cluster: None, sounds: Path, tmp_path: Path
) -> None:
    import earmark

    total = batch(str(sounds), str(tmp_path / "out"), model=MODEL, partitions=3, actors=2)
    assert (total.count, total.failures, total.finished_before) == (40, 2, 0)
    found = rows(tmp_path / "out")
    assert len(found) == 40
    assert len({path for path, *_ in found}) == 40
    by_name = {Path(path).name: row for path, *row in found}
    assert by_name["broken.mp3"][0].startswith(str(sounds / "broken.mp3"))
    assert "is empty" in by_name["empty.wav"][0]
    assert "latin-\\xe9.ogg" in by_name
    tagging = earmark.tag(example_path("band"), MODEL)
    error, seconds, tags, scores = by_name["line\nbreak.ogg"]
    assert error is None
    assert seconds == pytest.approx(tagging.seconds)
    assert [tag["tag"] for tag in tags] == list(tagging.tags())
    np.testing.assert_allclose(scores, tagging.scores, atol=1e-6)
    part = parquet.read_table(tmp_path / "out" / "part-00001.parquet")
    assert json.loads(part.schema.metadata[b"tags"])[0] == "no voice"
    for number in range(3):
        part = parquet.read_table(tmp_path / "out" / f"part-{number:05d}.parquet")
        assert {
            partition_of(path, 3) for path in part["path"].to_pylist() if "\\x" not in path
        } == {number}
    text = (tmp_path / "out" / "_earmark" / "summary.jsonl").read_text()
    summaries = [json.loads(line) for line in text.splitlines()]
    assert sum(summary["count"] for summary in summaries) == 40
    assert sum(summary["failures"] for summary in summaries) == 2
    assert {summary["model"] for summary in summaries} == {MODEL}
    assert sum(s["sound_seconds"] for s in summaries) == pytest.approx(
        sum(row[2] or 0 for row in found), abs=0.1
    )


@pytest.fixture(scope="module")
def long_sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty small files that take a while."""
    folder = tmp_path_factory.mktemp("long")
    soundfile.write(folder / "0.flac", np.zeros(16000 * 180, np.float32), 16000)
    for number in range(1, 60):
        os.link(folder / "0.flac", folder / f"{number}.flac")
    return folder


def workers_of(driver: int) -> list[int]:
    """Processes of Ray's actors below a driver."""
    found = []
    for process in psutil.Process(driver).children(recursive=True):
        try:
            if "MapWorker" in " ".join(process.cmdline()):
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


@pytest.mark.parametrize(
    ("sounds", "partitions"),
    [(1, 1), (99, 1), (100, 2), (300, 6), (800, 16), (16_000, 16), (16_001, 17), (10**8, 10_000)],
)
def test_a_short_list_has_work_for_many_and_a_long_one_small_files(sounds, partitions) -> None:
    assert how_many(sounds) == partitions


def test_a_killed_worker_and_a_killed_driver_cost_only_what_was_under_way(
    long_sounds: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    code = (
        "from earmark.cluster.batch import batch\n"
        "if __name__ == '__main__':\n"
        f"    batch({str(long_sounds)!r}, {str(out)!r}, model={MODEL!r}, partitions=6, actors=2)\n"
    )
    script = tmp_path / "script.py"
    script.write_text(code)

    def finished() -> dict[str, int]:
        return {path.name: path.stat().st_mtime_ns for path in out.glob("_earmark/summary-*.json")}

    def wait_for(count: int, driver: subprocess.Popen) -> None:
        until = time.monotonic() + 500
        while len(finished()) < count and driver.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        assert len(finished()) >= count, driver.communicate()

    begin = [sys.executable, str(script)]
    driver = subprocess.Popen(begin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for(1, driver)
    killed = workers_of(driver.pid)
    assert killed
    os.kill(killed[0], signal.SIGKILL)
    wait_for(3, driver)
    driver.kill()
    driver.communicate()
    before = finished()
    assert 3 <= len(before) < 6
    again = subprocess.run(begin, capture_output=True, timeout=500)
    assert again.returncode == 0, again.stderr.decode()
    after = finished()
    assert len(after) == 6
    assert all(after[name] == stamp for name, stamp in before.items())
    counts = Counter(path for path, *_ in rows(out))
    assert counts == Counter(str(path) for path in long_sounds.iterdir())
    assert not list(out.rglob("*.part"))


def test_retry_hears_again_what_failed_and_a_changed_list_is_noticed(
    cluster: None, tmp_path: Path
) -> None:
    folder, out = tmp_path / "in", str(tmp_path / "out")
    folder.mkdir()
    write(folder / "good.wav", music(3, 8000), 8000)
    (folder / "later.wav").write_bytes(b"")
    assert batch(str(folder), out, model=MODEL).failures == 1
    write(folder / "later.wav", music(3, 8000), 8000)
    assert batch(str(folder), out, model=MODEL).failures == 1  # finished is finished
    assert batch(str(folder), out, model=MODEL, retry=True).failures == 0
    write(folder / "new.wav", music(3, 8000), 8000)
    total = batch(str(folder), out, model=MODEL)
    assert (total.count, total.finished_before) == (3, 0)
    assert len(rows(tmp_path / "out")) == 3


def test_what_stands_in_the_way_is_said_before_any_work(sounds: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    cases = [
        ({"source": str(tmp_path / "nowhere")}, "nowhere: no such folder, list or table"),
        ({"source": str(sounds), "address": "127.0.0.1:1"}, "127.0.0.1:1: no Ray cluster answers"),
        ({"source": str(sounds), "columns": ("tags", "mood")}, "no column 'mood'"),
        ({"source": "ftp://x/y"}, "no such folder"),
        ({"source": str(sounds), "out": "ftp://x/y"}, "ftp://x/y: an address begins with"),
        ({"source": str(sounds), "out": "/proc/nowhere"}, "/proc/nowhere: cannot be written to"),
    ]
    (tmp_path / "list.txt").write_text("gone/a.wav\ngone/b.wav\n")
    cases.append(({"source": str(tmp_path / "list.txt")}, "none of its paths exists, as"))
    (tmp_path / "table.csv").write_text("name\nx\n")
    cases.append(({"source": str(tmp_path / "table.csv")}, "table.csv: has no column file"))
    (tmp_path / "bad.parquet").write_bytes(b"nothing of the kind")
    cases.append(({"source": str(tmp_path / "bad.parquet")}, "bad.parquet: cannot be read"))
    for case, sentence in cases:
        with pytest.raises(ClusterError) as error:
            batch(**{"out": out, "model": MODEL} | case)
        assert sentence in str(error.value)
        assert "\n" not in str(error.value)
    run = tmp_path / "other" / "_earmark" / "run.json"
    run.parent.mkdir(parents=True)
    facts = {"model": "default", "sha256": "x", "version": "0", "columns": [], "partitions": 1}
    run.write_text(json.dumps(facts))
    with pytest.raises(ClusterError, match=r"another model \(default, now small\)"):
        batch(str(sounds), str(tmp_path / "other"), model=MODEL)
    run.write_text("{")
    with pytest.raises(ClusterError, match="makes no sense"):
        batch(str(sounds), str(tmp_path / "other"), model=MODEL)
