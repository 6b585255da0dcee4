"""A folder over HTTP, and the page in it."""

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import browsers


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A static host that knows as little as one can: no types but the usual, no headers."""

    def log_message(self, *_: object) -> None:
        pass


@dataclass
class Host:
    """A folder over HTTP; the page is in ``sub/``."""

    folder: Path
    server: http.server.ThreadingHTTPServer

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/sub/"

    def offer(self, path: Path) -> str:
        """Put a file beside the page; its address from there."""
        place = self.folder / "sounds"
        place.mkdir(exist_ok=True)
        shutil.copy(path, place / path.name)
        return f"../sounds/{path.name}"


def serve(folder: Path) -> Host:
    handler = functools.partial(Quiet, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return Host(folder, server)


@contextmanager
def opened(browser, host: Host, **more) -> Iterator:
    """The page, ready to take a sound."""
    with browsers.opened(browser, host.url, host.url.removesuffix("sub/"), **more) as page:
        page.wait_for_selector("#still", state="hidden")
        yield page
