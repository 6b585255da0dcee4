"""Playlists as files: what players find in them, and what is found in those of others."""

import os
from pathlib import Path

import pytest

from earmark.errors import DataError
from earmark.library.m3u8 import Entry, m3u8, parse_prefix, read_m3u

SONGS = [
    Entry("/music/Ä/eins #1.mp3", "Ä - eins", 61.4),
    Entry("/music/#2.mp3", "zwei\nund drei"),
]


def test_a_song_is_a_line_of_facts_and_its_path() -> None:
    assert m3u8(SONGS).split("\n") == [
        "#EXTM3U",
        "#EXTINF:61,Ä - eins",
        "/music/Ä/eins #1.mp3",
        "#EXTINF:-1,zwei und drei",
        "/music/#2.mp3",
        "",
    ]


def test_paths_are_seen_from_the_playlist() -> None:
    lines = m3u8(SONGS, Path("/music")).split("\n")
    assert lines[2] == os.path.join("Ä", "eins #1.mp3")
    assert not lines[4].startswith("#")
    assert os.path.normpath(lines[4]) == "#2.mp3"
    assert m3u8(SONGS, Path("/lists")).split("\n")[4] == "../music/#2.mp3"


@pytest.mark.parametrize(
    ("prefix", "first"),
    [
        ("/music=/volume1/Music", "/volume1/Music/Ä/eins #1.mp3"),
        ("/music=D:\\Music", "D:\\Music\\Ä\\eins #1.mp3"),
        ("/music/=nas/", "nas/Ä/eins #1.mp3"),
        ("/mus=/elsewhere", "Ä/eins #1.mp3"),
    ],
)
def test_another_machine_s_folder(prefix: str, first: str) -> None:
    assert m3u8(SONGS, Path("/music"), [parse_prefix(prefix)]).split("\n")[2] == first


@pytest.mark.parametrize("text", ["music", "=x", "x=", "="])
def test_what_is_no_prefix(text: str) -> None:
    with pytest.raises(DataError, match="not two folders"):
        parse_prefix(text)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    songs = [
        Entry(str(tmp_path / name), name) for name in ("#a.mp3", "b/ö.mp3", os.fsdecode(b"\xff"))
    ]
    for folder in (tmp_path, None):
        path = tmp_path / "x.m3u8"
        path.write_bytes(m3u8(songs, folder).encode("utf-8", "surrogateescape"))
        assert list(read_m3u(path)) == [song.path for song in songs]


def test_other_people_s_lists(tmp_path: Path) -> None:
    path = tmp_path / "x.m3u"
    path.write_bytes(b"\xef\xbb\xbf#EXTM3U\r\n\r\nhttp://radio/x\r\n../a.mp3\r\n/b.mp3\r\n")
    assert list(read_m3u(path)) == [str(tmp_path.parent / "a.mp3"), "/b.mp3"]
    with pytest.raises(DataError, match=r"none\.m3u8: cannot be read"):
        list(read_m3u(tmp_path / "none.m3u8"))
