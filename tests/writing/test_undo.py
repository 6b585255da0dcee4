"""Taking back: byte for byte where the file is as we left it, else our fields alone."""

import os
import shutil

import pytest
from mutagen.flac import FLAC
from mutagen.id3 import ID3, TIT2
from tagged_files import WRITABLE, make

from earmark.errors import WritingError
from earmark.writing import Journal, known_paths, undo
from earmark.writing.containers import read_tags
from earmark.writing.write_file import write_file

FIRST = {"genre": ["rock"], "mood": ["calm"], "comment": ["[EARMARK: rock]"], "earmark": ["r 1"]}
SECOND = {"genre": ["rock", "folk"], "mood": [], "earmark": ["r 2", "f 1"]}
SMALL = [kind for kind in WRITABLE if "large" not in kind]


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "journal") as opened:
        yield opened


def undone(path, journal, **more):
    (done,) = undo([str(path)], journal, **more)
    return done


@pytest.mark.parametrize("kind", SMALL)
def test_several_writes_are_taken_back_to_the_first_byte(kind, tmp_path, journal):
    path = make(kind, tmp_path)
    before = path.read_bytes()
    for values in (FIRST, SECOND, FIRST):
        write_file(path, values, journal)
    done = undone(path, journal)
    assert done.whole and not done.failed and path.read_bytes() == before
    assert journal.paths() == []


@pytest.mark.parametrize("kind", SMALL)
def test_in_a_changed_file_our_fields_alone_are_taken_back(kind, tmp_path, journal):
    path = make(kind, tmp_path)
    write_file(path, {"genre": ["shoegaze"], "comment": ["mine"]}, None)
    was = read_tags(path)
    write_file(path, FIRST, journal)
    write_file(path, {"comment": ["mine, and more"]}, None)  # somebody else
    done = undone(path, journal)
    assert not done.whole and not done.failed and "changed since" in done.note
    assert "comment" in done.note
    now = read_tags(path)
    assert now.values == {**was.values, "comment": ["mine, and more"]}
    assert now.rest == was.rest
    assert undone(path, journal).note.endswith("as far as is known")


def test_another_title_stays_and_the_fields_go(tmp_path, journal):
    path = make("mp3 of 2.4", tmp_path)
    write_file(path, FIRST, journal)
    tags = ID3(path)
    tags.setall("TIT2", [TIT2(encoding=3, text=["another"])])
    tags.save(path)
    assert set(undone(path, journal).fields) == set(FIRST)
    assert ID3(path)["TIT2"] == "another" and not any(read_tags(path).values.values())


def test_what_a_person_added_to_our_genres_stays(tmp_path, journal):
    path = make("flac", tmp_path)
    write_file(path, {"genre": ["live"]}, None)
    write_file(path, {"genre": ["live", "rock"]}, journal)
    sound = FLAC(path)
    sound["GENRE"] = ["mine", "rock", "live"]
    sound.save()
    undone(path, journal)
    assert read_tags(path).values["genre"] == ["live", "mine"]


def test_nothing_of_ours_left(tmp_path, journal):
    path = make("flac", tmp_path)
    write_file(path, {"genre": ["rock"]}, journal)
    write_file(path, {"genre": ["mine"]}, None)
    before = path.read_bytes()
    done = undone(path, journal)
    assert "nothing of ours is left" in done.note and not done.fields
    assert path.read_bytes() == before


def test_a_moved_file_is_known_by_its_bytes_and_a_gone_one_is_told(tmp_path, journal):
    path = make("ogg", tmp_path)
    before = path.read_bytes()
    write_file(path, FIRST, journal)
    write_file(path, SECOND, journal)
    moved = tmp_path / "moved.ogg"
    os.rename(path, moved)
    gone = undone(path, journal)
    assert gone.failed and "where it is now" in gone.note
    assert undone(moved, journal).whole and moved.read_bytes() == before
    assert journal.paths() == []


def test_a_copy_is_taken_back_and_so_can_be_the_file_itself(tmp_path, journal):
    path = make("ogg", tmp_path)
    before = path.read_bytes()
    write_file(path, FIRST, journal)
    copy = tmp_path / "copy.ogg"
    shutil.copy(path, copy)
    assert undone(copy, journal).whole and copy.read_bytes() == before
    assert undone(path, journal).whole and path.read_bytes() == before


def test_a_backup_put_back_by_somebody_is_no_failure(tmp_path, journal):
    path = make("m4a", tmp_path)
    before = path.read_bytes()
    write_file(path, FIRST, journal)
    path.write_bytes(before)
    assert undone(path, journal).whole and path.read_bytes() == before
    assert journal.paths() == []


def test_equal_files_are_taken_back_each_by_itself(tmp_path, journal):
    paths = [make("flac", tmp_path, name) for name in ("a", "b")]
    before = paths[0].read_bytes()
    for path in paths:
        write_file(path, FIRST, journal)
    assert undone(paths[0], journal).whole
    assert journal.paths() == [str(paths[1])]
    assert undone(paths[1], journal).whole and paths[1].read_bytes() == before


def test_folders_mean_the_files_below_them_that_were_written_to(tmp_path, journal):
    here, there = tmp_path / "a", tmp_path / "ab"
    here.mkdir(), there.mkdir()
    paths = [make("flac", folder) for folder in (here, there)]
    for path in paths:
        write_file(path, FIRST, journal)
    assert list(known_paths([str(here)], journal)) == [str(paths[0])]


def test_hard_links_are_refused_when_taking_back_too(tmp_path, journal):
    path = make("flac", tmp_path)
    before = path.read_bytes()
    write_file(path, FIRST, journal)
    os.link(path, tmp_path / "other.flac")
    done = undone(path, journal)
    assert done.failed and "--break-links" in done.note
    assert undone(path, journal, break_links=True).whole and path.read_bytes() == before


def test_the_journal_of_something_else_is_refused(tmp_path):
    import sqlite3

    with pytest.raises(WritingError, match="cannot be used"):
        (tmp_path / "text").write_text("not a journal " * 500)
        Journal(tmp_path / "text")
    with sqlite3.connect(tmp_path / "other") as other:
        other.execute("CREATE TABLE t (a)")
    with pytest.raises(WritingError, match="not a journal of Earmark"):
        Journal(tmp_path / "other")
    with pytest.raises(WritingError, match="cannot be used"):
        Journal(tmp_path / "text" / "below")


def test_a_damaged_entry_leaves_the_file_as_it_is(tmp_path, journal):
    path = make("flac", tmp_path)
    write_file(path, FIRST, journal)
    now = path.read_bytes()
    other = make("mp3 of 2.4", tmp_path)
    write_file(other, FIRST, journal)
    (theirs,) = journal.of(other)
    journal._all("UPDATE writes SET delta = ? WHERE path = ?", [theirs.delta, os.fsencode(path)])
    assert undone(path, journal).failed and path.read_bytes() == now
    journal._all("UPDATE writes SET delta = x'00' WHERE path = ?", [os.fsencode(path)])
    assert undone(path, journal).failed and path.read_bytes() == now
    assert sorted(file.name for file in tmp_path.iterdir()) == ["journal", "song.flac", "song.mp3"]
