"""What a person sees in a terminal: results and progress bar never mix, lines break at words."""

from pathlib import Path

import pytest
from command import earmark
from sounds import music, write
from terminal import in_terminal, screen


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("songs")
    for number in range(3):
        write(folder / f"{number}.wav", music(4, 16000, seed=number), 16000)
    (folder / "bad.wav").write_text("words")
    return folder


def plain(*arguments: object) -> list[str]:
    """The same command's results where nobody looks on, without the sentences."""
    return earmark(*arguments).stdout.splitlines()


@pytest.mark.parametrize("form", ["table", "jsonl", "json", "csv"])
def test_results_and_the_bar_never_mix(songs: Path, form: str) -> None:
    command = ("tag", songs, "--format", form, "--jobs", "1")
    code, written = in_terminal(*command, columns=200)
    assert code == 1
    assert written.count(b"tagging  ") >= 4 and b"4/4" in written
    shown = screen(written, columns=200)
    sentences = [line for line in shown if line.startswith("earmark: ")]
    assert len(sentences) == 2  # the bad file, and the end
    assert sentences[-1].startswith("earmark: 3 files tagged, 1 failed, in ")
    rest = [line for line in shown if line and not line.startswith("earmark: ")]
    wanted = "".join(plain(*command))
    assert "".join(rest).replace(" ", "") == wanted.replace(" ", "")
    assert not any("tagging" in line for line in shown)


def test_lines_break_between_words_at_80_columns(songs: Path) -> None:
    _, written = in_terminal("tag", songs / "0.wav", "--timeline", "--top", "12")
    shown = screen(written, columns=1000)  # as it was written: the terminal need not break it
    assert max(map(len, shown)) <= 80
    words = " ".join(" ".join(shown).split())
    for row in earmark("tag", songs / "0.wav", "--timeline", "--top", "12").stdout.splitlines():
        assert " ".join(row.split()) in words


def test_a_dumb_terminal_gets_no_bar_and_no_colour(songs: Path) -> None:
    _, written = in_terminal("tag", songs, env={"TERM": "dumb"})
    assert b"\x1b" not in written and b"tagging" not in written


def test_the_unsure_tags_step_back_unless_colours_are_unwanted(songs: Path) -> None:
    assert b"\x1b[2m  perhaps " in in_terminal("tag")[1]
    assert b"\x1b[2m" not in in_terminal("tag", env={"NO_COLOR": "1"})[1]


def test_a_name_cannot_colour_the_terminal(tmp_path: Path) -> None:
    file = write(tmp_path / "red\x1b[31m\rname\n.wav", music(4, 16000), 16000)
    _, written = in_terminal("tag", file, "--jobs", "1")
    assert b"\x1b[31m" not in written
    assert "red\\x1b[31m\\rname\\n.wav" in "\n".join(screen(written, 200))


@pytest.mark.parametrize("verb", ["models", "tags"])
def test_lists_fit_80_columns(verb: str) -> None:
    shown = screen(in_terminal(verb)[1], columns=1000)
    assert max(map(len, shown)) <= 80
    assert " ".join(" ".join(shown).split()) == " ".join(earmark(verb).stdout.split())
