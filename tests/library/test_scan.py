"""Scans of real files: what is new is heard, the rest is known again, whatever happened to it."""

import os
import shutil
import sqlite3
import subprocess
import threading
from contextlib import nullcontext
from pathlib import Path

import mutagen
import numpy as np
import pytest
from sounds import music, without_privileges, write

from earmark.errors import LibraryError, ModelError, UnknownModelError
from earmark.library import Catalogue, connect
from earmark.library.own_words import own_words
from earmark.library.query import listen
from earmark.library.record import Recorder
from earmark.library.scan import Scan, scan
from earmark.library.songs import Songs
from earmark.messages import Messages
from earmark.sound.payload import payload_digest
from earmark.tagging import Tagger
from earmark.zoo import find_model


@pytest.fixture(scope="module")
def songs(tmp_path_factory) -> Path:
    """Four short songs in two folders."""
    folder = tmp_path_factory.mktemp("songs")
    (folder / "b").mkdir()
    for i, name in enumerate(("1.flac", "2.ogg", "b/3.wav", "b/4.mp3")):
        write(folder / name, music(4, 16000, 1, seed=i), 16000)
    return folder


@pytest.fixture(scope="module")
def scanned(songs: Path, tmp_path_factory) -> Path:
    """A library of these songs, to be copied."""
    path = tmp_path_factory.mktemp("library") / "library.db"
    assert numbers(scan([songs], path, jobs=1)) == {"tagged": 4}
    return path


@pytest.fixture
def place(songs: Path, scanned: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A folder with the songs and a library that knows them there."""
    folder, library = tmp_path / "music", tmp_path / "library.db"
    shutil.copytree(songs, folder)  # with their times
    shutil.copy(scanned, library)
    with Recorder(library) as recorder:
        for old, new in ((songs, folder), (songs / "b", folder / "b")):
            recorder.connection.execute(
                "UPDATE folders SET path = ? WHERE path = ?", [os.fsencode(new), os.fsencode(old)]
            )
    return folder, library


def numbers(outcome: Scan) -> dict[str, int]:
    """What is not 0, without the seconds."""
    told = outcome.to_dict()
    assert told.pop("seconds") >= 0
    assert list(told) == ["tagged", "unchanged", "moved", "retagged", "gone", "failed"]
    return {name: number for name, number in told.items() if number}


def scan_quietly(folder: Path, library: Path, **options) -> dict[str, int]:
    outcome = scan([folder], library, jobs=1, **options)
    assert outcome.problems == []
    return numbers(outcome)


def retag(path: Path, words: str) -> None:
    file = mutagen.File(path, easy=True)
    file["title"], file["artist"], file["album"] = words, f"{words} band", f"{words} album"
    file.save()


def test_the_catalogue_has_what_the_tagger_says(place: tuple[Path, Path]) -> None:
    folder, library = place
    tagger = Tagger()
    with Catalogue(library) as catalogue:
        hearing = catalogue.hearing()
        scores, embeddings = catalogue.scores(hearing), catalogue.embeddings(hearing)
        for track, row, embedding in zip(catalogue, scores.rows, embeddings.rows, strict=True):
            tagging = tagger(track.path)
            assert np.array_equal(row, tagging.scores)
            assert np.array_equal(embedding, tagging.embedding)
            assert track.seconds == tagging.seconds == pytest.approx(4, abs=0.1)
            assert track.digest == payload_digest(track.path)
            status = os.stat(track.path)
            assert (track.size, track.mtime_ns) == (status.st_size, status.st_mtime_ns)
        assert {Path(track.path).relative_to(folder).as_posix() for track in catalogue} == {
            "1.flac", "2.ogg", "b/3.wav", "b/4.mp3"
        }  # fmt: skip


def test_nothing_changed(place: tuple[Path, Path]) -> None:
    assert scan_quietly(*place) == {"unchanged": 4}


def test_retagged_files_keep_their_id_and_tell_their_new_words(place: tuple[Path, Path]) -> None:
    folder, library = place
    with Catalogue(library) as catalogue:
        before = {track.path: track.id for track in catalogue}
    for name in ("1.flac", "2.ogg", "b/4.mp3"):
        retag(folder / name, name)
    assert scan_quietly(folder, library) == {"unchanged": 1, "retagged": 3}
    assert scan_quietly(folder, library) == {"unchanged": 4}
    with Catalogue(library) as catalogue:
        assert {track.path: track.id for track in catalogue} == before
        track = catalogue.find(folder / "2.ogg")
        assert (track.title, track.artist, track.album) == ("2.ogg", "2.ogg band", "2.ogg album")


def test_moved_files_keep_their_id_even_when_retagged(place: tuple[Path, Path]) -> None:
    folder, library = place
    with Catalogue(library) as catalogue:
        before = {Path(track.path).suffix: track.id for track in catalogue}
    retag(folder / "b" / "4.mp3", "new")
    (folder / "b").rename(folder / "a")
    (folder / "1.flac").rename(folder / "9.flac")
    assert scan_quietly(folder, library) == {"unchanged": 1, "moved": 3}
    assert scan_quietly(folder, library) == {"unchanged": 4}
    with Catalogue(library) as catalogue:
        assert {Path(track.path).suffix: track.id for track in catalogue} == before
        assert catalogue.find(folder / "a" / "4.mp3").title == "new"


def test_a_copy_is_a_file_of_its_own_and_not_decoded(place: tuple[Path, Path]) -> None:
    folder, library = place
    shutil.copy(folder / "1.flac", folder / "copy.flac")
    assert scan_quietly(folder, library, model=undecodable(library)) == {
        "tagged": 1, "unchanged": 4
    }  # fmt: skip
    with Catalogue(library) as catalogue:
        scores = catalogue.scores(catalogue.hearing()).rows
        assert len(scores) == 5 and len(np.unique(scores, axis=0)) == 4


def undecodable(library: Path) -> Path:
    """The default model, in a folder where nothing can be heard with it: its network is missing."""
    folder = library.parent / "default"
    folder.mkdir(exist_ok=True)
    shutil.copy(find_model("default").folder / "card.toml", folder)
    return folder


def test_files_come_and_go_and_come_back(place: tuple[Path, Path], tmp_path: Path) -> None:
    folder, library = place
    aside = tmp_path / "aside"
    (folder / "b").rename(aside)
    (folder / "2.ogg").unlink()
    assert scan_quietly(folder, library) == {"unchanged": 1, "gone": 3}
    assert scan_quietly(folder, library) == {"unchanged": 1}
    with Catalogue(library) as catalogue:
        assert len(catalogue) == len(catalogue.scores(catalogue.hearing())) == 1
    aside.rename(folder / "b")
    assert scan_quietly(folder, library, model=undecodable(library)) == {"unchanged": 3}
    with Catalogue(library) as catalogue:
        assert len(catalogue) == 3


def test_another_sound_at_the_same_path_is_heard(place: tuple[Path, Path]) -> None:
    folder, library = place
    write(folder / "1.flac", music(4, 16000, 1, seed=99), 16000)
    assert scan_quietly(folder, library) == {"tagged": 1, "unchanged": 3}
    with Catalogue(library) as catalogue:
        track = catalogue.find(folder / "1.flac")
        read = catalogue.scores(catalogue.hearing())
        row = read.rows[read.ids.tolist().index(track.id)]
    assert np.array_equal(row, Tagger()(folder / "1.flac").scores)


def test_failed_files_are_tried_again_when_they_change_or_when_asked(
    place: tuple[Path, Path],
) -> None:
    folder, library = place
    bad = folder / "bad.mp3"
    bad.write_bytes(b"no sound")
    outcome = scan([folder], library, jobs=1)
    assert numbers(outcome) == {"unchanged": 4, "failed": 1}
    (sentence,) = outcome.problems
    assert sentence.startswith(f"{bad}: not a sound that can be read")
    with Catalogue(library) as catalogue:
        assert catalogue.find(bad).error == sentence.removeprefix(f"{bad}: ")
        assert len(catalogue.scores(catalogue.hearing())) == 4
    assert scan_quietly(folder, library) == {"unchanged": 5}
    assert numbers(scan([folder], library, jobs=1, retry=True)) == {"unchanged": 4, "failed": 1}
    shutil.copy(folder / "b" / "4.mp3", bad)
    assert scan_quietly(folder, library) == {"tagged": 1, "unchanged": 4}
    with Catalogue(library) as catalogue:
        assert catalogue.find(bad).error is None


def test_odd_names_links_and_closed_folders(place: tuple[Path, Path]) -> None:
    folder, library = place
    odd = os.path.join(os.fsencode(folder), b"na\xffme\xe9 %?#.flac")
    shutil.move(folder / "1.flac", odd)
    (folder / "circle").symlink_to(folder)
    (folder / "b" / "circle").symlink_to("..")
    (folder / "self.mp3").symlink_to("self.mp3")
    (folder / "nowhere.mp3").symlink_to("nothing")
    (folder / "other").symlink_to(folder / "b")  # reached anyway: counts once
    os.mkfifo(folder / "pipe.mp3")
    outcome = scan([folder, folder / "b", folder / "missing"], library, jobs=1)
    assert numbers(outcome) == {"unchanged": 3, "moved": 1}
    told = sorted(outcome.problems)
    assert [sentence.partition(": ")[0] for sentence in told] == [
        str(folder / name) for name in ("b/circle", "circle", "missing", "nowhere.mp3", "self.mp3")
    ]
    assert outcome.unread == 1
    with Catalogue(library) as catalogue:
        assert catalogue.find(os.fsdecode(odd)) is not None
        assert len(catalogue) == 4


def test_what_lies_in_a_closed_folder_stays_known(
    songs: Path, scanned: Path, open_folder: Path
) -> None:
    folder, library = open_folder / "music", open_folder / "library.db"
    shutil.copytree(songs, folder)
    scan([folder], library, jobs=1)
    for path in (folder, *open_folder.iterdir(), open_folder):
        path.chmod(0o777)
    (folder / "b").chmod(0)
    try:
        with without_privileges():
            outcome = scan([folder], library, jobs=1)
    finally:
        (folder / "b").chmod(0o755)
    assert numbers(outcome) == {"unchanged": 2}
    assert outcome.problems == [f"{folder / 'b'}: cannot be read (Permission denied)"]
    with Catalogue(library) as catalogue:
        assert len(catalogue) == 4


def test_another_model_hears_anew_and_both_stay(place: tuple[Path, Path]) -> None:
    folder, library = place
    said: list[str] = []
    assert scan_quietly(folder, library, model="cnn", say=said.append) == {"tagged": 4}
    assert said == [
        "4 songs that were heard before have to be decoded again for cnn; "
        "what other models heard stays"
    ]
    assert scan_quietly(folder, library) == {"unchanged": 4}
    with Catalogue(library) as catalogue:
        assert [hearing.name for hearing in catalogue.hearings()] == ["default", "cnn"]
        assert [hearing.sounds for hearing in catalogue.hearings()] == [4, 4]


def test_a_new_version_of_a_model_does_not_force_anybody(place: tuple[Path, Path]) -> None:
    folder, library = place
    with Recorder(library) as recorder:
        recorder.connection.execute("UPDATE models SET sha256 = 'older'")
    said: list[str] = []
    write(folder / "new.wav", music(4, 16000, 1, seed=5), 16000)
    assert scan_quietly(folder, library, say=said.append) == {"tagged": 1, "unchanged": 4}
    assert said == [
        "1 new, 4 unchanged files",
        "4 songs were heard by another version of default and stay as they are; "
        "--again decodes them again",
    ]
    with Catalogue(library) as catalogue:
        assert [hearing.sounds for hearing in catalogue.hearings()] == [4, 1]
    said.clear()
    assert scan_quietly(folder, library, again=True, say=said.append) == {
        "tagged": 4, "unchanged": 1
    }  # fmt: skip
    assert len(said) == 1 and said[0].startswith("4 songs that were heard before have to be")


def test_what_a_model_heard_by_an_earlier_file_of_its_weights_counts(
    place: tuple[Path, Path],
) -> None:
    folder, library = place
    model = Path(shutil.copytree(find_model("default").folder, folder.parent / "model"))
    earlier = "0" * 64
    card = (model / "card.toml").read_text("utf-8")
    (model / "card.toml").write_text(f'earlier_sha256 = ["{earlier}"]\n{card}', "utf-8")
    assert find_model(model).earlier == (earlier,)
    with Recorder(library) as recorder:
        recorder.connection.execute("UPDATE models SET sha256 = ?", [earlier])
    other = write(folder.parent / "other.wav", music(4, 16000, 1, seed=6), 16000)
    with Catalogue(library) as catalogue:
        assert listen(Songs.of(catalogue), other, model).place is None
    said: list[str] = []
    write(folder / "new.wav", music(4, 16000, 1, seed=5), 16000)
    found = scan_quietly(folder, library, say=said.append, model=model)
    assert found == {"tagged": 1, "unchanged": 4}
    assert said == ["1 new, 4 unchanged files"]
    with Catalogue(library) as catalogue:
        (hearing,) = catalogue.hearings()
        assert (hearing.sounds, hearing.sha256) == (5, find_model(model).sha256["model.onnx"])


def test_a_broken_model_breaks_the_scan_and_not_the_library(place: tuple[Path, Path]) -> None:
    folder, library = place
    write(folder / "new.wav", music(4, 16000, 1, seed=5), 16000)
    with pytest.raises(ModelError, match=r"model\.onnx cannot be read"):
        scan([folder], library, model=undecodable(library), jobs=1)
    with pytest.raises(UnknownModelError):
        scan([folder], library, model="nonsense")
    with Catalogue(library) as catalogue:
        assert len(catalogue) == 4


def test_two_scans_at_once_hear_nothing_twice(songs: Path, tmp_path: Path) -> None:
    library, outcomes, said = tmp_path / "library.db", [], []
    threads = [
        threading.Thread(
            target=lambda: outcomes.append(scan([songs], library, jobs=1, say=said.append))
        )
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, map(numbers, outcomes))) == ["{'tagged': 4}", "{'unchanged': 4}"]
    assert [sentence for sentence in said if "another scan" in sentence] == [
        f"{library}: another scan is writing into it; waiting for its end"
    ]


def test_several_processes_find_the_same(songs: Path, scanned: Path, tmp_path: Path) -> None:
    library = tmp_path / "library.db"
    assert numbers(scan([songs], library, jobs=2)) == {"tagged": 4}

    def content(path: Path) -> tuple[list[str], np.ndarray]:
        with Catalogue(path) as catalogue:
            read = catalogue.scores(catalogue.hearing())
            paths = [track.path for track in catalogue.tracks(read.ids)]
            order = np.argsort(paths)
            return sorted(paths), read.rows[order]

    (paths, rows), (wanted_paths, wanted_rows) = content(library), content(scanned)
    assert paths == wanted_paths
    assert np.allclose(rows, wanted_rows, atol=1e-4)  # a process rounds by its number of threads


def test_a_single_file_and_a_file_that_is_not_there(
    place: tuple[Path, Path], tmp_path: Path
) -> None:
    folder, _ = place
    library = tmp_path / "other.db"
    outcome = scan([folder / "1.flac", folder / "none.mp3"], library, jobs=1)
    assert numbers(outcome) == {"tagged": 1}
    assert outcome.problems == [f"{folder / 'none.mp3'}: no such file or folder"]
    assert scan_quietly(folder / "1.flac", library) == {"unchanged": 1}


def test_a_file_that_vanishes_meanwhile_is_a_sentence_and_no_row(
    place: tuple[Path, Path],
) -> None:
    folder, library = place
    new = folder / "new.wav"
    write(new, music(4, 16000, 1, seed=5), 16000)

    def say(sentence: str) -> None:
        assert sentence == "1 new, 4 unchanged files"
        new.unlink()  # it was listed, and is not yet decoded

    outcome = scan([folder], library, jobs=1, say=say)
    assert numbers(outcome) == {"unchanged": 4}
    assert outcome.problems == [f"{new}: vanished during the scan"]
    with Catalogue(library) as catalogue:
        assert len(catalogue) == 4 and catalogue.find(new) is None


def test_stopped_by_ctrl_c_it_keeps_what_it_has(songs: Path, tmp_path: Path) -> None:
    library = tmp_path / "library.db"

    class Stop(Messages):
        def advance(self, files: int = 1) -> None:
            raise KeyboardInterrupt

    outcome = scan([songs], library, jobs=1, progress=lambda total: nullcontext(Stop()))
    assert outcome.interrupted and numbers(outcome) == {"tagged": 1}
    assert numbers(scan([songs], library, jobs=1)) == {"tagged": 3, "unchanged": 1}


def test_a_library_on_a_network_drive_has_no_log_and_a_word(
    songs: Path, tmp_path: Path, monkeypatch
) -> None:
    library, said = tmp_path / "library.db", []
    monkeypatch.setattr(connect, "on_network_drive", lambda path: path == library)
    assert numbers(scan([songs / "1.flac"], library, jobs=1, say=said.append)) == {"tagged": 1}
    assert said[0] == f"{library}: on a network drive, so people may wait for each other (no WAL)"
    with Catalogue(library) as catalogue:
        assert len(catalogue) == 1
    assert not list(tmp_path.glob("*-wal"))
    with Recorder(library) as recorder:
        assert not recorder.has_log


def test_where_no_library_can_be_is_a_sentence(songs: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(LibraryError, match=r"file/library\.db: cannot be written"):
        scan([songs], tmp_path / "file" / "library.db", jobs=1)


def test_a_full_disk_is_a_sentence_and_what_was_written_stays(
    place: tuple[Path, Path], monkeypatch
) -> None:
    folder, library = place
    write(folder / "new.wav", music(4, 16000, 1, seed=5), 16000)

    class Full(Recorder):
        def __init__(self, path: Path) -> None:
            super().__init__(path)
            (pages,) = self.connection.execute("PRAGMA page_count").fetchone()
            self.connection.execute(f"PRAGMA max_page_count = {pages}")
            self.connection.execute("PRAGMA foreign_keys = OFF")
            with pytest.raises(sqlite3.OperationalError):
                for row in range(1000, 9999):  # what room is left within the pages
                    self.connection.execute(
                        "INSERT INTO embeddings VALUES (?, zeroblob(100))", [row]
                    )

    monkeypatch.setattr("earmark.library.scan.Recorder", Full)
    with pytest.raises(LibraryError, match="database or disk is full"):
        scan([folder], library, jobs=1)
    with Catalogue(library) as catalogue:
        assert len(catalogue) == 4


@pytest.mark.parametrize(
    ("name", "options"),
    [("a.wav", {}), ("b.webm", {"codec": "libopus"}), ("c.wma", {"codec": "wmav2"})],
)
def test_words_that_ffmpeg_wrote(tmp_path: Path, name: str, options: dict[str, str]) -> None:
    path, told = tmp_path / name, ["title=One", "artist=Two", "album=Three"]
    plain = write(tmp_path / "plain.flac", music(1, 48000), 48000)
    codec = ["-c:a", options["codec"]] if options else []
    words = [part for pair in told for part in ("-metadata", pair)]
    subprocess.run(["ffmpeg", "-v", "error", "-i", plain, *codec, *words, path], check=True)
    assert own_words(path) == ("One", "Two", "Three")
