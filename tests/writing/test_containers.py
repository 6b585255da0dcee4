"""Every container and every kind of metadata: what is written stands there, all else stays."""

import hashlib
import json
import re
import shutil
import subprocess

import mediafile
import mutagen
import pytest
import taglib
from mutagen.id3 import ID3
from tagged_files import COVER, FAR, REFUSED, RTL, WRITABLE, make

from earmark.errors import WritingError
from earmark.sound.payload import payload_digest
from earmark.writing import Journal, undo
from earmark.writing.containers import read_tags
from earmark.writing.write_file import write_file

VALUES = {
    "genre": ["rock", "новая музыка"],
    "mood": ["calm", "שקט"],
    "comment": ["[EARMARK: rock, calm]"],
    "earmark": ["rock 0.61", "calm 0.40", "genre=rock"],
}
OLD = ("2.3", "2.2")


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "journal") as opened:
        yield opened


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sound_of(path):
    """What FFmpeg decodes, as a digest; its words for what it does not like must not be more."""
    command = ["ffmpeg", "-v", "error", "-i", path, "-map", "0:a", "-f", "md5", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    return done.stdout, re.sub(rb"0x[0-9a-f]+", b"", done.stderr)


@pytest.mark.parametrize("kind", WRITABLE)
def test_written_read_again_and_taken_back_byte_for_byte(kind, tmp_path, journal):
    path = make(kind, tmp_path)
    before, was = sha256(path), read_tags(path)
    digest = payload_digest(path)
    write_file(path, VALUES, journal)
    now = read_tags(path)
    assert now.values == VALUES and sha256(path) != before
    assert {name: now.rest[name] for name in was.rest} == was.rest
    assert payload_digest(path) == digest
    assert len(journal.of(path)[0].delta) < 10_000
    (done,) = undo([str(path)], journal)
    assert done.whole and sha256(path) == before
    assert journal.paths() == [] and sorted(tmp_path.iterdir()) == [journal.path, path]


@pytest.mark.parametrize("kind", [kind for kind in WRITABLE if "large" not in kind])
def test_fields_are_taken_away_again(kind, tmp_path, journal):
    path = make(kind, tmp_path)
    was = read_tags(path)
    write_file(path, VALUES, journal)
    write_file(path, {name: [] for name in VALUES}, journal)
    now = read_tags(path)
    assert not any(now.values.values())
    assert {name: now.rest[name] for name in was.rest} == was.rest


@pytest.mark.parametrize("kind", WRITABLE)
def test_ffmpeg_decodes_the_same_and_taglib_and_mediafile_read_the_values(kind, tmp_path, journal):
    path = make(kind, tmp_path)
    before = sound_of(path) if shutil.which("ffmpeg") else None
    old = any(version in kind for version in OLD)
    with taglib.File(str(path)) as file:
        foreign = {name: text for name, text in file.tags.items() if name not in OURS}
    write_file(path, VALUES, journal)
    with taglib.File(str(path)) as file:
        tags = file.tags
    # Not all that is there is read from an unsynchronised tag; what is written anew is.
    assert foreign.items() <= tags.items()
    joined = {name: ["/".join(values)] if old else values for name, values in VALUES.items()}
    # TagLib reads the second place where an ASF file has a genre before the first.
    genres = [text for text in tags["GENRE"] if text != "Polka"]
    assert genres == joined["genre"] or (
        kind.startswith("wma") and set(genres) == set(joined["genre"])
    )
    if "wma" not in kind:  # TagLib knows no WM/Mood by the name of MOOD before 2.0
        # In ID3v2.4 it stands in two frames, which TagLib takes together.
        assert list(dict.fromkeys(tags["MOOD"])) == joined["mood"]
    assert VALUES["comment"][0] in tags["COMMENT"]
    assert before is None or sound_of(path) == before
    read = mediafile.MediaFile(path)
    assert read.genres == joined["genre"] and read.comments == VALUES["comment"][0]
    if before and (kind == "wav without metadata" or not kind.startswith("wav")):
        # Of a WAV FFmpeg shows INFO where there is any, and not the texts of a tag with a picture.
        shown = subprocess.run(
            ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", path],
            capture_output=True,
            check=True,
        )
        found = json.loads(shown.stdout)
        words = {**found["streams"][0].get("tags", {}), **found["format"].get("tags", {})}
        words = {name.lower(): text for name, text in words.items()}
        assert VALUES["genre"][0] in words["genre"]
        mood = words.get("mood") or words.get("wm/mood") or words.get("tmoo")
        assert VALUES["mood"][0] in mood
        assert VALUES["comment"][0] in words["comment"]


OURS = {"GENRE", "MOOD", "WM/MOOD", "COMMENT", "EARMARK"}


@pytest.mark.parametrize("kind", [kind for kind in WRITABLE if kind.split()[0] in ("mp3",)])
def test_there_is_one_tag_in_the_version_it_had(kind, tmp_path, journal):
    path = make(kind, tmp_path)
    write_file(path, VALUES, journal)
    version = 3 if any(version in kind for version in OLD) else 4
    data = path.read_bytes()
    assert data[:4] == b"ID3" + bytes([version])
    tags = ID3(path, translate=False, load_v1=False)
    assert data[tags.size : tags.size + 2] in (b"\xff\xfb", b"\xff\xfa") or not data[tags.size]
    moods = {frame.HashKey for frame in tags.values() if frame.FrameID in ("TMOO", "TXXX")}
    assert ("TMOO" in moods) is (version == 4) and "TXXX:MOOD" in moods
    if version == 3 and kind != "mp3 of 2.2" and "unsync" not in kind:
        assert "TYER" in tags and "TDRC" not in tags and "IPLS" in tags


def test_version_1_and_the_ape_tag_stay_as_they_are(tmp_path, journal):
    path = make("mp3 of 2.3 with APE and version 1", tmp_path)
    end = path.read_bytes()[-400:]
    assert b"APETAGEX" in end and end[-128:].startswith(b"TAG")
    write_file(path, VALUES, journal)
    assert path.read_bytes()[-400:] == end


def test_what_only_info_says_is_said_by_the_new_tag_too(tmp_path, journal):
    path = make("wav with INFO", tmp_path)
    assert read_tags(path).values["genre"] == ["Polka"]
    write_file(path, {"mood": ["calm"]}, journal)
    tags = mutagen.File(path).tags
    assert (tags["TIT2"], tags["TCON"]) == ("title of INFO", "Polka")


def test_what_only_version_1_says_is_said_by_the_new_tag_too(tmp_path, journal):
    path = make("mp3 of version 1", tmp_path)
    write_file(path, VALUES, journal)
    tags = ID3(path, load_v1=False)
    assert (tags["TIT2"], tags["TPE1"]) == ("of version 1", "Somebody")


@pytest.mark.parametrize("kind", [kind for kind in WRITABLE if "large" in kind])
def test_covers_and_long_texts_survive(kind, tmp_path, journal):
    path = make(kind, tmp_path)
    write_file(path, VALUES, journal)
    read = mediafile.MediaFile(path)
    assert read.art == COVER and (read.title, read.album) == (RTL, FAR)


def test_chapters_of_an_mp4_survive(tmp_path, journal):
    path = make("m4a with chapters", tmp_path)
    before = mutagen.File(path).chapters
    write_file(path, VALUES, journal)
    after = mutagen.File(path).chapters
    assert [c.title for c in after] == [c.title for c in before] == [f"{FAR} 0", f"{FAR} 1"]


@pytest.mark.parametrize("kind", REFUSED)
def test_a_fragmented_mp4_is_refused_with_its_part(kind, tmp_path, journal):
    path = make(kind, tmp_path)
    before = sha256(path)
    with pytest.raises(WritingError, match="moof"):
        write_file(path, VALUES, journal)
    assert sha256(path) == before


@pytest.mark.parametrize(
    "kind", ["mp3 of 2.3", "flac", "ogg", "opus", "m4a", "wma", "wav of 2.3 with INFO"]
)
def test_a_second_write_of_like_length_does_not_change_the_size(kind, tmp_path, journal):
    """What free room there is in the metadata is used."""
    path = make(kind, tmp_path)
    write_file(path, VALUES, journal)
    size = path.stat().st_size
    write_file(path, {**VALUES, "genre": ["folk", "новая музыка"]}, journal)
    assert path.stat().st_size == size
