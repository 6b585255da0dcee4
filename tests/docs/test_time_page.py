"""What docs/time.md tells to type works, in the order of the page."""

import re
import shlex
from pathlib import Path

import pytest
from passages import DRUMS, changing
from sounds import read_soundfile, write
from typer.testing import CliRunner

from earmark.cli.main import app

PAGE = Path(__file__).parents[2] / "docs" / "time.md"


def test_every_block_of_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    write(tmp_path / "show.wav", changing(), 16000)
    write(tmp_path / "song.flac", changing()[8 * 16000 : 16 * 16000], 16000)
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    blocks = re.findall(r"```(sh|python)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 6
    for kind, block in blocks:
        if kind == "python":
            exec(block, names)
            continue
        for line in block.strip().splitlines():
            program, *arguments = shlex.split(line, comments=True)
            assert program == "earmark"
            done = CliRunner().invoke(app, arguments)
            assert done.exit_code == 0, (line, done.output, done.exception)
    start, end = capsys.readouterr().out.split()[:2]
    assert abs(float(start) - DRUMS[0]) <= 1.5 and abs(float(end) - DRUMS[1]) <= 1.5
    (clip,) = Path("clips").glob("show-00-00-*.wav")
    assert abs(len(read_soundfile(clip)[0]) / 16000 - 11) <= 2
    assert {path.name for path in Path("subtitles").iterdir()} == {"show.wav.srt", "song.flac.srt"}
    assert len(read_soundfile(Path("only.flac"))[0]) < 8 * 16000
    muted, edited = (read_soundfile(Path(name))[0] for name in ("quiet.wav", "edited.wav"))
    assert abs(muted - edited).max() < 1e-3
