"""A watch names the folders in which something changed, and only these."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from earmark.errors import LibraryError
from earmark.library import watch
from earmark.library.watch import _to_scan, changed_folders


@pytest.fixture(params=["told", "looked for"])
def watched(tmp_path: Path, request, monkeypatch) -> Path:
    """A folder with folders; with changes that the system tells, and without."""
    monkeypatch.setattr(watch, "QUIET", 200)
    monkeypatch.setattr(watch, "POLL", 50)
    monkeypatch.setattr(watch, "on_network_drive", lambda path: request.param == "looked for")
    for name in ("a/deep", "b", ".hidden"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "a" / "deep" / "old.mp3").write_bytes(b"x")
    return tmp_path


def first_changes(folder: Path, change: Callable[[], object]) -> list[str]:
    """What a watch says first when something changes after it has begun."""
    stop, began = threading.Event(), threading.Event()
    found = changed_folders([folder], lambda sentence: began.set(), stop)
    results: list[list[str]] = []
    thread = threading.Thread(target=lambda: results.append(next(found, [])), daemon=True)
    thread.start()
    assert began.wait(20)
    for _ in range(100):  # a watch begins a moment after it says so
        change()
        thread.join(0.4)
        if results:
            break
    stop.set()
    thread.join(20)
    return results[0]


def test_a_new_file(watched: Path) -> None:
    numbers = iter(range(1000))

    def change() -> None:
        (watched / "b" / f"{next(numbers)}.mp3").write_bytes(b"new")

    assert first_changes(watched, change) == [str(watched / "b")]


def test_what_changed_becomes_the_nearest_folder_that_exists(tmp_path: Path) -> None:
    for name in ("a/deep", "b"):
        (tmp_path / name).mkdir(parents=True)
    root = str(tmp_path)

    def said(*paths: str) -> list[str]:
        return [
            str(Path(p).relative_to(root)) for p in _to_scan([f"{root}/{p}" for p in paths], [root])
        ]

    assert said("a/x.mp3") == ["a"]
    assert said("a/x.mp3", "a/deep/y.mp3", "b/z.mp3") == ["a", "b"]
    assert said("a/gone/further/x.mp3", "a/gone") == ["a"]
    assert said("b", "b/z.mp3") == said("b") == ["b"]
    assert said(".hidden/x.mp3", "a/.x.mp3.part") == []
    assert said("new.mp3", "b/x.mp3") == ["."]
    assert _to_scan([root], [root]) == [root]
    assert _to_scan(["/elsewhere/x.mp3"], [root]) == []


def test_no_folder_to_watch(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="no folder to watch"):
        next(changed_folders([tmp_path / "none"], print))


def test_nothing_outside_the_roots_is_named(tmp_path: Path) -> None:
    music, song = tmp_path / "music", tmp_path / "song.mp3"
    for folder in (music / ".new", tmp_path / "musical"):
        folder.mkdir(parents=True)
    song.touch()
    assert _to_scan([str(song)], [str(song)]) == [str(song)]
    roots = [str(music), str(tmp_path / "musical")]
    assert _to_scan([f"{music}/a.mp3", f"{tmp_path}/musical/b.mp3"], roots) == roots
    gone = str(tmp_path / "unplugged")
    assert _to_scan([gone, f"{gone}/a.mp3"], [gone]) == []
    hidden = [str(music), str(music / ".new")]
    assert _to_scan([f"{music}/.new/a.mp3"], hidden) == hidden[1:]
    assert _to_scan([f"{music}/a.mp3"], hidden) == hidden


def test_a_folder_that_went_is_told_and_heard_when_it_returns(watched: Path) -> None:
    root, away = watched / "a", watched / "away"
    stop, said, found = threading.Event(), [], []

    def listen() -> None:
        for folders in changed_folders([root], said.append, stop):
            found.append(folders)

    def until(done: Callable[[], object]) -> None:
        for _ in range(400):
            if done():
                return
            threading.Event().wait(0.05)
        raise AssertionError((said, found))

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    until(lambda: said)
    root.rename(away)
    until(lambda: any("is gone" in one for one in said))
    assert not found
    away.rename(root)
    until(lambda: found)
    found.clear()
    root.rename(away)
    root.mkdir()  # another of the same name
    until(lambda: found)
    found.clear()
    (root / "new.mp3").touch()
    until(lambda: found)
    assert set(map(tuple, found)) == {(str(root),)}
    stop.set()
    thread.join(20)
