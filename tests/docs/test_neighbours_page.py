"""Every block of docs/neighbours.md runs, in the order in which people read it."""

import shutil
from pathlib import Path

from pages import run_page
from sounds import music, write
from typer.testing import CliRunner

from earmark.cli.main import app
from earmark.examples import example_path

NAMES = ("piano", "band", "strings")


def test_neighbours_page(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("EARMARK_LIBRARY", str(tmp_path / "library.db"))
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        (tmp_path / "Music" / name).mkdir(parents=True)
        shutil.copy(example_path(name), tmp_path / "Music" / name)
    shutil.copy(example_path("piano"), "song.ogg")
    for number in range(3):
        for name, pitch in (("hum", 1.0), ("hiss", 0.0)):
            (tmp_path / "Sorted" / name).mkdir(parents=True, exist_ok=True)
            sound = music(3, 16000, seed=number) * (0.1 if pitch else 1)
            write(tmp_path / "Sorted" / name / f"{number}.wav", sound, 16000)
    assert CliRunner().invoke(app, ["scan", "Music"]).exit_code == 0
    done = dict(run_page("neighbours.md"))
    (near,) = [done[line] for line in done if line == "earmark similar song.ogg"]
    # The song is a copy of one in the library, which is left out.
    assert len(near.stdout.splitlines()) == 2 and "piano" not in near.stdout
    assert Path("evening.m3u8").read_text("utf-8").count("#EXTINF") == 3
    assert Path("map.png").exists() and Path("groups.json").exists()
    assert Path("mine/card.toml").exists()
    assert "hum" in capsys.readouterr().out  # of the Python block
