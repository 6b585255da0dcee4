"""Folders become the sound files below them; everything else passes through."""

import os
from pathlib import Path

import pytest
from sounds import without_privileges

from earmark.errors import SoundError
from earmark.sound.find_files import NOT_REGULAR, LeftOut, shelves_in, sounds_in, sounds_of
from earmark.suffixes import SOUND


def plant(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def below(folder, found):
    return [os.path.relpath(path, folder) for path in found]


def test_folders_are_searched_to_their_depth_in_order(tmp_path):
    plant(tmp_path, "b/2.mp3", "b/1.flac", "a/z/deep/song.ogg", "a/0.wav", "top.m4a", "c.opus")
    wanted = ["c.opus", "top.m4a", "a/0.wav", "a/z/deep/song.ogg", "b/1.flac", "b/2.mp3"]
    assert below(tmp_path, sounds_of([str(tmp_path)])) == wanted


def test_what_is_hidden_is_left_out(tmp_path):
    plant(tmp_path, "song.mp3", ".hidden.mp3", "._song.mp3", ".trash/old.mp3", "a/.b/c.mp3")
    assert below(tmp_path, sounds_of([str(tmp_path)])) == ["song.mp3"]


def test_a_hidden_folder_that_was_asked_for_is_searched(tmp_path):
    plant(tmp_path, ".music/song.mp3")
    assert below(tmp_path, sounds_of([str(tmp_path / ".music")])) == [".music/song.mp3"]


def test_only_files_with_the_suffix_of_a_sound_are_found(tmp_path):
    plant(tmp_path, "song.mp3", "cover.jpg", "notes.txt", "mp3", "song.mp3.part", "list.m3u8")
    assert below(tmp_path, sounds_of([str(tmp_path)])) == ["song.mp3"]


@pytest.mark.parametrize("name", ["SONG.MP3", "Song.FlaC", "song.WAV", "song.live.Opus"])
def test_suffixes_may_be_upper_case(tmp_path, name):
    plant(tmp_path, name)
    assert below(tmp_path, sounds_of([str(tmp_path)])) == [name]


@pytest.mark.parametrize("suffix", sorted(SOUND))
def test_every_suffix_is_one_that_a_file_can_have(tmp_path, suffix):
    plant(tmp_path, f"song{suffix}")
    assert below(tmp_path, sounds_of([str(tmp_path)])) == [f"song{suffix}"]


def test_a_folder_named_like_a_sound_is_a_folder(tmp_path):
    plant(tmp_path, "album.mp3/song.mp3")
    assert below(tmp_path, sounds_of([str(tmp_path)])) == ["album.mp3/song.mp3"]


@pytest.mark.parametrize("names", [[], ["readme.txt"], ["deep/er/readme.txt"], [".hidden.mp3"]])
def test_a_folder_without_sounds_is_an_error_in_its_place(tmp_path, names):
    empty = plant(tmp_path / "empty", *names)
    empty.mkdir(exist_ok=True)
    first, error, last = sounds_of(["first.mp3", str(empty), "last.mp3"])
    assert (first, last) == ("first.mp3", "last.mp3")
    assert isinstance(error, SoundError)
    assert str(error) == f"{empty}: the folder holds no sound files"


def test_a_dash_stays_a_dash(tmp_path, monkeypatch):
    monkeypatch.chdir(plant(tmp_path, "-/song.mp3"))
    assert list(sounds_of(["-"])) == ["-"]
    assert list(sounds_of(["./-"])) == [os.path.join("-", "song.mp3")]


def test_files_pass_through_as_they_are_in_the_order_given(tmp_path):
    plant(tmp_path, "cover.jpg", "folder/song.mp3")
    paths = [str(tmp_path / "missing.mp3"), "", "-", str(tmp_path / "cover.jpg"), "-"]
    assert list(sounds_of(paths)) == paths
    mixed = [*paths, str(tmp_path / "folder"), "again.mp3"]
    assert list(sounds_of(mixed)) == [*paths, str(tmp_path / "folder" / "song.mp3"), "again.mp3"]


def test_names_that_are_not_utf_8_are_found(tmp_path):
    name = os.fsdecode(b"caf\xe9.mp3")
    try:
        plant(tmp_path, name)
    except OSError as error:
        pytest.skip(f"this file system does not take the name ({error.strerror})")
    assert below(tmp_path, sounds_of([str(tmp_path)])) == [name]


def test_sounds_are_found_one_by_one(tmp_path):
    plant(tmp_path, "a/1.mp3", "b/2.mp3")
    found = sounds_in(tmp_path)
    assert next(found) == tmp_path / "a" / "1.mp3"
    (tmp_path / "b" / "3.mp3").touch()
    assert len(list(found)) == 2


def test_a_folder_that_cannot_be_read_is_an_error_in_its_place(open_folder):
    locked = plant(open_folder / "locked", "song.mp3")
    locked.chmod(0)
    with without_privileges():
        error, last = sounds_of([str(locked), "last.mp3"])
    locked.chmod(0o755)
    assert isinstance(error, SoundError) and str(error).startswith(f"{locked}: cannot be read")
    assert last == "last.mp3"


def test_a_folder_within_that_cannot_be_read_does_not_hide_the_others(open_folder):
    plant(open_folder, "a/1.mp3", "b/2.mp3", "c/3.mp3")
    (open_folder / "b").chmod(0)
    with without_privileges():
        found = list(sounds_of([str(open_folder)]))
    (open_folder / "b").chmod(0o755)
    errors = [item for item in found if isinstance(item, SoundError)]
    assert len(errors) == 1 and str(open_folder / "b") in str(errors[0])
    songs = [item for item in found if not isinstance(item, SoundError)]
    assert below(open_folder, songs) == ["a/1.mp3", "c/3.mp3"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_in_a_folder_is_left_out_and_counted(tmp_path):
    plant(tmp_path, "1.mp3", "cover.jpg", ".hidden.mp3")
    os.mkfifo(tmp_path / "2.mp3")
    left_out = LeftOut()
    assert below(tmp_path, sounds_of([str(tmp_path)], left_out)) == ["1.mp3"]
    assert left_out.counts[NOT_REGULAR] == 1 and sum(left_out.counts.values()) == 3
    assert f"1 left out: {NOT_REGULAR}" in left_out.sentences()


def test_a_link_to_nothing_is_still_tried(tmp_path):
    (tmp_path / "gone.mp3").symlink_to(tmp_path / "nothing.mp3")
    assert below(tmp_path, sounds_of([str(tmp_path)])) == ["gone.mp3"]


def test_shelves_are_folders_once(tmp_path: Path) -> None:
    for name in ("top/b", "top/a", "top/.hidden", "elsewhere"):
        (tmp_path / name).mkdir(parents=True)
    top = tmp_path / "top"
    (top / "self").symlink_to(".")
    (top / "up").symlink_to("..")
    (top / "again").symlink_to("b")
    (top / "linked").symlink_to(tmp_path / "elsewhere")
    shelves, left_out = shelves_in(top)
    assert [path.name for path in shelves] == ["a", "b", "linked"]
    assert sorted(left_out) == [
        f"{top / 'again'}: leads to {top / 'b'}, left out",
        f"{top / 'self'}: a link in a circle, left out",
        f"{top / 'up'}: a link in a circle, left out",
    ]
