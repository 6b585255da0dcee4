"""A library over HTTP: a real catalogue that a real scan made."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from servers import SMALL, Server

from earmark.errors import LibraryError
from earmark.examples import example_path
from earmark.library import Library
from earmark.serve.app import create_app
from earmark.serve.settings import Settings


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("music")
    for name in ("band", "piano", "strings"):
        shutil.copy(example_path(name), folder / f"{name}.ogg")
    (folder / "broken.mp3").write_bytes(b"no sound")
    Library(folder / "library.db").scan([folder], model="small", jobs=1)
    return folder / "library.db"


@pytest.fixture(scope="module")
def shelf(library: Path) -> Iterator:
    running = Server(replace(SMALL, workers=1, library=library))
    yield running.client
    running.stop()


def ids(shelf) -> dict[str, int]:
    tracks = shelf.get("/library/search", params={"q": "not silence"}).json()["tracks"]
    return {track["file"]: track["id"] for track in tracks}


def test_search_finds_by_an_expression_and_names_no_folder(shelf, library: Path) -> None:
    answer = shelf.get("/library/search", params={"q": "piano and not rock"})
    assert [track["title"] for track in answer.json()["tracks"]] == ["piano"]
    assert answer.json()["total"] == 1
    assert str(library.parent) not in answer.text
    page = shelf.get("/library/search", params={"q": "not silence", "top": 1, "first": 1}).json()
    assert (page["total"], len(page["tracks"])) == (3, 1)
    wrong = shelf.get("/library/search", params={"q": "piano and vilin"})
    assert wrong.status_code == 422
    assert "at character 11: 'vilin' is no tag; the nearest is 'violin'" in wrong.json()["detail"]


def test_similar_is_nearest_first_without_the_song_itself(shelf) -> None:
    band = ids(shelf)["band.ogg"]
    found = shelf.get("/library/similar", params={"track": band}).json()
    assert {song["title"] for song in found} == {"piano", "strings"}
    assert found[0]["similarity"] >= found[1]["similarity"]
    assert shelf.get("/library/similar", params={"track": 10**6}).status_code == 404
    sonic = shelf.get("/rest/getSonicSimilarTracks.view", params={"id": band}).json()
    matches = sonic["subsonic-response"]["sonicSimilarTracks"]["sonicMatch"]
    assert [match["title"] for match in matches] == [song["title"] for song in found]
    lost = shelf.get("/rest/getSonicSimilarTracks.view", params={"id": "x"}).json()
    assert lost["subsonic-response"]["status"] == "failed"


def test_a_track_tells_its_tags_and_its_sound_in_ranges(shelf, library: Path) -> None:
    band = ids(shelf)["band.ogg"]
    track = shelf.get(f"/library/tracks/{band}").json()
    assert "rock" in track["tags"]
    assert len(track["scores"]) == 188
    content = example_path("band").read_bytes()
    whole = shelf.get(f"/library/tracks/{band}/sound")
    assert whole.content == content
    assert whole.headers["content-type"] in ("audio/ogg", "application/ogg")
    part = shelf.get(f"/library/tracks/{band}/sound", headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.content == content[100:200]
    heard = shelf.get(f"/library/tracks/{band}/heard").json()
    assert heard["file"] == "band.ogg"
    assert heard["timeline"] and heard["picture"]["peaks"]
    for model in ("crnn", "/etc", str(library.parent)):  # only what the server was started with
        answer = shelf.get(f"/library/tracks/{band}/heard", params={"model": model})
        assert answer.status_code == 422
        assert answer.json()["detail"].startswith(f"no model {model!r}")
    for wrong in ("999999", "-1", str(2**70)):
        assert shelf.get(f"/library/tracks/{wrong}").status_code in (404, 422)
    assert shelf.get("/library/tracks/../../etc/passwd").status_code == 404


def test_numbers_groups_and_the_map(shelf, library: Path) -> None:
    stats = shelf.get("/library/stats")
    assert stats.json()["heard"] == 3
    assert stats.json()["failed"] == 1
    assert str(library) not in stats.text
    assert shelf.get("/library/groups").json() == []
    plane = shelf.get("/library/map", params={"tag": "rock"}).json()
    assert len(plane["ids"]) == len(plane["x"]) == len(plane["scores"]) == 3
    assert set(plane["titles"]) == {"band", "piano", "strings"}
    assert max(plane["scores"]) == plane["scores"][plane["titles"].index("band")]
    assert shelf.get("/library/map", params={"tag": "nonsense"}).status_code == 422


def test_a_library_that_is_not_there_is_said_at_the_start(tmp_path: Path, server) -> None:
    with pytest.raises(LibraryError, match=r"none\.db"):
        create_app(Settings(models=("small",), library=tmp_path / "none.db"))
    assert server.client.get("/library/stats").status_code == 404
