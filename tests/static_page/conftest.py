"""A static page on a static host, in a sub-folder, and a browser that looks at it."""

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import browsers
import pytest
from browsers import chromium
from command import ROOT

from earmark.static_page.export import export


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


@pytest.fixture(scope="session")
def runtime() -> Path:
    """An unpacked onnxruntime-web."""
    given = os.environ.get("EARMARK_ORT_WEB")
    folder = Path(given) if given else ROOT / "node_modules" / "onnxruntime-web"
    if not (folder / "dist").is_dir():
        pytest.skip("no onnxruntime-web: name its folder in EARMARK_ORT_WEB, or npm install it")
    return folder


@pytest.fixture(scope="session")
def host(runtime: Path, tmp_path_factory) -> Iterator[Host]:
    folder = tmp_path_factory.mktemp("host")
    export(folder / "sub", "small", runtime)
    host = serve(folder)
    yield host
    host.server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator:
    with chromium() as running:
        yield running


@contextmanager
def opened(browser, host: Host, **more) -> Iterator:
    """The page, ready to take a sound."""
    with browsers.opened(browser, host.url, host.url.removesuffix("sub/"), **more) as page:
        page.wait_for_selector("#still", state="hidden")
        yield page


@pytest.fixture
def page(browser, host: Host) -> Iterator:
    """A page of a test's own."""
    with opened(browser, host) as page:
        yield page


@pytest.fixture(scope="module")
def modules(browser, host: Host) -> Iterator:
    """A page of which only the modules are used, for all tests that do."""
    with opened(browser, host) as page:
        yield page
