"""Servers for the tests of this folder."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from browsers import chromium, opened
from servers import SMALL, Server


@pytest.fixture(autouse=True, scope="module")
def own_temporary_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Uploads of this file's servers, apart from those of tests beside it."""
    before = tempfile.tempdir
    tempfile.tempdir = str(tmp_path_factory.mktemp("uploads"))
    yield
    tempfile.tempdir = before


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One server for the tests of a file that change nothing about it."""
    running = Server(SMALL)
    yield running
    running.stop()


@pytest.fixture
def start() -> Iterator[Callable[..., Server]]:
    """Start servers with settings of their own."""
    running: list[Server] = []

    def begin(**changes) -> Server:
        running.append(Server(replace(SMALL, **changes)))
        return running[-1]

    yield begin
    for one in running:
        one.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator:
    """A Chromium for the tests of a file."""
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser, server) -> Iterator:
    """The page of the server, new for each test."""
    with opened(browser, server.url, server.url) as page:
        page.wait_for_selector("#model option", state="attached")
        yield page
