"""A file is there whole or as it was before, whatever goes wrong while it is written."""

import errno
import os
import re
import sys
from pathlib import Path

import pytest

from earmark.atomic import atomic_file, atomic_path, standard_output
from earmark.errors import OutputError


def test_a_file_takes_its_name_when_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    with atomic_file(path) as out:
        out.write("ä\r\n")
        out.flush()
        assert not path.exists()
        (part,) = tmp_path.iterdir()
        assert part.name.startswith(".") and part.name.endswith(".part")
    assert path.read_bytes() == "ä\r\n".encode()
    assert list(tmp_path.iterdir()) == [path]


def test_bytes_replace_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "t.bin"
    path.write_bytes(b"old")
    with atomic_file(str(path), "wb") as out:
        out.write(b"new\x00")
    assert path.read_bytes() == b"new\x00"


@pytest.mark.parametrize("error", [ValueError("oh"), KeyboardInterrupt(), OSError(28, "full")])
def test_what_was_there_stays_where_writing_fails(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "t.csv"
    path.write_text("old")
    expected = OutputError if isinstance(error, OSError) else type(error)
    with pytest.raises(expected) as caught, atomic_file(path) as out:
        out.write("new")
        raise error
    if isinstance(error, OSError):
        assert str(caught.value) == f"{path}: cannot be written (full)"
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_it_is_on_disk_before_it_takes_its_name(tmp_path: Path, monkeypatch) -> None:
    order = []
    sync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda f: order.append(os.fstat(f).st_size) or sync(f))
    monkeypatch.setattr(os, "replace", lambda a, b: order.append("renamed") or replace(a, b))
    with atomic_file(tmp_path / "t") as out:
        out.write("four")
    assert order == [4, "renamed"]


def test_where_none_can_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught, atomic_file(tmp_path / "no" / "t"):
        pass
    where = tmp_path / "no" / "t"
    assert str(caught.value) == f"{where}: cannot be written (No such file or directory)"


class Full:
    """A standard output that takes nothing."""

    def __init__(self, number: int) -> None:
        self.number = number

    def flush(self) -> None:
        raise OSError(self.number, os.strerror(self.number))


def test_standard_output_that_is_full_is_told(monkeypatch) -> None:
    monkeypatch.setattr(sys, "stdout", Full(errno.ENOSPC))
    sentence = r"^standard output: cannot be written \(No space left on device\)$"
    with pytest.raises(OutputError, match=sentence), standard_output():
        pass


def test_a_reader_that_has_gone_is_no_error_of_ours(monkeypatch) -> None:
    monkeypatch.setattr(sys, "stdout", Full(errno.EPIPE))
    with pytest.raises(BrokenPipeError), standard_output():
        pass


def test_standard_output_is_what_prints_go_to(capsys) -> None:
    with standard_output() as out:
        out.write("words\n")
    assert capsys.readouterr().out == "words\n"


@pytest.mark.skipif(os.name == "nt", reason="pipes with names are Unix's")
def test_what_is_no_file_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with atomic_file(pipe) as file:
            file.write("heard")
        assert os.read(reader, 100) == b"heard"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.skipif(os.name == "nt", reason="pipes with names are Unix's")
def test_a_pipe_whose_reader_has_gone_is_no_error_of_ours(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(BrokenPipeError), atomic_file(pipe, "wb") as file:
        os.close(reader)
        file.write(b"heard")
    assert pipe.is_fifo()


@pytest.mark.skipif(os.name == "nt", reason="pipes with names are Unix's")
def test_a_device_that_takes_nothing_is_told(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        sentence = rf"^{re.escape(str(pipe))}: cannot be written \(full\)$"
        with pytest.raises(OutputError, match=sentence), atomic_file(pipe):
            raise OSError(28, "full")
    finally:
        os.close(reader)


def test_a_path_has_the_suffix_of_what_it_becomes(tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(b"old")
    with atomic_path(str(path)) as part:
        assert (part.parent, part.suffix) == (tmp_path, ".mp3") and part.name.startswith(".song.")
        part.write_bytes(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_path_that_nobody_wrote_to_replaces_nothing(tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(b"old")
    with pytest.raises(OutputError, match="cannot be written"), atomic_path(path):
        pass
    assert path.read_bytes() == b"old"


def test_an_error_without_a_reason_of_the_system_is_told_as_it_is(tmp_path: Path) -> None:
    sentence = r"song\.mp3: cannot be written \(odd\)$"
    with pytest.raises(OutputError, match=sentence), atomic_path(tmp_path / "song.mp3"):
        raise OSError("odd")


def test_no_folder_is_replaced(tmp_path: Path) -> None:
    for atomic in (atomic_file, atomic_path):
        with pytest.raises(OutputError, match=r"is a folder$"), atomic(tmp_path):
            pass


@pytest.mark.skipif(os.name == "nt", reason="pipes with names are Unix's")
def test_no_path_stands_for_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutputError, match="is a pipe or a device"), atomic_path(tmp_path / "pipe"):
        pass
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link, file = tmp_path / "link", tmp_path / "there" / "file"
    link.symlink_to(file)
    for words in ("one", "two"):
        with atomic_file(link) as out:
            out.write(words)
        assert link.is_symlink() and file.read_text() == words
