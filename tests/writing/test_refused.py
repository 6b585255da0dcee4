"""Metadata that would not survive, and files that cannot be parsed: nothing is written."""

import struct

import pytest
from mutagen.flac import FLAC
from mutagen.mp4 import MP4
from sounds import music, write, write_av
from tagged_files import make

from earmark.errors import WritingError
from earmark.writing import write_file as module
from earmark.writing.containers import read_tags
from earmark.writing.write_file import check_kept, write_file

THEN = {"genre": ["rock"], "mood": ["calm"]}


def refused(path, match, values=THEN):
    before = path.read_bytes()
    with pytest.raises(WritingError, match=match) as error:
        write_file(path, values, None)
    assert str(path) in str(error.value) and "\n" not in str(error.value)
    assert path.read_bytes() == before and list(path.parent.iterdir()) == [path]


def tag(version, *frames, flags=0):
    body = b"".join(frames) + bytes(20)
    size = bytes(
        [len(body) >> 21 & 127, len(body) >> 14 & 127, len(body) >> 7 & 127, len(body) & 127]
    )
    return b"ID3" + bytes([version, 0, flags]) + size + body


def frame(name, data, flags=0):
    assert len(data) < 128
    return name + struct.pack(">IH", len(data), flags) + data


TITLE, TWICE = frame(b"TIT2", b"\0one"), frame(b"TIT2", b"\0two")
TAGS = {
    "a frame that is there twice": (tag(3, TITLE, TWICE), "TIT2"),
    "a frame with flags": (tag(4, frame(b"TPE1", b"\0me", 0x2000)), "flags of TPE1"),
    "a frame that cannot be parsed": (tag(4, TITLE, frame(b"APIC", b"\x09\0\0\0")), "APIC"),
    "two of a picture": (
        tag(3, *[frame(b"APIC", b"\0image/png\0\3\0" + bytes([i])) for i in range(2)]),
        "APIC|Cover",
    ),
    "a footer": (tag(4, TITLE, flags=0x10) + b"3DI\4\0\x10\0\0\0\x29", "footer"),
    "2.2 with what nobody knows": (b"ID3\2\0\0\0\0\0\x14XYZ\0\0\4abcd" + bytes(10), "XYZ"),
}


@pytest.mark.parametrize("what", TAGS)
def test_frames_that_would_be_lost(what, tmp_path):
    path = make("mp3 without metadata", tmp_path)
    data, match = TAGS[what]
    path.write_bytes(data + path.read_bytes())
    if what == "two of a picture":  # mutagen gives the second another name, and both stay
        write_file(path, THEN, None)
        assert sum("APIC" in name for name in read_tags(path).rest) >= 2
    else:
        refused(path, match)


def test_a_frame_that_is_there_twice_in_a_chunk(tmp_path):
    path = make("wav without metadata", tmp_path)
    chunk = tag(3, TITLE, TWICE)
    data = path.read_bytes() + b"id3 " + struct.pack("<I", len(chunk)) + chunk
    path.write_bytes(data[:4] + struct.pack("<I", len(data) - 8) + data[8:])
    refused(path, "TIT2")


def test_a_frame_that_nobody_knows_stays(tmp_path):
    path = make("mp3 without metadata", tmp_path)
    path.write_bytes(tag(3, TITLE, frame(b"XYZZ", b"whatever")) + path.read_bytes())
    write_file(path, THEN, None)
    assert b"XYZZ\0\0\0\x08\0\0whatever" in path.read_bytes()


@pytest.mark.parametrize(
    ("comment", "match"),
    [(b"no name", "no name"), (b"TITLE=\xff\xfe", "not UTF-8"), (b"", "no name")],
)
def test_comments_that_would_be_lost(comment, match, tmp_path):
    path = make("flac", tmp_path)
    data = path.read_bytes()
    old = struct.pack("<I", len(b"EMPTY=")) + b"EMPTY="
    assert data.count(old) == 1
    new = struct.pack("<I", len(comment)) + comment
    at = data.index(old)
    start = data.rindex(b"\x04\0\0", 0, at)  # the head of the block of comments
    size = int.from_bytes(data[start + 1 : start + 4], "big") + len(new) - len(old)
    path.write_bytes(
        data[: start + 1] + size.to_bytes(3, "big") + data[start + 4 :].replace(old, new)
    )
    refused(path, match)


def test_values_that_a_field_cannot_hold(tmp_path):
    refused(make("mp3 of 2.4", tmp_path), "the field genre cannot hold", {"genre": ["a\0b"]})


def lied_riff(data):
    return data[:4] + b"\xff\xff\xff\x7f" + data[8:]


DAMAGED = {
    "riff that tells too much": ("wav of 2.3 with INFO", lied_riff, "size"),
    "riff with a tail": ("wav of 2.3 with INFO", lambda data: data + b"tail", "4 bytes"),
    "riff with a long part": (
        "wav without metadata",
        lambda data: data[:40] + b"\xff\xff\xff\x00" + data[44:],
        "size",
    ),
    "RF64": ("wav without metadata", lambda data: b"RF64" + data[4:], "not a kind"),
    "aiff that ends early": ("aiff of 2.3", lambda data: data[:-100], "size"),
    "mp4 that ends early": ("m4a faststart", lambda data: data[:-100], "mdat"),
    "mp4 of two moov": (
        "m4a faststart",
        lambda data: data + data[data.index(b"moov") - 4 :][: _moov(data)],
        "2 parts moov",
    ),
    "flac that ends in its blocks": ("flac", lambda data: data[:60], "parse"),
    "ogg without comments": ("ogg", lambda data: data[:58], "parse|comments"),
    "wma whose header lies": (
        "wma",
        lambda data: data[:46] + b"\xff" * 6 + data[52:],
        "header|parse",
    ),
    "nothing": ("flac", lambda data: b"", "is empty"),
    "an mp3 without sound": ("mp3 of 2.4", lambda data: data[: data.index(b"APIC")], "sync|parse"),
}


def _moov(data):
    return int.from_bytes(data[data.index(b"moov") - 4 :][:4], "big")


@pytest.mark.parametrize("what", DAMAGED)
def test_what_cannot_be_parsed(what, tmp_path):
    kind, damage, match = DAMAGED[what]
    path = make(kind, tmp_path)
    path.write_bytes(damage(path.read_bytes()))
    refused(path, match)


def test_any_piece_of_a_file_is_refused_or_kept(tmp_path):
    """Cut at any place, a file is written with all that is left, or not at all, in a sentence."""
    for kind in ("mp3 of 2.3", "flac", "ogg", "m4a", "wma", "aiff of 2.3", "wav of 2.3 with INFO"):
        path = make(kind, tmp_path)
        whole = path.read_bytes()
        for share in range(1, 12):
            cut = whole[: len(whole) * share // 12]
            path.write_bytes(cut)
            try:
                write_file(path, THEN, None)
            except WritingError as error:
                assert path.read_bytes() == cut and str(path) in str(error)


def test_other_kinds_of_files(tmp_path):
    samples = music(1, 44100)
    for make_one in (
        lambda: write_av(tmp_path / "a.aac", samples, 44100, "aac", format="adts"),
        lambda: write(tmp_path / "a.oga", samples, 44100, format="OGG", subtype="OPUS"),
        lambda: write_av(tmp_path / "a.wv", samples, 44100, "wavpack", format="wv"),
        lambda: write_av(tmp_path / "a.mka", samples, 44100, "flac", format="matroska"),
        lambda: write_av(tmp_path / "b.ogg", samples, 44100, "flac", format="ogg"),
        lambda: write(tmp_path / "a.w64", samples, 44100),
    ):
        try:
            path = make_one()
        except Exception:  # this build of FFmpeg has no such writer
            for left in tmp_path.iterdir():
                left.unlink()
            continue
        if path.suffix == ".oga":
            write_file(path, THEN, None)  # Opus by another name
            assert read_tags(path).values["genre"] == ["rock"]
        else:
            refused(path, "not a kind|neither Vorbis nor Opus")
        path.unlink()


DAMAGES = {
    "flac": lambda path: _save(FLAC, path, "ALBUM"),
    "m4a": lambda path: _save(MP4, path, "\xa9alb"),
}


def _save(kind, path, name):
    sound = kind(path)
    sound[name] = ["lost"]
    sound.save()


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_writer_that_loses_something_is_found_out(kind, tmp_path, monkeypatch):
    """Should mutagen ever change more than it is asked to, the file stays as it is."""
    path = make(kind, tmp_path)
    real = module.write_fields

    def careless(copy, values):
        real(copy, values)
        DAMAGES[kind](copy)

    monkeypatch.setattr(module, "write_fields", careless)
    refused(path, "would not stay as it is")


def test_a_writer_that_harms_the_sound_is_found_out(tmp_path, monkeypatch):
    path = make("ogg", tmp_path)
    real = module.write_fields

    def careless(copy, values):
        real(copy, values)
        data = bytearray(copy.read_bytes())
        data[-5] ^= 1
        copy.write_bytes(data)

    monkeypatch.setattr(module, "write_fields", careless)
    refused(path, "would not stay as it is")


def test_new_parts_are_found_out_too(tmp_path):
    was = read_tags(make("flac", tmp_path))
    now = type(was)(was.form, was.values, {**was.rest, "comment 99, 'X'": b""})
    with pytest.raises(WritingError, match="anew"):
        check_kept("x", was, now)
