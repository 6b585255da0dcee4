"""What docs/live.md tells to type works, where no device and no net is needed."""

import json
import re
import shlex
from pathlib import Path

import pytest
from passages import DRUMS, changing
from sounds import write
from typer.testing import CliRunner

from earmark.censor.plan import CARES
from earmark.cli.main import app
from earmark.live import Patience
from earmark.live.censoring import delay_needed
from earmark.tagging import Tagger

PAGE = Path(__file__).parents[2] / "docs" / "live.md"


def test_every_block_of_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    write(tmp_path / "show.wav", changing(), 16000)
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"```(sh run|python)\n(.*?)```", text, re.DOTALL)
    assert [kind for kind, _ in blocks] == ["sh run", "python", "python"]
    for kind, block in blocks:
        if kind == "python":
            exec(block, names)
            continue
        for line in block.strip().splitlines():
            program, *arguments = shlex.split(line)
            assert program == "earmark"
            done = CliRunner().invoke(app, arguments)
            assert done.exit_code == 0, (line, done.output, done.exception)
            if "--jsonl" in arguments:
                told = [json.loads(row) for row in done.stdout.splitlines()]
                assert told[-1]["state"] == "ended" and "on" in [row["event"] for row in told]
    first, second, states = capsys.readouterr().out.splitlines()
    for line, kind, seconds in [(first, "on", DRUMS[0]), (second, "off", DRUMS[1])]:
        said, tag, at = line.split()
        assert (said, tag) == (kind, "drums") and abs(float(at) - seconds) <= 1.5
    assert states == "['connected', 'ended']"
    assert {"strongest", "loudest"} <= set(names) and len(names["strongest"]) == 5


def test_options_of_the_other_blocks_are_there() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        for verb, rest in re.findall(r"earmark (live|censor)([^|#\n]*)", block):
            shown = CliRunner().invoke(app, [verb, "--help"]).output
            for option in re.findall(r"--[a-z-]+", rest):
                assert option in shown, (verb, option)


def test_the_numbers_of_the_page_are_those_of_the_code() -> None:
    text, usual = PAGE.read_text(encoding="utf-8"), Patience()
    assert f"for {usual.quiet:g} s" in text and f"after {usual.dead:g} s" in text
    assert f"from {usual.first:g}".replace("0.", ".") in text and f"to {usual.most:g} s" in text
    assert f"beginning: {delay_needed(Tagger(), CARES['usual']):.0f} s" in text
