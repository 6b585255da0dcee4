"""Uploads that name other files and hosts, and requests that are meant to confuse.

Nothing but the upload is opened, nobody is asked, and no answer has a path of the server: a file
that tells when it is opened, and a socket that counts who comes, look on.
"""

import ctypes
import os
import socket
import struct
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from servers import SMALL, Server
from sounds import MAKERS, music

import earmark
from earmark.examples import example_path
from earmark.serve.settings import Limits

BAND = example_path("band").read_bytes()
IN_OPEN, IN_NONBLOCK = 0x20, os.O_NONBLOCK
OWN = (tempfile.gettempdir(), "earmark-serve-", str(Path(earmark.__file__).parent), "Traceback")

LISTS = {
    "m3u": "#EXTM3U\n#EXTINF:9,song\n{0}\n",
    "plain list": "{0}\n{0}\n",
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{0}\n#EXT-X-ENDLIST\n",
    "hls of lists": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9\n{0}\n",
    "hls with a key": '#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXT-X-KEY:METHOD=AES-128,URI="{0}"\n'
    "#EXTINF:9,\n{0}\n#EXT-X-ENDLIST\n",
    "hls with a map": '#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXT-X-MAP:URI="{0}"\n#EXTINF:9,\n{0}\n',
    "hls of ranges": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n#EXT-X-BYTERANGE:99@0\n{0}\n",
    "concat": "file '{0}'\n",
    "ffconcat": "ffconcat version 1.0\nfile '{0}'\nduration 9\n",
    "ffconcat with options": "ffconcat version 1.0\nfile '{0}'\noption safe 0\n",
    "pls": "[playlist]\nFile1={0}\nLength1=9\nNumberOfEntries=1\nVersion=2\n",
    "asx": '<asx version="3.0"><entry><ref href="{0}"/></entry></asx>',
    "asf redirect": "[Reference]\nRef1={0}\n",
    "wpl": '<?wpl version="1.0"?><smil><body><seq><media src="{0}"/></seq></body></smil>',
    "smil": '<smil><body><audio src="{0}"/></body></smil>',
    "xspf": '<?xml version="1.0"?><playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList>'
    "<track><location>{0}</location></track></trackList></playlist>",
    "cue": 'FILE "{0}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n',
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
    'mediaPresentationDuration="PT9S"><Period><AdaptationSet mimeType="audio/mp4">'
    '<Representation id="1" bandwidth="9"><BaseURL>{0}</BaseURL></Representation>'
    "</AdaptationSet></Period></MPD>",
    "imf": '<?xml version="1.0"?><CompositionPlaylist><Path>{0}</Path></CompositionPlaylist>',
    "smooth": "<SmoothStreamingMedia><StreamIndex Url='{0}'/></SmoothStreamingMedia>",
    "svg": '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    '<image xlink:href="{0}"/></svg>',
    "xml entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "{0}">]><x>&e;</x>',
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=audio 9 RTP/AVP 0\na=control:{0}\n",
    "real text": "rtsptextRTSPtextRTSP://\n{0}\n",
    "avisynth": 'DirectShowSource("{0}")\n',
    "sbagen": "-SE\n-i {0}\nx: pink/100 440+9/90\n0:00 x\n48:00 x\n",
    "quicktime link": '<?xml version="1.0"?><?quicktime type="application/x-quicktime-media-link"?>'
    '<embed src="{0}"/>',
    "html": '<html><meta http-equiv="refresh" content="0;url={0}"><audio src="{0}"></html>',
    "links of a shell": "[InternetShortcut]\nURL={0}\n",
}


class Watch:
    """A file that tells whether anybody opens it, and a socket that tells who comes."""

    def __init__(self, folder: Path) -> None:
        self.file = MAKERS["mp3 by libsndfile"](folder, music(1, 44100), 44100, "canary")
        libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = libc.inotify_init1(IN_NONBLOCK)
        assert libc.inotify_add_watch(self._descriptor, os.fsencode(self.file), IN_OPEN) > 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.host = f"127.0.0.1:{self._socket.getsockname()[1]}"

    def addresses(self) -> list[str]:
        """The file and the socket, however they may be written."""
        path, host = self.file, self.host
        return [
            str(path),
            f"file:{path}",
            f"file://{path}",
            f"concat:{path}|{path}",
            f"subfile,,start,0,end,99,,:{path}",
            f"crypto+file:{path}",
            f"cache:file:{path}",
            os.path.relpath(path, tempfile.gettempdir()),
            f"http://{host}/a.mp3",
            f"tcp://{host}",
            f"rtsp://{host}/a",
            f"hls+http://{host}/a.m3u8",
        ]

    def seen(self) -> list[str]:
        """What happened that must not."""
        found = []
        try:
            if os.read(self._descriptor, 4096):
                found.append("the file was opened")
        except BlockingIOError:
            pass
        try:
            self._socket.accept()
            found.append("somebody came to the socket")
        except BlockingIOError:
            pass
        return found

    def close(self) -> None:
        os.close(self._descriptor)
        self._socket.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server with little patience."""
    limits = Limits(upload_bytes=4 << 20, sound_seconds=600, work_seconds=30)
    running = Server(replace(SMALL, models=("small",), workers=1, limits=limits))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    if sys.platform != "linux":
        pytest.skip("only Linux tells when a file is opened")
    one = Watch(tmp_path_factory.mktemp("canary"))
    yield one
    one.close()


def test_the_watch_sees(watch: Watch) -> None:
    watch.file.read_bytes()
    socket.create_connection(watch.host.split(":")).close()
    assert len(watch.seen()) == 2
    assert watch.seen() == []


def refused(server: Server, watch: Watch, content: bytes, name: str) -> None:
    """An upload is no sound, is said so, and nothing else was opened."""
    answer = server.client.post("/tag", files={"file": (name, content)})
    assert answer.status_code in (400, 422), (name, answer.text)
    told = answer.text.replace(name, "")
    assert not [path for path in (*OWN, str(watch.file.parent)) if path in told], answer.text
    assert watch.seen() == []


def some(watch: Watch, kind: str) -> list[str]:
    """The path, an address of the socket, and two more by turns."""
    known, turn = watch.addresses(), len(kind)
    return [known[0], known[8], known[1 + turn % 7], known[9 + turn % 3]]


@pytest.mark.parametrize("kind", LISTS)
def test_no_list_is_followed(server, watch: Watch, kind: str) -> None:
    for place, address in enumerate(some(watch, kind)):
        suffix = ("m3u8", "mp4", "avi", "mp3", "ogg", "txt", "mpd", "sdp")[place % 8]
        refused(server, watch, LISTS[kind].format(address).encode(), f"song.{suffix}")


def tagged(content: bytes) -> bytes:
    """Something behind an ID3 tag."""
    size = 10
    return b"ID3\x04\0\0\0\0\0" + bytes([size]) + bytes(size) + content


def box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I", 8 + len(content)) + kind + content


def movie(address: str) -> bytes:
    """A reference movie: QuickTime's own way to say 'play this instead'."""
    text = address.encode() + b"\0"
    link = box(b"rdrf", bytes(4), b"url ", struct.pack(">I", len(text)), text)
    return box(b"ftyp", b"qt  ", bytes(4)) + box(b"moov", box(b"rmra", box(b"rmda", link)))


def subtitles(address: str) -> bytes:
    """An AVI whose subtitles are a playlist."""
    content = LISTS["hls"].format(address).encode()
    gab = b"GAB2\0\x02\0" + struct.pack("<I", 4) + b"a\0\0\0\x04\0"
    gab += struct.pack("<I", len(content)) + content

    def chunk(kind: bytes, data: bytes) -> bytes:
        return kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)

    header = b"txts" + bytes(52)
    streams = chunk(b"LIST", b"strl" + chunk(b"strh", header) + chunk(b"strf", b""))
    heads = chunk(b"LIST", b"hdrl" + chunk(b"avih", bytes(56)) + streams)
    return chunk(b"RIFF", b"AVI " + heads + chunk(b"LIST", b"movi" + chunk(b"00sb", gab)))


HIDDEN = {
    "behind a tag.mp3": lambda a: tagged(LISTS["hls"].format(a).encode()),
    "behind a byte order mark.mp3": lambda a: b"\xef\xbb\xbf" + LISTS["hls"].format(a).encode(),
    "behind zeros.mp3": lambda a: bytes(4096) + LISTS["hls"].format(a).encode(),
    "in an mp4's free space.mp4": lambda a: box(b"ftyp", b"isom", bytes(4))
    + box(b"free", LISTS["hls"].format(a).encode()),
    "in an mp4's sound.mp4": lambda a: box(b"ftyp", b"isom", bytes(4))
    + box(b"mdat", LISTS["hls"].format(a).encode()),
    "a reference movie.mov": movie,
    "an avi's subtitles.avi": subtitles,
    "a wav of text.wav": lambda a: b"RIFF\0\0\0\0WAVEdata\xff\xff\xff\xff"
    + LISTS["hls"].format(a).encode(),
    "an ogg page of text.ogg": lambda a: b"OggS\0\x02" + bytes(21)
    + LISTS["hls"].format(a).encode(),
    "utf-16.m3u8": lambda a: LISTS["hls"].format(a).encode("utf-16"),
    "a name as content.txt": lambda a: a.encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", HIDDEN)
def test_no_list_is_found_where_it_hides(server, watch: Watch, name: str) -> None:
    for address in some(watch, name):
        refused(server, watch, HIDDEN[name](address), name)


def test_a_sound_that_says_it_lies_elsewhere_is_only_what_was_sent(
    server, watch: Watch, tmp_path: Path
) -> None:
    content = MAKERS["m4a"](tmp_path, music(2, 44100), 44100).read_bytes()
    old = box(b"url ", b"\0\0\0\1")
    assert old in content
    for flags in (b"\0\0\0\0", b"\0\0\0\1"):
        changed = elsewhere(content, old, box(b"url ", flags, f"file://{watch.file}\0".encode()))
        answer = server.client.post("/tag", files={"file": ("song.m4a", changed)})
        assert answer.status_code in (200, 422), answer.text
        assert watch.seen() == []


def elsewhere(content: bytes, old: bytes, new: bytes) -> bytes:
    """An mp4, its index behind the sound, with one box of the index for another."""
    place = content.index(old)
    more = len(new) - len(old)
    changed = bytearray(content.replace(old, new, 1))
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):
        at = content.rindex(kind, 0, place) - 4
        (size,) = struct.unpack_from(">I", content, at)
        struct.pack_into(">I", changed, at, size + more)
    return bytes(changed)


NAMES = [
    "../../../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "C:\\x.mp3", "con", "a\0b.mp3",
    "concat:a|b", "http:b.mp3", "-i", "--version", "%s%n", "$(id).mp3", "`id`.mp3", "a;id.mp3",
    "\x1b]0;x\x07.mp3", "\u202e3pm.exe", "\U0001f600.mp3", "x" * 2000, "%2e%2e%2fetc", " ", ".",
    "..", "<script>alert(1)</script>.mp3", "'\"><img src=x>.mp3",
]  # fmt: skip


def test_names_lead_nowhere(server) -> None:
    for name in NAMES:
        answer = server.client.post("/tag", files={"file": (name, b"no sound")})
        assert answer.status_code == 422
        told = answer.json()["detail"]
        assert told.isprintable(), name
        assert len(told) < 400
        assert not [path for path in OWN if path in told]


def wav(channels: int, rate: int, bits: int, size: int, data: bytes, kind: int = 1) -> bytes:
    block = channels * bits // 8
    head = struct.pack("<HHIIHH", kind, channels, rate, rate * block % 2**32, block % 65536, bits)
    riff = b"WAVEfmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", size) + data
    return b"RIFF" + struct.pack("<I", len(riff)) + riff


LIES = {
    "4 GB of sound": wav(2, 44100, 16, 2**32 - 1, bytes(40000)),
    "65535 channels": wav(65535, 44100, 16, 131070, bytes(131070)),
    "no channel": wav(0, 44100, 16, 4000, bytes(4000)),
    "no rate": wav(1, 0, 16, 4000, bytes(4000)),
    "4 GHz": wav(1, 2**32 - 1, 16, 40000, bytes(40000)),
    "1 Hz": wav(1, 1, 16, 40000, bytes(40000)),
    "0 bits": wav(1, 44100, 0, 4000, bytes(4000)),
    "65535 bits": wav(1, 44100, 65535, 4000, bytes(4000)),
    "no numbers": wav(1, 16000, 32, 64000, struct.pack("<f", float("nan")) * 16000, 3),
    "infinities": wav(1, 16000, 32, 64000, struct.pack("<f", float("inf")) * 16000, 3),
    "hardly a flac": b"fLaC\x80\0\0\x22" + b"\xff" * 34,
    "a zip": b"PK\3\4" + bytes(60),
    "a gzip": b"\x1f\x8b\x08" + bytes(60),
    "an elf": b"\x7fELF" + bytes(60),
    "an ogg of one page": b"OggS\0\x02" + b"\xff" * 21 + b"\x01\x1e\x01vorbis" + b"\xff" * 23,
    "an id3 tag of 256 MB": b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + bytes(100),
    "boxes in boxes": b"\0\0\0\x08moov" * 20000,
    "a matroska without end": b"\x1a\x45\xdf\xa3\x01\xff\xff\xff\xff\xff\xff\xff" * 100,
    "an aiff of nothing": b"FORM\xff\xff\xff\xffAIFFCOMM\0\0\0\x12" + b"\xff" * 18,
    "a caf of nothing": b"caff\0\1\0\0desc\0\0\0\0\0\0\0\x20" + b"\xff" * 32,
    "a midi": b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk\0\0\0\4\0\xff\x2f\0",
    "a module": b"Extended Module: x" + bytes(400),
}  # fmt: skip


@pytest.mark.parametrize("kind", LIES)
def test_a_sound_that_lies_is_heard_or_refused(server, kind: str) -> None:
    answer = server.client.post("/tag", files={"file": ("song.wav", LIES[kind])})
    assert answer.status_code in (200, 422), answer.text
    assert "crashed" not in answer.text
    assert "unexpectedly" not in answer.text
    assert not [path for path in OWN if path in answer.text]
