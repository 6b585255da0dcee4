"""A real Chromium for tests of pages."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

FLAGS = [
    "--no-sandbox",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]
WAIT = 120.0  # seconds


@contextmanager
def chromium() -> Iterator:
    """A browser; the test is skipped where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api")
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        pytest.skip("there is no Chromium")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield running
        running.close()


@contextmanager
def opened(browser, url: str, only: str, **more) -> Iterator:
    """A page that fails its test where the browser complains or asks other than below `only`."""
    context = browser.new_context(permissions=["microphone"], **more)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if _serious(m) else None)
    context.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((only, "blob:", "data:"))
            else complaints.append(request.url)
        ),
    )
    page.goto(url)
    yield page
    context.close()
    assert complaints == []


def _serious(message) -> bool:
    """A refused request is told to people by the page; the console need not be silent about it."""
    return message.type == "error" and "Failed to load resource" not in message.text


def until(page, condition: str) -> None:
    """Wait for a condition in the page, whose policy forbids Playwright's own way of waiting."""
    end = time.monotonic() + WAIT
    while not page.evaluate(condition):
        assert time.monotonic() < end, condition
        page.wait_for_timeout(20)


def heard(page) -> None:
    """Wait until a sound was heard and is shown."""
    until(
        page,
        "!document.getElementById('result').hidden && document.getElementById('progress').hidden",
    )
