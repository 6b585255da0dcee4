"""Writing into a library's files over HTTP: planned, edited, written, taken back, byte for byte."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from servers import SMALL, Server

from earmark.errors import ServeError
from earmark.examples import example_path
from earmark.library import Library
from earmark.serve.settings import Settings
from earmark.writing.containers import read_tags


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("music")
    for name in ("band", "piano"):
        shutil.copy(example_path(name), folder / f"{name}.ogg")
    Library(folder / "library.db").scan([folder], model="small", jobs=1)
    return folder


@pytest.fixture(scope="module")
def writer(folder: Path) -> Iterator:
    running = Server(replace(SMALL, workers=1, library=folder / "library.db", write=True))
    yield running.client
    running.stop()


def ids(client) -> dict[str, int]:
    found = client.get("/library/search", params={"q": "not silence"}).json()["tracks"]
    return {track["title"]: track["id"] for track in found}


def test_planned_edited_written_and_taken_back(writer, folder: Path) -> None:
    tracks = ids(writer)
    before = {name: (folder / f"{name}.ogg").read_bytes() for name in tracks}
    asked = writer.post("/library/plan", json={"tracks": list(tracks.values())})
    plan = asked.json()
    assert str(folder) not in asked.text
    assert {line["file"] for line in plan["lines"]} == {"band.ogg", "piano.ogg"}
    assert before == {name: (folder / f"{name}.ogg").read_bytes() for name in tracks}
    band = next(line for line in plan["lines"] if line["file"] == "band.ogg")
    assert "rock" in band["then"]["genre"]
    band["then"] = {"genre": ["Ours; and only ours", "ü"]}
    done = writer.post("/library/write", json={"lines": plan["lines"]}).json()
    assert sorted(done["written"]) == sorted(tracks.values())
    assert done["failed"] == []
    assert read_tags(folder / "band.ogg").values["genre"] == ["Ours; and only ours", "ü"]
    assert sorted(writer.get("/library/written").json()) == sorted(tracks.values())
    # The library knows the files as they are now: nothing need be heard again.
    again = writer.post("/library/plan", json={"tracks": [tracks["piano"]]}).json()
    assert (again["lines"], again["same"], again["failed"]) == ([], 1, [])
    # The plan is of files that are no more as they were.
    late = writer.post("/library/write", json={"lines": [band | {"then": {"genre": ["late"]}}]})
    assert late.json()["failed"] == ["band.ogg: it has changed since the plan was made"]
    back = writer.post("/library/undo", json={"tracks": list(tracks.values())})
    assert sorted(back.json()["undone"]) == sorted(tracks.values())
    assert before == {name: (folder / f"{name}.ogg").read_bytes() for name in tracks}
    assert writer.get("/library/written").json() == []
    nothing = writer.post("/library/undo", json={"tracks": [tracks["band"]]})
    assert nothing.json()["undone"] == []
    assert str(folder) not in nothing.text


@pytest.mark.parametrize(
    ("route", "body", "status"),
    [
        ("plan", {"tracks": [10**6]}, 404),
        ("plan", {"tracks": []}, 422),
        ("plan", {"tracks": [1] * 201}, 422),
        ("plan", {"tracks": [1], "fields": ["path"]}, 422),
        ("plan", {"tracks": [1], "map": "/etc/passwd"}, 422),
        ("plan", {"tracks": [1], "mode": "erase"}, 422),
        ("undo", {"tracks": ["../x"]}, 422),
        ("write", {"lines": [{"track": 1, "state": "x", "now": {}, "then": {}}]}, 422),
        ("write", {"lines": [{"track": 1, "state": "1-2-3", "now": {}, "then": {"x": []}}]}, 422),
        ("write", {"lines": [{"track": 1, "state": "1-2", "now": {}, "then": {}}]}, 422),
        ("write", {"lines": [{"track": 10**6, "state": "1-2-3", "now": {}, "then": {}}]}, 404),
        ("write", {"lines": [{"track": 1, "state": "1-2-3", "now": {"mood": []},
                              "then": {"mood": ["a\0b"]}}]}, 422),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_one_sentence(
    writer, folder: Path, route: str, body: dict, status: int
) -> None:
    answer = writer.post(f"/library/{route}", json=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert str(folder) not in answer.text


def test_a_file_that_is_gone_or_closed_is_a_sentence_without_its_folder(
    writer, folder: Path
) -> None:
    tracks = ids(writer)
    away = (folder / "piano.ogg").rename(folder / "elsewhere.ogg")
    answer = writer.post("/library/plan", json={"tracks": [tracks["piano"]]})
    away.rename(folder / "piano.ogg")
    assert len(answer.json()["failed"]) == 1
    assert str(folder) not in answer.text


def test_only_a_server_that_was_told_to_writes(folder: Path) -> None:
    reader = Server(replace(SMALL, workers=1, library=folder / "library.db"))
    assert reader.client.post("/library/plan", json={"tracks": [1]}).status_code == 404
    assert reader.client.post("/library/write", json={"lines": []}).status_code == 404
    reader.stop()
    with pytest.raises(ServeError, match="--write needs --library"):
        Settings(write=True)
    with pytest.raises(ServeError, match="--write needs --token"):
        Settings(write=True, library=folder / "library.db", host="0.0.0.0", open=True)


def test_another_sites_page_writes_nothing(writer) -> None:
    for route in ("plan", "write", "undo"):
        head = {"Origin": "http://evil.example"}
        answer = writer.post(f"/library/{route}", json={"tracks": [1]}, headers=head)
        assert answer.status_code == 403
