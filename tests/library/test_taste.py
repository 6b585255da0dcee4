"""What a collection has more of, how surely, and what fits it."""

import json
from pathlib import Path

import numpy as np
import pytest
from clouds import cloud
from libraries import chance, make_library
from typer.testing import CliRunner

from earmark.cli.main import app
from earmark.errors import LibraryError
from earmark.library.library import Library
from earmark.library.taste import differences
from earmark.vocabulary import official_vocabulary

VOCABULARY = official_vocabulary()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four clouds of 60 songs; in the first are "Mine/", all violin, and more violin elsewhere."""
    path = tmp_path_factory.mktemp("library") / "library.db"
    vectors, which = cloud(240, 192, 4, spread=0.8)
    scores = chance(240)[0] / 50
    for name in VOCABULARY.synonyms("violin"):
        scores[which == 0, VOCABULARY.index(name)] = 0.9
    scores[which != 0, VOCABULARY.index("techno")] = 0.9
    scores[:, VOCABULARY.index("fast")] = np.where(np.arange(240) % 2, 0.9, 0)
    mine = np.cumsum(which == 0) * (which == 0)
    names = [
        f"{'Mine' if 0 < mine[i] <= 30 else f'cloud {which[i]}'}/{i:03d}.mp3" for i in range(240)
    ]
    make_library(path, scores, vectors, names=names, artists=[f"A{i % 50}" for i in range(240)])
    return path


def test_what_it_has_more_of_and_what_fits(library: Path) -> None:
    with Library(library) as opened:
        found = opened.taste("/music/Mine", n=8)
    assert (found.songs, found.others) == (30, 210)
    assert found.differences[0].tag in VOCABULARY.synonyms("violin")
    by_tag = {one.tag: one for one in found.differences}
    assert by_tag["violin"].sure and 0.5 < by_tag["violin"].low < by_tag["violin"].high <= 1
    assert by_tag["techno"].sure and by_tag["techno"].high < 0
    assert not by_tag["fast"].sure
    assert len(found.recommended) == 8
    assert all("cloud 0" in track.path for track, _ in found.recommended)


def test_playlists_and_expressions_and_pictures(library: Path, tmp_path: Path) -> None:
    with Library(library) as opened:
        paths = [track.path for track in opened if "/Mine/" in track.path]
    (tmp_path / "mine.m3u8").write_text("\n".join(["#EXTM3U", *paths, "/nowhere.mp3"]))
    picture = tmp_path / "t.svg"
    arguments = ["taste", tmp_path / "mine.m3u8", "--against", "/music/cloud 1", "--picture"]
    arguments += [picture, "--where", "techno", "--library", library, "--format", "json"]
    done = CliRunner().invoke(app, list(map(str, arguments)))
    assert done.exit_code == 0, done.exception
    assert "1 of its files are not in the library" in done.stderr
    told = json.loads(done.stdout)
    assert told["songs"] == 30 and told["tags"][0]["sure"]
    assert told["recommended"] and all("cloud 0" not in r["file"] for r in told["recommended"])
    assert b"<svg" in picture.read_bytes()
    done = CliRunner().invoke(app, ["taste", "/music/Mine", "--library", str(library)])
    assert "more of" in done.stdout and "violin" in done.stdout


def test_nothing_there(library: Path) -> None:
    with Library(library) as opened:
        with pytest.raises(LibraryError, match="heard none of its songs"):
            opened.taste("/music/Min")
        with pytest.raises(LibraryError, match="no rest"):
            opened.taste("/music")


def test_an_artist_alone_makes_nothing_sure() -> None:
    there = np.zeros((400, 188), bool)
    there[:40, 5] = True  # all of one artist's 40 songs, in a collection of 100 by 7 artists
    artists = ["one"] * 40 + [f"{i // 10}" for i in range(360)]
    rows = np.arange(400)
    by_artist = differences(there, rows[:100], rows[100:], artists, VOCABULARY)
    by_song = differences(there, rows[:100], rows[100:], list(map(str, rows)), VOCABULARY)
    assert by_artist[0].tag == by_song[0].tag == VOCABULARY.names[5]
    assert by_song[0].sure and not by_artist[0].sure
