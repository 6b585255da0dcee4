"""What is written into a library comes back as it was, whoever else reads or writes."""

import os
import sqlite3
import threading
from pathlib import Path

import numpy as np
import pytest
from libraries import chance, make_library

from earmark.errors import LibraryError
from earmark.library import Catalogue, default_library_path
from earmark.library.record import Recorder
from earmark.zoo import find_model


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "library.db"


def test_matrices_are_what_was_written(library: Path) -> None:
    scores, embeddings = chance(50)
    ids = make_library(library, scores, embeddings)
    with Catalogue(library) as catalogue:
        hearing = catalogue.hearing()
        read, near = catalogue.scores(hearing), catalogue.embeddings(hearing)
        assert read.ids.tolist() == near.ids.tolist() == ids
        assert np.array_equal(read.rows, scores) and read.rows.dtype == np.float32
        assert np.array_equal(near.rows, embeddings)
        some = catalogue.scores(hearing, [7, 3])
        assert np.array_equal(some.rows, scores[:, [7, 3]])
        card = find_model("default")
        assert (hearing.name, hearing.sha256) == ("default", card.sha256["model.onnx"])
        assert hearing.vocabulary.names == card.vocabulary.names
        assert hearing.vocabulary.synonyms("violin") == card.vocabulary.synonyms("violin")
        assert np.array_equal(hearing.thresholds, card.thresholds)
        assert (hearing.dimensions, hearing.sounds) == (192, 50)


def test_files_with_one_sound_share_its_row_and_files_without_have_none(library: Path) -> None:
    scores, embeddings = chance(3)
    first, second, third = make_library(library, scores, embeddings)
    with Recorder(library) as recorder, recorder.transaction():
        (sound,) = recorder.connection.execute(
            "SELECT sound_id FROM tracks WHERE id = ?", [second]
        ).fetchone()
        copy = recorder.track("/other/copy.mp3", 1, 1, sound=sound)
        recorder.track("/other/broken.mp3", 1, 1, error="not a sound")
        recorder.connection.execute("UPDATE tracks SET gone = 1 WHERE id = ?", [first])
    with Catalogue(library) as catalogue:
        read = catalogue.scores(catalogue.hearing())
        assert read.ids.tolist() == [second, third, copy]
        assert np.array_equal(read.rows, scores[[1, 2, 1]])
        assert len(catalogue) == 4
        assert catalogue.find("/other/broken.mp3").error == "not a sound"
        assert catalogue.find("/music/0000000.mp3") is None
        digest = catalogue.find("/other/copy.mp3").digest
        assert {track.id for track in catalogue.with_digest(digest)} == {second, copy}


def test_sounds_heard_out_of_order_find_their_tracks(library: Path) -> None:
    scores, embeddings = chance(4)
    ids = make_library(library, scores, embeddings, model="default")
    with Recorder(library) as recorder, recorder.transaction():
        small = recorder.model(find_model("small"))
        sounds = recorder.connection.execute("SELECT sound_id FROM tracks ORDER BY id").fetchall()
        for i in (3, 0, 2):
            recorder.hear(small, sounds[i][0], scores[i] / 2, embeddings[i, :8])
    with Catalogue(library) as catalogue:
        assert catalogue.hearing().name == "default"
        hearing = catalogue.hearing("small")
        read, near = catalogue.scores(hearing), catalogue.embeddings(hearing)
        assert read.ids.tolist() == near.ids.tolist() == [ids[0], ids[2], ids[3]]
        assert np.array_equal(read.rows, scores[[0, 2, 3]] / 2)
        assert np.array_equal(near.rows, embeddings[[0, 2, 3], :8])
        with pytest.raises(LibraryError, match="'cnn' heard nothing here, but default, small did"):
            catalogue.hearing("cnn")


def test_tracks_keep_their_words_and_odd_names(library: Path) -> None:
    odd = os.fsdecode(b"/m\xff\xe9/na%?#me \xfe.mp3")
    with Recorder(library) as recorder, recorder.transaction():
        recorder.track(odd, 5, 7, error="bad", title="T\udcff", artist="Ä", album=None)
    with Catalogue(library) as catalogue:
        (track,) = catalogue
        assert (track.path, track.size, track.mtime_ns) == (odd, 5, 7)
        assert (track.title, track.artist, track.album) == ("T?", "Ä", None)
        assert catalogue.find(odd) == track
        assert list(catalogue.tracks([99, track.id, track.id])) == [track, track]


def test_writing_again_replaces_and_keeps_the_id(library: Path) -> None:
    scores, embeddings = chance(2)
    ids = make_library(library, scores, embeddings)
    again, moved = chance(2, seed=1)
    assert make_library(library, again, moved) == ids
    with Catalogue(library) as catalogue:
        assert np.array_equal(catalogue.scores(catalogue.hearing()).rows, again)
        assert np.array_equal(catalogue.embeddings(catalogue.hearing()).rows, moved)


def test_readers_see_whole_states_while_another_writes(library: Path) -> None:
    scores, embeddings = chance(10)
    make_library(library, scores, embeddings)
    with Catalogue(library) as catalogue:
        before = catalogue.state()
        with catalogue.snapshot():
            assert len(catalogue) == 10
            make_library(library, scores, embeddings, folder="/more")
            assert len(catalogue) == len(catalogue.scores(catalogue.hearing())) == 10
        assert len(catalogue) == 20
        assert catalogue.state() != before
        with Recorder(library) as recorder, recorder.transaction():
            recorder.track("/late.mp3", 1, 1)
            assert len(catalogue) == 20
        assert len(catalogue) == 21


def test_a_failed_transaction_leaves_nothing(library: Path) -> None:
    make_library(library, *chance(1))
    with Recorder(library) as recorder, pytest.raises(ZeroDivisionError), recorder.transaction():
        recorder.track("/x.mp3", 1, 1)
        raise ZeroDivisionError
    with Catalogue(library) as catalogue:
        assert len(catalogue) == 1


def test_many_make_a_library_at_once_and_lose_nothing(library: Path) -> None:
    def write(number: int) -> None:
        make_library(library, *chance(3), folder=f"/{number}")

    threads = [threading.Thread(target=write, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Catalogue(library) as catalogue:
        assert len(catalogue) == 24
        assert len(catalogue.scores(catalogue.hearing())) == 24
    assert sorted(p.name for p in library.parent.iterdir() if p.suffix == ".part") == []


def test_groups_are_kept_and_replaced(library: Path) -> None:
    ids = make_library(library, *chance(4))
    with Recorder(library) as recorder:
        recorder.keep_groups({0: "old"}, [(ids[0], 0)])
        recorder.keep_groups({1: "violins", 2: "drums"}, [(ids[3], 1), (ids[0], 1), (ids[1], 2)])
    with Catalogue(library) as catalogue:
        assert catalogue.groups() == {1: "violins", 2: "drums"}
        assert catalogue.members(1).tolist() == [ids[0], ids[3]]
        assert catalogue.members(0).tolist() == []


def test_what_is_no_library_is_refused_in_a_sentence(library: Path) -> None:
    with pytest.raises(LibraryError, match=r"no library at .*earmark scan FOLDER makes one"):
        Catalogue(library)
    library.write_bytes(b"what is this? " * 100)
    for kind in (Catalogue, Recorder):
        with pytest.raises(LibraryError, match="not a library of Earmark"):
            kind(library)
    library.unlink()
    with sqlite3.connect(library) as other:
        other.execute("CREATE TABLE songs (name)")
    for kind in (Catalogue, Recorder):
        with pytest.raises(LibraryError, match="not a library of Earmark"):
            kind(library)
    library.unlink()
    make_library(library, *chance(1))
    with sqlite3.connect(library) as other:
        other.execute("PRAGMA user_version = 99")
    with pytest.raises(LibraryError, match="made by a newer Earmark"):
        Catalogue(library)


def test_an_empty_library_has_been_heard_by_nobody(library: Path) -> None:
    Recorder(library).close()
    with Catalogue(library) as catalogue:
        assert list(catalogue) == [] and catalogue.hearings() == []
        with pytest.raises(LibraryError, match="nothing was heard yet"):
            catalogue.hearing()


def test_the_environment_names_the_library(monkeypatch, library: Path) -> None:
    monkeypatch.setenv("EARMARK_LIBRARY", str(library))
    assert default_library_path() == library
    monkeypatch.delenv("EARMARK_LIBRARY")
    assert default_library_path().name == "library.db"
