"""A whole library is found whole, a damaged one is not; what is forgotten is gone without trace."""

from pathlib import Path

import pytest
from libraries import chance, make_library

from earmark.errors import LibraryError
from earmark.library import Catalogue
from earmark.library.record import Recorder
from earmark.library.upkeep import check_library, forget


@pytest.fixture
def library(tmp_path: Path) -> Path:
    path = tmp_path / "library.db"
    make_library(path, *chance(5), folder="/music/a")
    make_library(path, *chance(3), folder="/music/ab")
    make_library(path, *chance(2), folder="/music/a/deep")
    return path


def test_whole(library: Path) -> None:
    assert check_library(library) == []


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("DELETE FROM embeddings WHERE heard_id < 3", "2 hearings have no embedding"),
        ("UPDATE heard SET scores = x'00' WHERE id = 1", "1 hearings do not fit"),
        ("UPDATE embeddings SET embedding = x'00' WHERE heard_id = 1", "1 embeddings do not fit"),
        ("UPDATE tracks SET error = 'bad' WHERE id < 4", "3 files have neither"),
        ("DELETE FROM heard WHERE id = 1", "1 files were never heard"),
    ],
)
def test_damage_is_told(library: Path, damage: str, sentence: str) -> None:
    with Recorder(library) as recorder:
        recorder.connection.execute(damage)
    assert any(told.startswith(sentence) for told in check_library(library))


def test_damaged_pages_are_told(library: Path) -> None:
    content = bytearray(library.read_bytes())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    library.write_bytes(content)
    try:
        told = check_library(library)
    except LibraryError as error:
        told = [str(error)]
    assert told


def test_forgetting_a_folder_takes_all_below_and_nothing_beside(library: Path) -> None:
    assert forget(library, "/music/a") == 7
    assert forget(library, "/music/a") == 0
    with Catalogue(library) as catalogue:
        assert {str(Path(track.path).parent) for track in catalogue} == {"/music/ab"}
        assert len(catalogue.scores(catalogue.hearing())) == 3
        assert catalogue.counts()["sounds"] == 3
    assert check_library(library) == []
    assert count(library, "sounds") == count(library, "heard") == count(library, "embeddings") == 3


def test_a_sound_is_kept_while_another_file_holds_it(library: Path) -> None:
    with Recorder(library) as recorder:
        (sound,) = recorder.connection.execute(
            "SELECT sound_id FROM tracks WHERE id = 1"
        ).fetchone()
        recorder.track("/copies/x.mp3", 1, 1, sound=sound)
    assert forget(library, "/music/a/0000000.mp3") == 1
    with Catalogue(library) as catalogue:
        assert catalogue.find("/copies/x.mp3").digest is not None
    assert count(library, "sounds") == 10
    assert forget(library, "/copies/x.mp3") == 1
    assert count(library, "sounds") == 9


def count(library: Path, table: str) -> int:
    with Recorder(library) as recorder:
        return recorder.connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]


def test_no_library_is_made(tmp_path: Path) -> None:
    for question in (check_library, lambda path: forget(path, "/x")):
        with pytest.raises(LibraryError, match="no library at"):
            question(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []
