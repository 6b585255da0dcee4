"""A miniature of the MagnaTagATune release in its official form, and a server that hands it out."""

import csv
import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sounds import music, write

from earmark.datasets.fetch import Source
from earmark.vocabulary import official_vocabulary

Clips = dict[int, tuple[str, tuple[str, ...]]]

CLIPS: Clips = {
    2: ("f/bach-cantatas-01-aria-0-29.mp3", ("opera", "violin")),
    6: ("f/bach-cantatas-01-aria-29-58.mp3", ()),
    29: ("0/bach-cantatas-05-sinfonia-117-146.mp3", ("strings",)),
    40: ("c/drone-hums-01-hum-0-29.mp3", ("drone",)),
    35644: ("6/norine_braun-now_and_zen-08-gently-117-146.mp3", ("female", "rock")),
    50: ("1/rocker-loud-01-noise-0-29.mp3", ("guitar", "rock", "loud")),
}


def annotations(clips: Clips = CLIPS) -> bytes:
    """``annotations_final.csv`` as it was published: tab-separated, quoted, CRLF."""
    out = io.StringIO()
    table = csv.writer(out, delimiter="\t", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    tags = official_vocabulary().names
    table.writerow(["clip_id", *tags, "mp3_path"])
    for clip, (path, given) in clips.items():
        table.writerow([clip, *(int(tag in given) for tag in tags), path])
    return out.getvalue().encode()


def release(folder: Path) -> tuple[dict[str, bytes], str]:
    """All files that the server has, and the md5 of the zip."""
    sound = write(folder / "clip.mp3", music(29.1, 16000), 16000).read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for clip, (path, _) in CLIPS.items():
            archive.writestr(path, b"" if clip == 35644 else sound)
    content = packed.getvalue()
    third = len(content) // 3
    cuts = (content[:third], content[third : 2 * third], content[2 * third :])
    files = {f"mp3.zip.00{i}": cut for i, cut in enumerate(cuts, 1)}
    files["annotations_final.csv"] = annotations()
    files["clip_info_final.csv"] = b'"clip_id"\t"title"\r\n'
    return files, hashlib.md5(content).hexdigest()


class Server:
    """What a server has, how it misbehaves, and what it was asked.

    Attributes
    ----------
    files : dict, name -> bytes
    breaks : dict, name -> list of numbers of bytes after which it breaks off, one a request
    ranges : bool, whether it heeds Range
    asked : list of (name, Range header or None)
    """

    def __init__(self, files: dict[str, bytes], digest: str) -> None:
        self.files, self.digest = files, digest
        self.breaks: dict[str, list[int]] = {}
        self.ranges = True
        self.asked: list[tuple[str, str | None]] = []
        self.url = ""

    @property
    def source(self) -> Source:
        """The release that it hands out."""
        tables = {"annotations_final.csv": hashlib.md5(annotations()).hexdigest()}
        parts = tuple(sorted(name for name in self.files if name.startswith("mp3")))
        return Source(self.url, {**tables, "clip_info_final.csv": None}, parts, self.digest)


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """The server at work on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.rpartition("/")[2]
            wanted = self.headers.get("Range")
            server.asked.append((name, wanted))
            content = server.files.get(name)
            if content is None:
                self.send_error(404)
                return
            first = int(wanted[6:-1]) if wanted and server.ranges else 0
            if first and first >= len(content):
                self.send_error(416)
                return
            self.send_response(206 if first else 200)
            self.send_header("Content-Length", str(len(content) - first))
            self.end_headers()
            breaks = server.breaks.get(name)
            self.wfile.write(content[first:][: breaks.pop(0) if breaks else None])
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{web.server_port}/magnatagatune/"
    threading.Thread(target=web.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        web.shutdown()
        web.server_close()
