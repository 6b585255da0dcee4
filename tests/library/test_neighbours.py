"""Neighbours and playlists of a library's file, as a program and from the command line."""

import csv
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from clouds import cloud
from libraries import chance, make_library
from typer.testing import CliRunner

from earmark.cli.main import app
from earmark.errors import ExpressionError, LibraryError
from earmark.examples import example_path
from earmark.library import Catalogue
from earmark.library.neighbours import similar
from earmark.library.path import steps
from earmark.library.playlist import playlist
from earmark.library.query import listen
from earmark.library.record import Recorder
from earmark.library.songs import Songs
from earmark.library.where import where
from earmark.tagging import Tagger
from earmark.vocabulary import official_vocabulary

SONGS = 300


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Songs in five clouds, the first two in violin's."""
    path = tmp_path_factory.mktemp("library") / "library.db"
    vectors, which = cloud(SONGS, 192, 5, spread=1.2)
    scores, _ = chance(SONGS)
    scores[:, official_vocabulary().index("violin")] = np.where(which < 2, 0.9, 0.01)
    scores[:, official_vocabulary().index("violins")] = 0
    scores[:, official_vocabulary().index("fiddle")] = 0
    artists = [f"Artist {i % 40}" for i in range(SONGS)]
    make_library(path, scores, 0.02 + vectors, artists=artists)
    return path


@pytest.fixture
def songs(library: Path):
    with Catalogue(library) as catalogue:
        yield Songs.of(catalogue)


def path(song: int) -> str:
    return f"/music/{song:07d}.mp3"


def run(*arguments: object) -> str:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


def test_neighbours_are_those_of_the_centred_embeddings(songs: Songs) -> None:
    rows = songs.catalogue.embeddings(songs.hearing).rows.astype(np.float64)
    rows = rows - rows.mean(0) * SONGS / (SONGS + 100)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    order = [s for s in np.argsort(-rows @ rows[17], kind="stable") if s != 17]
    assert similar(songs, path(17), 10).places.tolist() == order[:10]


def test_a_song_outside_is_heard(songs: Songs, tmp_path: Path) -> None:
    file = example_path("piano")
    query = listen(songs, file)
    assert query.place is None
    assert query.vector @ songs.space(Tagger()(file).embedding) == pytest.approx(1, abs=1e-5)
    assert len(similar(songs, file, 4)) == 4
    with pytest.raises(LibraryError, match="another version of 'default'"):
        listen(songs, file, "small")


def test_a_song_s_own_copies_are_no_neighbours(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    _, embeddings = chance(20)
    ids = make_library(path, chance(20)[0], embeddings)
    with Recorder(path) as recorder, recorder.transaction():
        (sound,) = recorder.connection.execute(
            "SELECT sound_id FROM tracks WHERE id = ?", [ids[3]]
        ).fetchone()
        recorder.track("/elsewhere/copy.mp3", 1, 1, sound=sound)
    with Catalogue(path) as catalogue:
        songs = Songs.of(catalogue)
        found = {
            track.path for track in songs.tracks(similar(songs, "/elsewhere/copy.mp3", 30).places)
        }
        assert len(found) == 19 and "/music/0000003.mp3" not in found


def test_only_songs_that_an_expression_is_true_of(songs: Songs) -> None:
    found = similar(songs, path(0), 20, among="violin")
    violin = songs.scores[:, official_vocabulary().index("violin")]
    assert len(found) == 20 and (violin[found.places] == np.float32(0.9)).all()
    with pytest.raises(ExpressionError):
        similar(songs, path(0), 5, among="voilin")


def test_kept_groups_can_be_asked_for(tmp_path: Path) -> None:
    library = tmp_path / "library.db"
    scores, embeddings = chance(30)
    ids = make_library(library, scores, embeddings)
    with Recorder(library) as recorder:
        recorder.keep_groups({3: "three"}, [(id, 3) for id in ids[10:14]])
    with Catalogue(library) as catalogue:
        songs = Songs.of(catalogue)
        found = similar(songs, path(0), 30, among="group:3")
        assert sorted(found.places) == [10, 11, 12, 13]


@pytest.mark.parametrize("known", [False, True])
def test_a_flat_folder_of_unknown_artists_is_no_artist(tmp_path: Path, known: bool) -> None:
    scores, embeddings = chance(30)
    artists = ["one"] * 30 if known else None
    make_library(tmp_path / "flat.db", scores, embeddings, artists=artists)
    with Catalogue(tmp_path / "flat.db") as catalogue:
        order = playlist(Songs.of(catalogue), path(0), path(1), 10)
    assert len(order) == (2 if known else 10)


def test_a_playlist_keeps_its_rules(songs: Songs) -> None:
    end = int(np.argmin(songs.vectors @ songs.vectors[0]))
    order = playlist(songs, path(0), path(end), 25)
    assert (order[0], order[-1], len(set(order))) == (0, end, 25)
    artists = [song % 40 for song in order]
    assert max(map(artists.count, artists)) <= 2
    random = np.random.default_rng(0)
    usual = np.median([steps(songs.vectors, random.permutation(order)).max() for _ in range(30)])
    assert steps(songs.vectors, order).max() < 0.75 * usual  # clouds with nothing between
    with pytest.raises(LibraryError, match="the same recording"):
        playlist(songs, path(0), path(0))
    with pytest.raises(LibraryError, match="not in the library"):
        playlist(songs, path(0), "/music/none.mp3")


@pytest.mark.parametrize("form", ["table", "json", "csv", "m3u8", "paths"])
def test_the_command_prints_neighbours(library: Path, songs: Songs, form: str) -> None:
    wanted = [track.path for track in songs.tracks(similar(songs, path(5), 4).places)]
    text = run("similar", path(5), "--library", library, "--top", 4, "--format", form)
    lines = text.splitlines()
    if form == "json":
        assert [row["file"] for row in json.loads(text)] == wanted
        assert json.loads(text)[0]["similarity"] > json.loads(text)[3]["similarity"]
    elif form == "csv":
        assert [row["file"] for row in csv.DictReader(io.StringIO(text))] == wanted
    elif form == "m3u8":
        assert lines[0] == "#EXTM3U" and lines[2::2] == wanted
    elif form == "paths":
        assert lines == wanted
    else:
        assert len(lines) == 4 and all("Artist" in line for line in lines)


def test_the_command_writes_a_playlist(library: Path, tmp_path: Path) -> None:
    ends = ("--from", path(0), "--to", path(9), "--library", library, "--length", 8)
    out = tmp_path / "x.m3u8"
    run("playlist", *ends, "-o", out)
    lines = out.read_text("utf-8").splitlines()
    assert lines[0] == "#EXTM3U" and len(lines) == 17
    assert lines[1] == "#EXTINF:60,Artist 0 - Song 0"
    assert (tmp_path / lines[2]).resolve() == Path(path(0))
    assert not Path(lines[2]).is_absolute()
    run("playlist", *ends, "-o", out, "--map-prefix", "/music=D:\\m")
    assert out.read_text("utf-8").splitlines()[2] == "D:\\m\\0000000.mp3"
    rows = json.loads(run("playlist", *ends, "--format", "json"))
    assert rows[0]["step"] == 0 and len(rows) == 8


def test_names_that_are_no_utf8_and_lines_in_names(tmp_path: Path, capfd) -> None:
    library = tmp_path / "library.db"
    names = ["a\udcff.mp3", "b\n.mp3", "c.mp3", "d.mp3"]
    scores, embeddings = chance(4)
    make_library(library, scores, embeddings, names=names)
    out = tmp_path / "x.m3u8"
    run("similar", "/music/d.mp3", "--library", library, "--format", "m3u8", "-o", out)
    content = out.read_bytes()
    assert b"a\xff.mp3" in content and b"c.mp3" in content and content.count(b"EXTINF") == 2
    rows = json.loads(run("similar", "/music/d.mp3", "--library", library, "--format", "json"))
    assert len(rows) == 3


def test_without_a_library_one_sentence(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["similar", "x.mp3", "--library", str(tmp_path / "no.db")])
    assert isinstance(done.exception, LibraryError)
    assert shutil.which("earmark") is None or "scan" in str(done.exception)


def test_a_group_that_is_not_kept_is_said_and_not_taken_for_empty(library: Path) -> None:
    with Catalogue(library) as catalogue, pytest.raises(LibraryError, match="no group 77"):
        where(Songs.of(catalogue), "not group:77")
