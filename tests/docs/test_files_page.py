"""docs/files.md: its commands and its Python do what it says."""

import os
import re
import shlex
import shutil
from pathlib import Path

import pytest
from sounds import decoded, write
from typer.testing import CliRunner

from earmark.cli.main import app
from earmark.examples import example_path

PAGE = Path(__file__).parents[2] / "docs" / "files.md"
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
COMMANDS = [line for kind, text in BLOCKS if not kind for line in text.splitlines()]
(PYTHON,) = [text for kind, text in BLOCKS if kind == "python"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.setenv("EARMARK_LIBRARY", str(tmp_path / "library.db"))
    monkeypatch.chdir(tmp_path)
    os.mkdir("Music")
    shutil.copy(example_path("piano"), "Music/piano.ogg")
    samples, _ = decoded(example_path("band"), 16000)
    write(Path("song.mp3"), samples[: 16000 * 4], 16000)
    return tmp_path


def test_the_commands_in_their_order_leave_everything_as_it_was(here):
    files = here / "song.mp3", here / "Music/piano.ogg"
    before = [path.read_bytes() for path in files]
    changed = []
    for command in COMMANDS:
        words = shlex.split(command, comments=True)
        assert words[0] == "earmark"
        done = CliRunner().invoke(app, words[1:])
        assert done.exit_code == 0, (command, done.output, done.exception)
        changed.append([path.read_bytes() for path in files] != before)
    # dry run, write, undo; scan, write where, write by map, undo, undo; plan, apply
    assert changed == [False, True, False, False, True, True, False, False, False, True]


def test_the_python(here):
    names: dict = {}
    before = Path("song.mp3").read_bytes()
    exec(PYTHON, names)
    (done,), (back,) = names["done"], names["back"]
    assert done.written and back.whole and done.line.then["genre"] == ["Post-Rock"]
    assert Path("song.mp3").read_bytes() == before
