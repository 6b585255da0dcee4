"""The plug-in in a real beets: import, query, the command, files that cannot be heard."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from earmark.examples import example_path

pytest.importorskip("beets")

CONFIG = """
directory: {folder}/Music
library: {folder}/beets.db
plugins: [earmark]
import: {{copy: yes, write: yes, autotag: no, quiet: yes}}
earmark: {{{options}}}
"""


def beet(folder: Path, *arguments: str, options: str = "") -> subprocess.CompletedProcess:
    """Run `beet` with a library of its own."""
    (folder / "config.yaml").write_text(
        CONFIG.format(folder=folder, options=options), encoding="utf-8"
    )
    environment = os.environ | {"BEETSDIR": str(folder), "HOME": str(folder)}
    code = "from beets.ui import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A beets library into which two songs were imported, of which one has a genre already."""
    import mutagen

    folder = tmp_path_factory.mktemp("beets")
    songs = folder / "in"
    songs.mkdir()
    for name in ("band", "strings"):
        shutil.copy(example_path(name), songs / f"{name}.ogg")
        tags = mutagen.File(songs / f"{name}.ogg")
        tags["title"], tags["artist"] = name, "Nobody"
        if name == "strings":
            tags["genre"] = "Mine"
        tags.save()
    done = beet(folder, "import", "-q", str(songs))
    assert done.returncode == 0, done.stderr
    return folder


def test_an_import_hears_and_queries_find(library: Path) -> None:
    heard = beet(library, "ls", "-f", "$title|$earmark_tags|$genres", "earmark_rock:0.2..").stdout
    title, tags, genres = heard.strip().split("|")
    assert title == "band"
    assert "rock" in tags.split("; ")
    assert "Rock" in genres
    assert beet(library, "ls", "earmark_rock:0.99..").stdout == ""
    assert "strings" in beet(library, "ls", "-f", "$title", "earmark_model:default").stdout


def test_a_genre_that_was_there_stays_and_the_file_has_what_beets_wrote(library: Path) -> None:
    import mutagen

    assert beet(library, "write").returncode == 0  # an import without changes leaves files alone
    files = [mutagen.File(path) for path in (library / "Music").rglob("*.ogg")]
    written = {tags["title"][0]: tags.get("genre") for tags in files}
    assert written["strings"] == ["Mine"]
    assert "Rock" in written["band"]


def test_what_was_heard_is_not_heard_again_unless_asked(library: Path) -> None:
    assert beet(library, "earmark", "-p").stdout == ""
    told = beet(library, "earmark", "-p", "--force", "title:band").stdout
    assert told.startswith("Nobody - ")
    assert "rock 0." in told


def test_replace_takes_the_place_of_what_is_there(library: Path) -> None:
    done = beet(library, "earmark", "--force", "title:strings", options="genres: replace")
    assert done.returncode == 0, done.stderr
    genres = beet(library, "ls", "-f", "$genres", "title:strings").stdout
    assert "Mine" not in genres
    assert "Classical" in genres


def test_a_wrong_model_and_a_lost_file_are_one_sentence_each(library: Path) -> None:
    done = beet(library, "earmark", "--force", options="model: nonesuch")
    assert done.returncode == 1
    assert "no model 'nonesuch'" in done.stderr
    lost = next(path for path in (library / "Music").rglob("*.ogg") if "band" in path.name)
    lost.rename(lost.with_suffix(".away"))
    try:
        done = beet(library, "earmark", "--force")
        assert done.returncode == 0
        assert "no such file" in done.stderr
    finally:
        lost.with_suffix(".away").rename(lost)
