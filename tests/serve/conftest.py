"""Servers for the tests of this folder."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from servers import SMALL, Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One server for all tests that change nothing about it."""
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
