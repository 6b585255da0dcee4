"""A playlist of HLS is heard to its end, and leads nowhere but to http."""

import contextlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sounds import music, write_av

from earmark.errors import LiveError
from earmark.live import Source, listen
from earmark.tagging import Tagger


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_) -> None:
        pass


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def playlist(folder: Path, *pieces: str) -> None:
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:4", "#EXT-X-MEDIA-SEQUENCE:0"]
    lines += [line for piece in pieces for line in ("#EXTINF:3.0,", piece)]
    (folder / "radio.m3u8").write_text("\n".join([*lines, "#EXT-X-ENDLIST", ""]))


def test_all_pieces_are_heard(tmp_path: Path) -> None:
    for name, seed in [("a.ts", 1), ("b.ts", 2)]:
        write_av(tmp_path / name, music(3, 44100, 1, seed), 44100, "aac", format="mpegts")
    playlist(tmp_path, "a.ts", "b.ts")
    with served(tmp_path) as address:
        source = Source("url", f"{address}/radio.m3u8", realtime=False)
        told = list(listen(source, model=Tagger("small")))
    assert [e.state for e in told if e.kind == "state"] == ["connected", "ended"]
    assert told[-1].seconds == pytest.approx(6, abs=0.4)


def test_no_file_is_read_that_a_playlist_names(tmp_path: Path) -> None:
    secret = write_av(tmp_path / "secret.ts", music(3, 44100), 44100, "aac", format="mpegts")
    folder = tmp_path / "served"
    folder.mkdir()
    playlist(folder, f"file://{secret}")
    with served(folder) as address, pytest.raises(LiveError, match="cannot be listened to"):
        list(listen(Source("url", f"{address}/radio.m3u8", realtime=False), model="small"))
