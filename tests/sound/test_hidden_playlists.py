"""Real mp3, mp4 and avi files with a playlist or an address hidden in them: nobody is asked."""

import io
import re
import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from sounds import MAKERS, music

from earmark.errors import SoundError
from earmark.sound import decode

RATE = 44100
HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{}\n#EXT-X-ENDLIST\n"
CONCAT = "ffconcat version 1.0\nfile '{}'\n"
ADDRESS = re.compile(rb"http://[\w.:/]+")
ALLOWED = {"protocol_whitelist": "file,http,tcp,crypto,data", "safe": "0"}


def is_asked(read: Callable[[str], None]) -> bool:
    """Whether reading a sound that knows an address connects to it."""
    asked, over = threading.Event(), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)

        def listen() -> None:
            while True:
                last = over.is_set()  # who has connected before the end is still in the queue
                try:
                    server.accept()[0].close()
                    asked.set()
                except TimeoutError:
                    if last:
                        return

        listener = threading.Thread(target=listen)
        listener.start()
        try:
            read(f"http://127.0.0.1:{server.getsockname()[1]}/a.mp3")
        finally:
            over.set()
            listener.join()
    return asked.is_set()


def tagged_mp3(folder: Path, playlist: bytes) -> bytes:
    """An mp3 whose sound begins behind a playlist behind a tag."""
    sound = MAKERS["mp3 by lame"](folder, music(1, RATE), RATE).read_bytes()
    return b"ID3\4\0\0\0\0\0\n" + bytes(10) + playlist + sound


def joined_mp3(folder: Path, playlist: bytes) -> bytes:
    """A playlist, and an mp3 behind it."""
    return playlist + MAKERS["mp3 by lame"](folder, music(1, RATE), RATE).read_bytes()


def referring_mp4(folder: Path, playlist: bytes) -> bytes:
    """An mp4 whose samples lie elsewhere, by its own words."""
    content = bytearray(MAKERS["m4a"](folder, music(1, RATE), RATE).read_bytes())
    at = content.index(b"url ", content.index(b"dref"))
    content[at + 4 : at + 8] = bytes(4)  # not within this file
    added = ADDRESS.search(playlist)[0] + b"\0"
    content[at + 8 : at + 8] = added
    for name in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref", b"url "):
        box = content.rindex(name, 0, at + 4) - 4
        size = struct.unpack(">I", content[box : box + 4])[0]
        content[box : box + 4] = struct.pack(">I", size + len(added))
    return bytes(content)


def subtitled_avi(folder: Path, playlist: bytes) -> bytes:
    """An avi with a track of subtitles, of which the first is the playlist."""
    path = folder / "a.avi"
    with av.open(str(path), "w") as container:
        tracks = [container.add_stream("pcm_s16le", rate=RATE, layout="mono") for _ in range(2)]
        for first in range(0, RATE, 1024):
            for track in tracks:
                block = np.ascontiguousarray(music(1, RATE)[first : first + 1024].T)
                frame = av.AudioFrame.from_ndarray(
                    (block * 32767).astype(np.int16), format="s16", layout="mono"
                )
                frame.sample_rate, frame.pts = RATE, first
                container.mux(track.encode(frame))
    content = bytearray(path.read_bytes())
    kind = content.rindex(b"auds")
    content[kind : kind + 4] = b"txts"
    at = content.index(b"01wb") + 8
    head = b"GAB2\0" + struct.pack("<HI", 2, 2) + b"a\0" + struct.pack("<HI", 4, len(playlist))
    content[at : at + len(head) + len(playlist)] = head + playlist
    return bytes(content)


@pytest.mark.parametrize("name", ["a.m3u8", "a.ffconcat"])
def test_the_listener_notices_who_follows_a_playlist(tmp_path, name) -> None:
    def read(address: str) -> None:
        text = HLS if name == "a.m3u8" else CONCAT
        (tmp_path / name).write_text(text.format(address))
        options = ALLOWED if name != "a.m3u8" else {"protocol_whitelist": "file,http,tcp"}
        with pytest.raises(av.error.FFmpegError):
            av.open(str(tmp_path / name), options=options, timeout=10)

    try:
        asked = is_asked(read)
    except ValueError as error:
        pytest.skip(f"this FFmpeg knows no such playlist ({error})")
    assert asked


@pytest.mark.parametrize("make", [tagged_mp3, joined_mp3, referring_mp4, subtitled_avi])
@pytest.mark.parametrize("playlist", [HLS, CONCAT], ids=["hls", "concat"])
def test_nobody_is_asked_by_a_real_file_that_hides_a_playlist(tmp_path, make, playlist) -> None:
    suffix = make.__name__.split("_")[1]

    def read(address: str) -> None:
        content = make(tmp_path, playlist.format(address).encode())
        assert address.encode() in content
        path = tmp_path / f"song.{suffix}"
        path.write_bytes(content)
        for source in (path, content, io.BytesIO(content)):
            try:
                seconds = sum(map(len, decode(source, 16000))) / 16000
            except SoundError:
                assert make in (joined_mp3, tagged_mp3)
            else:
                assert seconds == pytest.approx(1, abs=0.1)

    assert not is_asked(read)
