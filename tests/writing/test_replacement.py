"""Replacing a file: what is refused, and what of it is kept."""

import os
import shutil
import stat
import subprocess
import sys

import pytest
from sounds import NOBODY
from tagged_files import make

from earmark.errors import WritingError
from earmark.writing.drafts import draft_in, remove_left_drafts
from earmark.writing.replacement import replacement
from earmark.writing.write_file import write_file

THEN = {"genre": ["rock"]}


@pytest.fixture
def song(tmp_path):
    folder = tmp_path / "music"
    folder.mkdir()
    return make("mp3 of 2.3", folder)


def refused(path, match, **more):
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(WritingError, match=match) as error:
        write_file(path, THEN, None, **more)
    assert str(path) in str(error.value) and "\n" not in str(error.value)
    assert before is None or path.read_bytes() == before
    assert [name for name in os.listdir(path.parent) if name.startswith(".")] == []


def test_hard_links_are_refused_unless_they_may_be_broken(song):
    other = song.with_name("other.mp3")
    os.link(song, other)
    before = song.read_bytes()
    refused(song, "2 names .* --break-links")
    write_file(song, THEN, None, break_links=True)
    assert other.read_bytes() == before != song.read_bytes()
    assert song.stat().st_nlink == other.stat().st_nlink == 1


def test_a_symbolic_link_stays_one(song, tmp_path):
    link, way = tmp_path / "link.mp3", tmp_path / "way.mp3"
    way.symlink_to(song)
    link.symlink_to("way.mp3")
    before = song.read_bytes()
    write_file(link, THEN, None)
    assert link.is_symlink() and way.is_symlink() and not song.is_symlink()
    assert song.read_bytes() != before


def test_a_link_to_nowhere_and_what_is_no_file(tmp_path):
    link = tmp_path / "link.mp3"
    link.symlink_to("nowhere.mp3")
    refused(link, "No such file")
    refused(tmp_path / "gone.mp3", "No such file")
    folder = tmp_path / "folder.mp3"
    folder.mkdir()
    refused(folder, "not a file")


def test_a_read_only_file_and_folder(song):
    song.chmod(0o444)
    refused(song, "the file is read-only")
    song.chmod(0o644)
    song.parent.chmod(0o555)
    try:
        refused(song, "its folder is read-only")
    finally:
        song.parent.chmod(0o755)


@pytest.mark.skipif(not hasattr(os, "chown") or os.geteuid() != 0, reason="needs the super-user")
def test_the_owner_is_kept(song):
    os.chown(song, NOBODY, 12345)
    write_file(song, THEN, None)
    assert (song.stat().st_uid, song.stat().st_gid) == (NOBODY, 12345)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666, 0o755, 0o2664])
def test_the_mode_is_kept(song, mode):
    song.chmod(mode)
    write_file(song, THEN, None)
    assert stat.S_IMODE(song.stat().st_mode) == mode


def test_extended_attributes_are_kept(song):
    try:
        os.setxattr(song, "user.rating", "5 ★".encode())
        os.setxattr(song, "user.empty", b"")
    except (AttributeError, OSError):
        pytest.skip("no extended attributes here")
    write_file(song, THEN, None)
    assert os.getxattr(song, "user.rating").decode() == "5 ★"
    assert {"user.rating", "user.empty"} <= set(os.listxattr(song))


def test_access_lists_are_kept_and_none_comes_from_the_folder(song):
    """A list as setfacl makes it: user 12345 may read and write."""
    user = b"".join(
        tag.to_bytes(2, "little") + rights.to_bytes(2, "little") + who.to_bytes(4, "little")
        for tag, rights, who in (
            (1, 6, 2**32 - 1),
            (2, 6, 12345),
            (4, 4, 2**32 - 1),
            (16, 6, 2**32 - 1),
            (32, 0, 2**32 - 1),
        )
    )
    access = (2).to_bytes(4, "little") + user
    try:
        os.setxattr(song, "system.posix_acl_access", access)
        os.setxattr(song.parent, "system.posix_acl_default", access)
    except (AttributeError, OSError):
        pytest.skip("no access lists here")
    plain = make("flac", song.parent)
    os.removexattr(plain, "system.posix_acl_access")
    plain.chmod(0o640)
    write_file(song, THEN, None)
    write_file(plain, THEN, None)
    assert os.getxattr(song, "system.posix_acl_access") == access
    assert "system.posix_acl_access" not in os.listxattr(plain)
    assert stat.S_IMODE(plain.stat().st_mode) == 0o640


@pytest.mark.parametrize("how", ["written", "replaced", "removed"])
def test_a_file_that_changes_while_it_is_written_stays_as_it_became(song, how):
    with (
        pytest.raises(WritingError, match=r"changed while|No such file"),
        replacement(song) as new,
    ):
        new.fill()
        if how == "written":
            song.write_bytes(b"by somebody else")
        elif how == "replaced":
            other = song.with_name("other")
            other.write_bytes(b"by somebody else")
            os.replace(other, song)
        else:
            song.unlink()
        new.finish()
    there = [song] if how != "removed" else []
    assert list(song.parent.iterdir()) == there
    assert how == "removed" or song.read_bytes() == b"by somebody else"


def test_a_draft_that_another_process_writes_is_left_alone(tmp_path):
    held = 'import fcntl, sys\nfile = open(sys.argv[1], "rb+")\nfcntl.flock(file, fcntl.LOCK_EX)\n'
    held += 'print("held", flush=True)\nsys.stdin.read()\n'
    pytest.importorskip("fcntl")
    path = tmp_path / f".earmark-{'0' * 16}.part"
    path.touch()
    mine = tmp_path / ".earmark-notes.part"
    mine.touch()
    command = [sys.executable, "-c", held, path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        assert remove_left_drafts(tmp_path) == 0 and path.exists()
        process.stdin.close()
    assert remove_left_drafts(tmp_path) == 1
    assert list(tmp_path.iterdir()) == [mine]
    with draft_in(tmp_path) as draft:
        assert remove_left_drafts(tmp_path) == 0 and draft.exists()


def test_names_as_long_as_they_can_be_and_with_any_bytes(song):
    for name in (b"n" * 251 + b".mp3", b"new\nline \xff\xfe.mp3", "שלום مرحبا.mp3".encode()):
        path = os.fsdecode(os.path.join(os.fsencode(song.parent), name))
        try:
            shutil.copy(song, path)
        except OSError:
            continue  # not on this file system
        write_file(path, THEN, None)
        with open(path, "rb") as file:
            assert file.read() != song.read_bytes()
