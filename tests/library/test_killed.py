"""A scan that is killed, again and again, at any moment, loses nothing that was written."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sounds import music, write

from earmark.library import Catalogue
from earmark.library.upkeep import check_library

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals as here are not there")


@pytest.fixture(scope="module")
def songs(tmp_path_factory) -> Path:
    """A hundred files of twenty sounds, and two that are none."""
    folder = tmp_path_factory.mktemp("songs")
    for i in range(20):
        first = write(folder / f"{i}.wav", music(3, 16000, 1, seed=i), 16000)
        for copy in range(4):
            shutil.copy(first, folder / f"{i} copy {copy}.wav")
    for i in range(2):
        (folder / f"bad {i}.mp3").write_bytes(b"no sound" * (i + 1))
    return folder


def start(songs: Path, library: Path, jobs: int) -> subprocess.Popen:
    command = [sys.executable, "-m", "earmark", "scan", songs, "--library", library]
    return subprocess.Popen(
        [*map(str, command), "--jobs", str(jobs)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def rows(library: Path) -> int:
    """How many files are written, without disturbing anybody."""
    try:
        with sqlite3.connect(f"file:{library}?mode=ro", uri=True) as connection:
            return connection.execute("SELECT COUNT(*) FROM tracks").fetchone()[0]
    except sqlite3.Error:  # not made yet
        return 0


def kill_once(songs: Path, library: Path, jobs: int, chance: random.Random) -> None:
    """Kill a scan as it starts, as it writes, or in between."""
    wanted = rows(library) + chance.choice([0, 1, 3])
    scanning = start(songs, library, jobs)
    deadline = time.monotonic() + 60
    if wanted > rows(library):
        while rows(library) < wanted and scanning.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
    else:
        time.sleep(chance.uniform(0, 1.5))
    os.kill(scanning.pid, signal.SIGKILL)
    scanning.wait()


def finish_and_check(songs: Path, library: Path) -> None:
    assert start(songs, library, 1).wait(120) == 1  # two files are no sounds
    with Catalogue(library) as catalogue:
        paths = [track.path for track in catalogue]
        assert len(paths) == len(set(paths)) == len(list(songs.iterdir()))
        assert set(paths) == set(map(str, songs.iterdir()))
        assert len(list(catalogue.failed())) == 2
        assert catalogue.counts()["sounds"] == catalogue.hearing().sounds == 20
        assert len(catalogue.scores(catalogue.hearing())) == 100
    assert check_library(library) == []
    left = {path.name for path in library.parent.iterdir()}
    assert left <= {"library.db", "library.db-wal", "library.db-shm", "library.db.scan"} | {
        name for name in left if name.endswith(".part")
    }


def run(songs: Path, library: Path, kills: int, jobs: int) -> None:
    chance, before = random.Random(kills), 0
    for _ in range(kills):
        kill_once(songs, library, jobs, chance)
        assert rows(library) >= before
        before = rows(library)
    finish_and_check(songs, library)


def test_two_kills(songs: Path, tmp_path: Path) -> None:
    run(songs, tmp_path / "library.db", kills=2, jobs=1)


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_twenty_kills(songs: Path, tmp_path: Path, jobs: int) -> None:
    run(songs, tmp_path / "library.db", kills=20, jobs=jobs)
