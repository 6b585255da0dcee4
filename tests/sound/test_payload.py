"""The digest of the sound in a file: tags do not move it, any change of the sound does."""

import subprocess
from pathlib import Path

import mutagen
import pytest
from mutagen.apev2 import APEv2
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, ID3, TIT2
from sounds import MAKERS, music, own_rate, write

from earmark.errors import SoundError
from earmark.examples import example_path
from earmark.sound.payload import payload_digest

ID3_KINDS = ["wav of 16 bits", "aiff", "mp3 by libsndfile", "mp3 by lame", "mp3 without a header"]
TAGGED = [*ID3_KINDS, "flac", "vorbis", "opus", "m4a", "alac", "video", "wma"]
OTHERS = ["wav of 24 bits", "wav of floats", "flac in matroska", "webm", "aac", "ac3"]


def made(folder: Path, kind: str, seed: int = 0) -> Path:
    rate = own_rate(kind)
    return MAKERS[kind](folder, music(2, rate, 2, seed), rate, f"music{seed}")


def tagged(path: Path, words: str) -> None:
    """Set the title with mutagen, however this container has it."""
    file = mutagen.File(path)
    if file.tags is None:
        file.add_tags()
    if isinstance(file.tags, ID3):
        file.tags.add(TIT2(encoding=3, text=[words]))
        file.tags.add(APIC(encoding=3, mime="image/png", type=3, desc="", data=bytes(70_000)))
    elif path.suffix in (".m4a", ".mp4"):
        file.tags["\xa9nam"] = [words]
    else:
        file.tags["TITLE"] = [words]
    file.save()


def remux(path: Path, copy: Path, *options: str) -> None:
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-c", "copy", *options, str(copy)]
    subprocess.run(command, check=True)


@pytest.mark.parametrize("kind", TAGGED)
def test_tags_come_and_go_and_the_digest_stays(tmp_path: Path, kind: str) -> None:
    path = made(tmp_path, kind)
    before, content = payload_digest(path), path.read_bytes()
    for words in ("x", "long " * 30_000, "y"):  # over one Ogg page and over any padding
        tagged(path, words)
        assert path.read_bytes() != content
        assert payload_digest(path) == before
    mutagen.File(path).delete()
    assert payload_digest(path) == before
    assert payload_digest(made(tmp_path, kind, seed=1)) != before


@pytest.mark.parametrize("kind", TAGGED + OTHERS)
def test_ffmpeg_tags_and_the_digest_stays(tmp_path: Path, kind: str) -> None:
    if kind in ("wav of floats", "wma"):
        pytest.skip("FFmpeg writes the sound itself differently")
    path = made(tmp_path, kind)
    one, other = (tmp_path / f"{words}{path.suffix}" for words in ("ab", "cd"))
    for copy in (one, other):
        title = f"title={copy.stem * len(copy.name) * 99}"
        remux(path, copy, "-map", "0", "-bitexact", "-metadata", title)
    assert payload_digest(one) == payload_digest(other)


@pytest.mark.parametrize("kind", TAGGED + OTHERS)
@pytest.mark.parametrize("share", [0.4, 0.9])
def test_a_changed_byte_of_sound_changes_the_digest(
    tmp_path: Path, kind: str, share: float
) -> None:
    path = made(tmp_path, kind)
    before, content = payload_digest(path), bytearray(path.read_bytes())
    content[int(len(content) * share)] ^= 0xFF
    path.write_bytes(content)
    assert payload_digest(path) != before


def test_every_tag_at_the_ends_of_an_mp3_is_left_out(tmp_path: Path) -> None:
    path = made(tmp_path, "mp3 without a header")
    before, content = payload_digest(path), path.read_bytes()
    lyrics = b"LYRICSBEGIN" + b"INDwords" * 9
    lyrics2 = lyrics + b"%06d" % len(lyrics) + b"LYRICS200"
    id3v1 = b"TAG".ljust(128, b"x")
    id3 = b"ID3\x04\x00\x10\x00\x00\x01\x00" + bytes(128) + b"3DI\x04\x00\x10\x00\x00\x01\x00"
    for head in (b"", id3, id3 + id3, id3 + bytes(5000)):
        for tail in (id3v1, lyrics2 + id3v1, lyrics + b"LYRICSEND" + id3v1, id3, b""):
            path.write_bytes(head + content + tail)
            assert payload_digest(path) == before, (head[:3], tail[:3])
    path.write_bytes(content)
    ape = APEv2()
    ape["Title"] = "words" * 100
    ape.save(path)
    assert path.read_bytes() != content
    assert payload_digest(path) == before
    path.write_bytes(path.read_bytes() + id3v1)
    assert payload_digest(path) == before


def test_pictures_and_padding_of_a_flac_are_left_out(tmp_path: Path) -> None:
    path = made(tmp_path, "flac")
    before = payload_digest(path)
    file = FLAC(path)
    picture = Picture()
    picture.data = bytes(100_000)
    file.add_picture(picture)
    file.save(padding=lambda info: 12_345)
    assert payload_digest(path) == before
    path.write_bytes(b"ID3\x03\x00\x00\x00\x00\x01\x00" + bytes(128) + path.read_bytes())
    assert payload_digest(path) == before


def test_index_before_or_after_the_sound_of_an_m4a(tmp_path: Path) -> None:
    path, fast = made(tmp_path, "m4a"), tmp_path / "fast.m4a"
    remux(path, fast, "-movflags", "+faststart")
    assert path.read_bytes().index(b"moov") > fast.read_bytes().index(b"moov")
    assert payload_digest(path) == payload_digest(fast)


def test_pages_of_an_ogg_do_not_matter(tmp_path: Path) -> None:
    """The same packets, laid into short pages and into long ones."""
    path = made(tmp_path, "vorbis")
    digests = set()
    for name, duration in (("short", "1000"), ("long", "900000")):
        copy = tmp_path / f"{name}.ogg"
        remux(path, copy, "-bitexact", "-page_duration", duration)
        digests.add(payload_digest(copy))
    assert len({p.read_bytes().count(b"OggS") for p in tmp_path.glob("*.ogg")}) > 1
    assert digests == {payload_digest(path)}


def test_two_streams_of_an_ogg_both_count(tmp_path: Path) -> None:
    """Chained one after the other, as recorded radio is."""
    first, second = example_path("piano").read_bytes(), example_path("band").read_bytes()
    digests = []
    for content in (first, first + second, first + first, second + first):
        path = tmp_path / "chained.ogg"
        path.write_bytes(content)
        digests.append(payload_digest(path))
    assert len(set(digests)) == 4


def test_sizes_that_a_pipe_left_open(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", music(1, 16000), 16000, "PCM_16")
    before, content = payload_digest(path), path.read_bytes()
    at = content.index(b"data") + 4
    for size in (bytes(4), b"\xff" * 4, b"\x00\xf0\xff\x7f"):
        path.write_bytes(content[:at] + size + content[at + 4 :])
        assert payload_digest(path) == before


@pytest.mark.parametrize("kind", TAGGED + OTHERS)
def test_what_is_cut_or_damaged_has_a_digest_all_the_same(tmp_path: Path, kind: str) -> None:
    path = made(tmp_path, kind)
    whole, content = payload_digest(path), path.read_bytes()
    found = set()
    for length in (0, 1, 3, 7, 12, 30, 100, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:length])
        found.add(payload_digest(path))
    assert whole not in found or kind in ("video", "m4a", "alac", "flac in matroska", "webm")
    for start in (2, 4, 6, 8, 12, 16, 20, 40):
        path.write_bytes(content[:start] + b"\xff" * 8 + content[start + 8 :])
        assert len(payload_digest(path)) == 16


def test_what_is_no_sound_counts_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    digests = []
    for content in (b"", b"\0", b"ID3", b"ID3\x04\x00\x00\x7f\x7f\x7f\x7fabc", b"OggS", b"RIFF"):
        path.write_bytes(content)
        digests.append(payload_digest(path))
    assert len(set(digests)) == len(digests)


def test_what_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SoundError, match="no such file"):
        payload_digest(tmp_path / "none.mp3")
    with pytest.raises(SoundError, match="cannot be read"):
        payload_digest(tmp_path)
