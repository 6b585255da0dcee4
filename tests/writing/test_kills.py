"""Kills and full disks in the middle: the old file or the new one; no draft after the next run."""

import os
import subprocess

import pytest
from tagged_files import make

from earmark.sound.payload import payload_digest
from earmark.writing import Journal, Line, apply_plan, undo
from earmark.writing.containers import read_tags

killing = pytest.importorskip("killing") if hasattr(os, "fork") else None
pytestmark = pytest.mark.skipif(killing is None, reason="needs fork")

THEN = {"genre": ["rock", "folk"], "mood": ["calm"], "earmark": ["rock 0.61"]}
SOME, MANY = 13, 100


def line_for(path):
    seen = path.stat()
    now = read_tags(path).values
    return Line(
        str(path),
        "",
        payload_digest(path).hex(),
        seen.st_size,
        seen.st_mtime_ns,
        {name: now[name] for name in THEN},
        THEN,
    )


def setting(kind, folder):
    """A file, the work that writes it, its bytes before and after."""
    place = folder / "music"
    place.mkdir()
    path = make(kind, place)
    old = path.read_bytes()
    journal = folder / "journal"

    def work():
        with Journal(journal) as opened:
            (done,) = apply_plan([line_for(path)], opened)
            if done.error:
                raise RuntimeError(done.error)

    def take_back():
        with Journal(journal) as opened:
            (done,) = undo([str(path)], opened)
            return done

    work()
    new = path.read_bytes()
    assert take_back().whole and path.read_bytes() == old
    return path, work, take_back, old, new


def check_kills(kind, folder, kills):
    path, work, take_back, old, new = setting(kind, folder)
    count = killing.calls(work, folder / "tally")
    assert take_back().whole
    seen = set()
    for number in sorted({1 + round(i * (count - 1) / (kills - 1)) for i in range(kills)}):
        assert killing.child(work, killing.kill_at(number)) == "killed"
        data = path.read_bytes()
        assert data in (old, new)
        seen.add(data == new)
        work()  # the next run
        assert os.listdir(path.parent) == [path.name] and path.read_bytes() == new
        with Journal(folder / "journal") as journal:
            assert len(journal.of(path)) == 1
        assert take_back().whole and path.read_bytes() == old
    assert seen == {False, True}  # before and after the exchange


@pytest.mark.parametrize("kind", ["mp3 of 2.3", "flac", "opus", "m4a faststart"])
def test_killed_at_any_moment(kind, tmp_path):
    check_kills(kind, tmp_path, SOME)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["mp3 of 2.4", "ogg", "wma", "aiff of 2.3", "wav with INFO"])
def test_killed_at_a_hundred_moments(kind, tmp_path):
    check_kills(kind, tmp_path, MANY)


@pytest.mark.parametrize("kind", ["mp3 of 2.3", "m4a"])
def test_undo_killed_at_any_moment(kind, tmp_path):
    path, work, take_back, old, new = setting(kind, tmp_path)
    work()
    count = killing.calls(take_back, tmp_path / "tally")
    for number in {1 + round(i * (count - 1) / (SOME - 1)) for i in range(SOME)}:
        work()
        assert path.read_bytes() == new
        assert killing.child(take_back, killing.kill_at(number)) == "killed"
        assert path.read_bytes() in (old, new)
        take_back()
        assert os.listdir(path.parent) == [path.name] and path.read_bytes() == old


@pytest.mark.parametrize("kind", ["mp3 of 2.2", "flac", "ogg", "m4a", "wma", "wav with INFO"])
def test_a_disk_that_fills_up_in_the_middle(kind, tmp_path):
    path, work, _, old, new = setting(kind, tmp_path)
    for size in (0, 4096, len(old) // 2, len(old) - 1, len(new) - 1):
        said = killing.child(work, killing.file_limit(size))
        assert str(path) in said or "journal" in said
        assert "too large" in said.lower() or "full" in said or "I/O" in said
        assert os.listdir(path.parent) == [path.name] and path.read_bytes() == old


def test_no_room_for_a_copy(tmp_path):
    """A disk of its own, with less room than the file is long."""
    disk = tmp_path / "disk"
    disk.mkdir()
    options = ["-t", "tmpfs", "-o", "size=1500k", "tmpfs", disk]
    mounted = os.geteuid() == 0 and subprocess.run(["mount", *options], capture_output=True)
    if not mounted or mounted.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        path = make("flac", disk)
        (disk / "other").write_bytes(bytes(1_300_000))
        old = path.read_bytes()
        with Journal(tmp_path / "journal") as journal:
            (done,) = apply_plan([line_for(path)], journal)
        assert done.error == f"{path}: no room on the disk for a copy"
        assert path.read_bytes() == old
    finally:
        subprocess.run(["umount", disk], check=True)
