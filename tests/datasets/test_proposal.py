"""Manifests from names of folders and from fields of files of every kind."""

from pathlib import Path

import mutagen
import pytest
from command import earmark
from mutagen.apev2 import APEv2
from mutagen.asf import ASF
from mutagen.id3 import TCON, TMOO, TPE1, TXXX
from mutagen.mp4 import MP4, MP4FreeForm
from sounds import MAKERS, music, without_privileges, write, write_av

from earmark.datasets import proposal
from earmark.datasets.fields import read_fields
from earmark.datasets.manifest import read_manifest
from earmark.datasets.proposal import Mapping, propose
from earmark.errors import DataError
from earmark.vocabulary import official_vocabulary

SOUND = music(0.2, 16000)
OFFICIAL = official_vocabulary()


def frames(suffix: str):
    def make(folder: Path) -> Path:
        path = write(folder / f"a.{suffix}", SOUND, 16000)
        file = mutagen.File(path)
        file.add_tags()
        file.tags.add(TCON(encoding=3, text=["(17)", "Jazz"]))
        file.tags.add(TMOO(encoding=3, text=["Happy"]))
        file.tags.add(TPE1(encoding=3, text=["Ella"]))
        file.save()
        return path

    return make


def mp3_with_mood_in_txxx(folder: Path) -> Path:
    path = write(folder / "t.mp3", SOUND, 16000)
    file = mutagen.File(path)
    file.add_tags()
    file.tags.add(TCON(encoding=3, text=["Rock", "Jazz"]))
    file.tags.add(TXXX(encoding=3, desc="MOOD", text=["Happy"]))
    file.tags.add(TPE1(encoding=3, text=["Ella"]))
    file.save()
    return path


def comments(suffix: str):
    def make(folder: Path) -> Path:
        kind = "vorbis" if suffix == "ogg" else suffix
        path = MAKERS[kind](folder, SOUND, 16000, "a")
        file = mutagen.File(path)
        file["GENRE"], file["MOOD"], file["ARTIST"] = ["Rock", "Jazz"], ["Happy"], ["Ella"]
        file.save()
        return path

    return make


def m4a(folder: Path) -> Path:
    path = write_av(folder / "a.m4a", SOUND, 16000, "aac")
    file = MP4(path)
    file["\xa9gen"], file["\xa9ART"] = ["Rock; Jazz"], ["Ella"]
    file["----:com.apple.iTunes:MOOD"] = [MP4FreeForm(b"Happy")]
    file.save()
    return path


def wma(folder: Path) -> Path:
    path = MAKERS["wma"](folder, music(0.2, 44100, 2), 44100, "a")
    file = ASF(path)
    file["WM/Genre"], file["WM/Mood"], file["Author"] = ["Rock", "Jazz"], ["Happy"], ["Ella"]
    file.save()
    return path


def ape(folder: Path) -> Path:
    path = write_av(folder / "a.wv", SOUND, 16000, "wavpack")
    fields = APEv2()
    fields["Genre"], fields["Mood"], fields["Artist"] = ["Rock", "Jazz"], "Happy", "Ella"
    fields.save(path)
    return path


KINDS = [frames("mp3"), frames("wav"), frames("aiff"), mp3_with_mood_in_txxx]
KINDS += [comments("flac"), comments("ogg"), comments("opus"), m4a, wma, ape]
NAMES = ["mp3", "wav", "aiff", "txxx", "flac", "ogg", "opus", "m4a", "wma", "wv"]


@pytest.mark.parametrize("make", KINDS, ids=NAMES)
def test_fields_of_every_kind_of_file(tmp_path: Path, make) -> None:
    path = make(tmp_path)
    fields = read_fields(str(path))
    assert fields.artist == "Ella"
    (row,) = propose(tmp_path, "fields", OFFICIAL, Mapping())
    assert row.tags == ("rock", "jazz", "happy")
    assert row.group == "Ella"
    assert row.not_tags is None
    assert row.file == str(path)


def test_files_without_fields_and_no_sound_files_at_all(tmp_path: Path) -> None:
    write(tmp_path / "a.wav", SOUND, 16000)
    (tmp_path / "b.mp3").write_text("words")
    mapping = Mapping()
    assert [row.tags for row in propose(tmp_path, "both", OFFICIAL, mapping)] == [(), ()]
    (tmp_path / "empty").mkdir()
    assert list(propose(tmp_path / "empty", "both", OFFICIAL, mapping)) == []
    assert "holds no sound files" in mapping.problems[-1]


def test_the_report_tells_what_became_of_the_words(tmp_path: Path) -> None:
    for place in ("Jazz/Trio", "Jazz", "Unheard Of"):
        (tmp_path / place).mkdir(parents=True, exist_ok=True)
        write(tmp_path / place / "x.wav", SOUND, 16000)
    mapping = Mapping()
    rows = list(propose(tmp_path, "folders", OFFICIAL, mapping))
    assert [row.tags for row in rows] == [("jazz",), ("jazz",), ()]
    assert [row.group for row in rows] == ["", "Trio", "Unheard Of"]  # a tag is no group
    assert [row.not_tags for row in rows] == [None, None, ()]  # who says nothing rules out nothing
    unknown = propose(tmp_path, "folders", OFFICIAL, Mapping(), "unknown")
    assert [row.not_tags for row in unknown] == [(), (), ()]
    report = mapping.to_dict()
    assert report["understood"] == {"jazz": {"tags": ["jazz"], "files": 2}}
    assert report["not_understood"] == {"trio": 1, "unheard of": 1}
    assert (report["files"], report["untagged"]) == (3, 1)
    assert "3 sounds, 1 of them without a tag" in mapping.text()


def test_where_the_words_are_looked_for(tmp_path: Path) -> None:
    (tmp_path / "Techno").mkdir()
    comments("flac")(tmp_path / "Techno")
    found = {by: list(propose(tmp_path, by, OFFICIAL, Mapping())) for by in proposal.SOURCES}
    assert {by: row.tags for by, (row,) in found.items()} == {
        "folders": ("techno",),
        "fields": ("rock", "jazz", "happy"),
        "both": ("techno", "rock", "jazz", "happy"),
    }
    with pytest.raises(ValueError, match="not from 'names'"):
        next(propose(tmp_path, "names", OFFICIAL, Mapping()))
    with pytest.raises(ValueError, match="not 'gone'"):
        next(propose(tmp_path, "both", OFFICIAL, Mapping(), "gone"))


def test_the_artist_of_the_album_comes_before_that_of_the_song(tmp_path: Path) -> None:
    path = MAKERS["flac"](tmp_path, SOUND, 16000, "a")
    file = mutagen.File(path)
    file["ARTIST"], file["ALBUMARTIST"] = ["Ella feat. Louis"], ["Ella"]
    file.save()
    (row,) = propose(tmp_path, "folders", OFFICIAL, Mapping())
    assert row.group == "Ella"


def test_a_file_that_may_not_be_read_has_the_tags_of_its_folder(open_folder: Path) -> None:
    (open_folder / "Jazz").mkdir()
    path = write(open_folder / "Jazz" / "x.flac", SOUND, 16000)
    path.chmod(0)
    mapping = Mapping()
    with without_privileges():
        (row,) = propose(open_folder, "both", OFFICIAL, mapping)
    assert row.tags == ("jazz",)
    assert mapping.problems == [f"{path}: cannot be read (Permission denied)"]
    assert mapping.problems[0] in mapping.text()


def test_a_folder_that_may_not_be_entered_is_an_error(open_folder: Path) -> None:
    (open_folder / "locked" / "music").mkdir(parents=True)
    (open_folder / "locked").chmod(0)
    with without_privileges(), pytest.raises(DataError, match="cannot be read"):
        next(propose(open_folder / "locked" / "music", "both", OFFICIAL, Mapping()))
    (open_folder / "locked").chmod(0o755)


def test_a_parser_that_fails_is_a_sentence(tmp_path: Path, monkeypatch) -> None:
    write(tmp_path / "x.flac", SOUND, 16000)

    def fail(path: str) -> None:
        raise IndexError

    monkeypatch.setattr(proposal, "read_fields", fail)
    mapping = Mapping()
    assert len(list(propose(tmp_path, "both", OFFICIAL, mapping))) == 1
    assert mapping.problems == [f"{tmp_path / 'x.flac'}: its fields cannot be read (IndexError)"]


def test_a_folder_that_is_none_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "x.wav", SOUND, 16000)
    for folder, reason in ((path, "is no folder"), (tmp_path / "none", "cannot be read")):
        with pytest.raises(DataError, match=f"{folder}: {reason}"):
            next(propose(folder, "both", OFFICIAL, Mapping()))


def test_the_report_keeps_the_most_frequent_words(monkeypatch) -> None:
    monkeypatch.setattr(proposal, "MOST_WORDS", 10)
    monkeypatch.setattr(proposal, "MOST_PROBLEMS", 2)
    mapping = Mapping()
    for number in range(100):
        mapping.add("jazz", ("jazz",))
        mapping.add("trio", ())
        mapping.add(f"seldom {number}", ("rock",) if number % 2 else ())
        mapping.complain(f"{number}: cannot be read")
    assert len(mapping.counts) <= 20
    assert mapping.understood.keys() <= mapping.counts.keys()
    assert mapping.counts["jazz"] == mapping.counts["trio"] == 100
    assert len(mapping.counts) + mapping.more_words == 102
    report = mapping.to_dict()
    assert next(iter(report["understood"])) == "jazz"
    assert next(iter(report["not_understood"])) == "trio"
    assert (report["problems"], report["more_problems"]) == (mapping.problems, 98)
    assert f"... and {mapping.more_words} rarer ones" in mapping.text()
    assert "... and 98 more\n" in mapping.text()


def test_names_that_are_not_utf_8_can_be_shown(tmp_path: Path) -> None:
    try:
        (tmp_path / "Caf\udce9").mkdir()
    except OSError:
        pytest.skip("this file system takes only UTF-8")
    write(tmp_path / "x.wav", SOUND, 16000).rename(tmp_path / "Caf\udce9" / "x.wav")
    mapping = Mapping()
    (row,) = propose(tmp_path, "folders", OFFICIAL, mapping)
    assert Path(row.file).exists()
    assert "caf?" in mapping.text()


def test_the_command_writes_a_manifest_that_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "Music" / "Techno").mkdir(parents=True)
    write(tmp_path / "Music" / "Techno" / "a.wav", SOUND, 16000)
    done = earmark("data", "manifest", tmp_path / "Music", "-o", tmp_path / "m.csv")
    assert done.returncode == 0, done.stderr
    assert "techno                            1  techno" in done.stdout
    (row,) = read_manifest(tmp_path / "m.csv")
    assert row.tags == ("techno",)
    assert row.file == str(tmp_path / "Music" / "Techno" / "a.wav")
    assert earmark("data", "check", tmp_path / "m.csv").returncode == 0
