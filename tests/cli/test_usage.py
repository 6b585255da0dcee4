"""Exit codes of all verbs: wrong usage is 2 whoever notices it, and outputs that fail are 1."""

import os
import shlex
import sys
from pathlib import Path

import pytest
from command import earmark, earmark_process, run
from sounds import music, write

from earmark.library.library import Library


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A song, a library that knows it, and a map with a tag that is none."""
    folder = tmp_path_factory.mktemp("usage")
    write(folder / "a.wav", music(3.5, 16000), 16000)
    (folder / "wrong.toml").write_text('"cult" = "eerie and violn"\n')
    with Library(folder / "m.db") as library:
        library.scan([folder], jobs=1)
    return folder


@pytest.mark.parametrize(
    ("code", "line"),
    [
        (2, "search 'slow and violn' --library m.db"),
        (2, "search '' --library m.db"),
        (2, "search piano --map nowhere --library m.db"),
        (2, "similar a.wav --where violn --library m.db"),
        (2, "tag a.wav --map nowhere"),
        (2, "genres show nowhere"),
        (2, "library export -o m.txt --library m.db"),
        (2, "write --where violn --dry-run --library m.db"),
        (1, "tag a.wav --map wrong.toml"),
        (1, "search piano --library none.db"),
    ],
)
def test_exit_code(folder: Path, monkeypatch: pytest.MonkeyPatch, code: int, line: str) -> None:
    monkeypatch.chdir(folder)
    done = earmark(*shlex.split(line))
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.strip()


def test_a_picture_leaves_nothing_at_home(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    home, kept = tmp_path / "home", ("PATH", "PYTHONPATH", "SYSTEMROOT", "TMPDIR")
    home.mkdir()
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment |= {"HOME": str(home), "USERPROFILE": str(home)}
    arguments = ("plot", "waveform", folder / "a.wav", "-o", tmp_path / "w.png")
    done = earmark_process(*arguments, env=environment)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "w.png").stat().st_size
    assert list(home.rglob("*")) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
@pytest.mark.parametrize("line", ["tags", "tag --help", "library stats --library m.db"])
def test_a_full_disk_is_one_sentence(folder: Path, line: str) -> None:
    shell = 'exec "$@" > /dev/full'
    command = [sys.executable, "-m", "earmark", *line.split()]
    done = run(["sh", "-c", shell, "sh", *command], cwd=folder)
    assert done.returncode == 1
    assert done.stderr.startswith("earmark: ") and done.stderr.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="a shell of Unix closes them")
def test_closed_streams_take_nothing_of_a_file(folder: Path) -> None:
    command = [sys.executable, "-m", "earmark", "tag", "a.wav", "--format", "csv"]
    done = run(["sh", "-c", 'exec "$@" <&- >&-', "sh", *command], cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    done = run(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *command, "-o", "c.csv"], cwd=folder)
    assert done.returncode == 0
    assert (folder / "c.csv").read_text().startswith("file,start,end,tag,score\n")


@pytest.mark.skipif(os.name == "nt", reason="pipes with names are Unix's")
def test_a_censored_file_takes_no_pipes_place(folder: Path) -> None:
    os.mkfifo(folder / "out.wav")
    (folder / "cut.edl").write_text("1 2 1\n")
    done = earmark("censor", "a.wav", "out.wav", "--from", "cut.edl", cwd=folder)
    assert done.returncode == 1 and "is a pipe or a device" in done.stderr
    assert (folder / "out.wav").is_fifo()
