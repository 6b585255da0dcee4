"""Groups of a library: named by their tags, kept, drawn, written."""

import json
from pathlib import Path

import numpy as np
import pytest
from clouds import cloud
from libraries import chance, make_library
from typer.testing import CliRunner

from earmark.cli.main import app
from earmark.library import Catalogue
from earmark.library.described import group_songs
from earmark.library.distinct import naming_tags
from earmark.library.songs import Songs
from earmark.library.where import where
from earmark.vocabulary import official_vocabulary

TAGS = ("violin", "techno", "rap")
VOCABULARY = official_vocabulary()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """150 songs in three clouds, each with a tag of its own, a synonym, and one that all have."""
    path = tmp_path_factory.mktemp("library") / "library.db"
    vectors, which = cloud(150, 192, 3, spread=0.6)
    scores = chance(150)[0] / 100
    for number, tag in enumerate(TAGS):
        for name in VOCABULARY.synonyms(tag):
            scores[which == number, VOCABULARY.index(name)] = 0.9
    scores[:, VOCABULARY.index("fast")] = 0.9
    make_library(path, scores, vectors, names=[f"{TAGS[w]}{i}.mp3" for i, w in enumerate(which)])
    return path


def test_groups_are_named_by_what_they_have_more_of(library: Path) -> None:
    with Catalogue(library) as catalogue:
        found = group_songs(Songs.of(catalogue))
        assert len(found.groups) == 3
        for group in found.groups:
            (tag,) = [t for t in TAGS if t in Path(group.typical[0].path).name]
            assert len(group.tags) == 1
            assert group.tags[0] in VOCABULARY.synonyms(tag)
            assert all(tag in track.path for track in group.typical)
            assert group.surety == "sure"
            assert not {t.id for t in group.typical} & {t.id for t in group.odd}


def test_the_command_keeps_draws_and_writes_them(library: Path, tmp_path: Path) -> None:
    out, picture = tmp_path / "groups.json", tmp_path / "map.png"
    arguments = ["groups", "--library", str(library), "-o", str(out), "--picture", str(picture)]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.exception
    assert "3 groups" in done.stdout
    written = json.loads(out.read_text())
    assert picture.read_bytes().startswith(b"\x89PNG")
    numbers = written["members"]
    assert len(numbers) == written["in_groups"] > 130
    with Catalogue(library) as catalogue:
        songs = Songs.of(catalogue)
        inside = where(songs, "group:2")
        paths = {track.path for track in songs.tracks(np.flatnonzero(inside))}
        assert paths == {path for path, number in numbers.items() if number == 2}
        assert catalogue.groups()[2] == written["groups"][1]["name"]


def test_a_library_without_groups(tmp_path: Path) -> None:
    library = tmp_path / "library.db"
    make_library(library, *chance(5))
    done = CliRunner().invoke(app, ["groups", "--library", str(library)])
    assert done.exit_code == 0 and "0 of 5 songs are in 0 groups" in done.stdout


def test_names_neither_repeat_nor_contradict() -> None:
    there = np.zeros((200, 188), bool)
    for name, share in (("vocals", 1.0), ("singing", 0.9), ("no vocals", 0.8), ("drums", 0.6)):
        there[: int(100 * share), VOCABULARY.index(name)] = True
    names = list(naming_tags(there, np.arange(200) < 100, VOCABULARY))
    assert names[0] in ("vocals", "singing") and "no vocals" not in names
    assert "drums" in names
    groups = [VOCABULARY.group(name) for name in names]
    assert len(set(groups)) == len(groups)
    assert not list(naming_tags(there, np.arange(200) % 2 == 0, VOCABULARY))
