"""A static page on a static host, in a sub-folder, and a browser that looks at it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsers import chromium
from command import ROOT
from static_page.hosts import Host, opened, serve

from earmark.static_page.export import export


@pytest.fixture(scope="session")
def runtime() -> Path:
    """An unpacked onnxruntime-web."""
    given = os.environ.get("EARMARK_ORT_WEB")
    folder = Path(given) if given else ROOT / "node_modules" / "onnxruntime-web"
    if not (folder / "dist").is_dir():
        pytest.skip(
            "no onnxruntime-web: run tests/node_packages.sh, or name its folder in EARMARK_ORT_WEB"
        )
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
