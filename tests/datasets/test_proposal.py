"""Manifests from names of folders and from fields of files of every kind."""

from pathlib import Path

import mutagen
import pytest
from command import earmark
from mutagen.apev2 import APEv2
from mutagen.asf import ASF
from mutagen.id3 import TCON, TMOO, TPE1, TXXX
from mutagen.mp4 import MP4, MP4FreeForm
from sounds import MAKERS, music, write, write_av

from earmark.datasets.fields import read_fields
from earmark.datasets.manifest import read_manifest
from earmark.datasets.proposal import Mapping, propose
from earmark.datasets.words import phrases, tags_of
from earmark.vocabulary import Vocabulary, official_vocabulary

SOUND = music(0.2, 16000)
OFFICIAL = official_vocabulary()


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("Rock", ["rock"]),
        ("Hip-Hop/Rap", ["hip hop", "rap"]),
        ("Electronic & Dance", ["electronic", "dance"]),
        ("Drum'n'Bass", ["electronic", "fast beat"]),
        ("drum and bass", ["electronic", "fast beat"]),
        ("Death Metal", ["metal"]),
        ("Smooth Jazz", ["jazz"]),
        ("Solo_Piano", ["piano solo", "piano", "solo"]),
        ("New-Age; Ambient", ["new age", "ambient"]),
        ("Réggae (live)", ["reggae"]),
        ("female vocalists", ["female vocals"]),
        ("slow", ["slow"]),
        ("Old Man River", []),
        ("Various Artists", []),
        ("", []),
    ],
)
def test_words_become_tags(text: str, tags: list[str]) -> None:
    found = [tag for phrase in phrases(text) for tag in tags_of(phrase, OFFICIAL)[0]]
    assert found == tags


def test_aliases_only_name_official_tags() -> None:
    from earmark.datasets.words import _aliases

    assert all(tag in OFFICIAL for tags in _aliases().values() for tag in tags)
    assert len(_aliases()) > 100


def test_words_of_ones_own_vocabulary() -> None:
    own = Vocabulary.from_names(["Polka", "jazz"])
    assert tags_of("polka", own)[0] == ("Polka",)
    assert tags_of("fast polka night", own)[0] == ("Polka",)
    assert tags_of("bebop", own)[0] == ("jazz",)
    assert tags_of("grunge", own) == ((), ("grunge",))


def mp3(folder: Path) -> Path:
    path = write(folder / "a.mp3", SOUND, 16000)
    file = mutagen.File(path)
    file.add_tags()
    file.tags.add(TCON(encoding=3, text=["(17)", "Jazz"]))
    file.tags.add(TMOO(encoding=3, text=["Happy"]))
    file.tags.add(TPE1(encoding=3, text=["Ella"]))
    file.save()
    return path


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


KINDS = [mp3, mp3_with_mood_in_txxx, comments("flac"), comments("ogg"), comments("opus")]
KINDS += [m4a, wma, ape]
NAMES = ["mp3", "txxx", "flac", "ogg", "opus", "m4a", "wma", "wv"]


@pytest.mark.parametrize("make", KINDS, ids=NAMES)
def test_fields_of_every_kind_of_file(tmp_path: Path, make) -> None:
    path = make(tmp_path)
    fields = read_fields(str(path))
    assert fields.artist == "Ella"
    (row,) = propose(tmp_path, "fields", OFFICIAL, Mapping())
    assert row.tags == ("rock", "jazz", "happy")
    assert row.group == "Ella"
    assert row.not_tags == ()
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
    assert [row.group for row in rows] == ["Jazz", "Trio", "Unheard Of"]
    report = mapping.to_dict()
    assert report["understood"] == {"jazz": {"tags": ["jazz"], "files": 2}}
    assert report["not_understood"] == {"trio": 1, "unheard of": 1}
    assert (report["files"], report["untagged"]) == (3, 1)
    assert "3 sounds, 1 of them without a tag" in mapping.text()


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
