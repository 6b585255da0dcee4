"""What servers lay on the disk goes with them, and what a killed one left with the next."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sounds import music, write

httpx = pytest.importorskip("httpx")
pytest.importorskip("uvicorn")

from earmark.locks import try_lock  # noqa: E402
from earmark.serve.scratch import PREFIX, Scratch, remove_left  # noqa: E402


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def places(folder: Path) -> list[Path]:
    return [path for path in folder.glob(f"{PREFIX}*") if path.is_dir()]


@contextmanager
def serving() -> Iterator[tuple[subprocess.Popen, str]]:
    command = [sys.executable, "-m", "earmark", "serve", "--port", "0"]
    command += ["--models", "small", "--workers", "1"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        told = process.stderr.readline()
        assert "listening on" in told, told + process.stderr.read()
        address = "http://127.0.0.1:" + told.partition("127.0.0.1:")[2].partition("/")[0]
        assert httpx.get(f"{address}/health", timeout=60).status_code == 200  # it has begun
        yield process, address
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def test_what_a_killed_server_left_goes_with_the_next(place: Path) -> None:
    sound = write(place / "long.flac", music(2, 16000).repeat(600, axis=0), 16000)
    with serving() as (process, address):
        sent = httpx.post(f"{address}/jobs", content=sound.read_bytes(), timeout=60)
        assert sent.status_code == 202
        (left,) = places(place)
        assert any(path.stat().st_size for path in left.rglob("sound"))
        with serving():  # another server does not touch what is in use
            assert left.exists()
        process.kill()
        process.wait()
        assert left.exists()
    with serving():
        assert not left.exists()
    assert not list(place.glob(f"{PREFIX}*"))


def test_all_goes_when_a_server_closes(place: Path) -> None:
    scratch = Scratch()
    assert not places(place)
    folders = []
    threads = [threading.Thread(target=lambda: folders.append(scratch.new())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(folders)) == 8 and len(places(place)) == 1
    assert oct(places(place)[0].stat().st_mode)[-3:] == "700"
    assert remove_left() == 0 and all(folder.is_dir() for folder in folders)
    scratch.close()
    scratch.close()
    assert not os.listdir(place)


def test_a_place_that_was_swept_away_is_made_again(place: Path) -> None:
    scratch = Scratch()
    first = scratch.new()
    shutil.rmtree(first.parent)
    assert scratch.new().is_dir() and len(os.listdir(place)) == 2
    scratch.close()
    assert not os.listdir(place)


def test_a_place_is_begun_anew_where_it_is_not_the_one_that_was_made(
    place: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    scratch = Scratch()
    first = scratch.new().parent
    shutil.rmtree(first)
    first.symlink_to(elsewhere)  # planted
    sent = scratch.new()
    second = sent.parent
    assert second != first and not os.listdir(elsewhere)
    Path(f"{second}.lock").unlink()  # swept, so nobody could tell that it is in use
    third = scratch.new().parent
    assert third != second and Path(f"{third}.lock").exists()
    assert sent.is_dir()  # a request is still using it
    scratch.close()
    assert not sent.exists() and remove_left() == 0


def test_a_server_that_begins_loses_no_lock_to_one_that_sweeps(place: Path, monkeypatch) -> None:
    def swept(file) -> bool:
        monkeypatch.setattr("earmark.serve.scratch.try_lock", try_lock)
        remove_left()  # between making a lock and holding it
        return try_lock(file)

    monkeypatch.setattr("earmark.serve.scratch.try_lock", swept)
    scratch = Scratch()
    folder = scratch.new().parent
    assert Path(f"{folder}.lock").exists() and remove_left() == 0 and folder.is_dir()
    scratch.close()


def test_what_is_planted_leads_nowhere(
    place: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    precious = tmp_path_factory.mktemp("precious")
    for name in ("song", "a.lock"):
        (precious / name).touch()
    (place / f"{PREFIX}one.lock").touch()
    (place / f"{PREFIX}one").symlink_to(precious)
    (place / f"{PREFIX}two.lock").symlink_to(precious / "a.lock")
    (place / f"{PREFIX}two").mkdir()
    (place / f"{PREFIX}three").mkdir()  # without a lock
    remove_left()
    assert sorted(os.listdir(precious)) == ["a.lock", "song"]
    assert {path.name for path in places(place)} >= {f"{PREFIX}two", f"{PREFIX}three"}


@pytest.mark.skipif(os.name == "nt", reason="a file system without locks, as POSIX has them")
def test_nothing_is_removed_where_files_have_no_locks(place: Path, monkeypatch) -> None:
    import fcntl

    def refuse(*_: object) -> None:
        raise OSError("no locks here")

    monkeypatch.setattr(fcntl, "flock", refuse)
    scratch = Scratch()
    folder = scratch.new()
    assert remove_left() == 0 and folder.is_dir()
    scratch.close()
    assert not os.listdir(place)
