"""Every block of docs/library.md runs, in the order in which people read it."""

import shutil
from pathlib import Path

from pages import run_page

from earmark.examples import example_path
from earmark.library import Catalogue


def test_library_page(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("EARMARK_LIBRARY", str(tmp_path / "library.db"))
    monkeypatch.chdir(tmp_path)
    for name in ("piano", "band", "strings"):
        folder = tmp_path / "Music" / name
        folder.mkdir(parents=True)
        shutil.copy(example_path(name), folder)
    shutil.copy(example_path("piano"), "song.ogg")
    (tmp_path / "Music" / "Podcasts").mkdir()
    shutil.copy(example_path("band"), "Music/Podcasts/talk.ogg")
    done = dict(run_page("library.md"))
    assert "4 tagged" in done["earmark scan Music"].stdout
    piano = done["earmark search piano"].stdout.splitlines()
    assert piano and "Music/piano/piano.ogg" in piano[0]
    assert "1 file forgotten" in done["earmark library forget Music/Podcasts"].stdout
    assert Path("dance.m3u8").read_text("utf-8").startswith("#EXTM3U")
    with Catalogue() as catalogue:
        assert len(catalogue) == 3
    assert "piano.ogg" in capsys.readouterr().out  # of the Python block
