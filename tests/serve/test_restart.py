"""A server that is killed and started again while the page waits for it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from browsers import heard, until
from sounds import music, write

pytest.importorskip("uvicorn")


@contextmanager
def serving(port: int = 0) -> Iterator[tuple[subprocess.Popen, int]]:
    command = [sys.executable, "-m", "earmark", "serve", "--port", str(port)]
    command += ["--models", "small", "--workers", "1"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        told = process.stderr.readline()
        assert "listening on" in told, told + process.stderr.read()
        yield process, int(told.partition("127.0.0.1:")[2].partition("/")[0])
    finally:
        process.kill()
        process.communicate()


def test_the_page_says_so_and_goes_on_with_the_next(browser, tmp_path) -> None:
    path = write(tmp_path / "long.flac", music(2, 16000).repeat(600, axis=0), 16000)
    page = browser.new_page()
    with serving() as (process, port):
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector("#model option", state="attached")
        page.set_input_files("#file", path)
        until(page, "document.getElementById('doing').textContent.startsWith('hearing')")
        process.kill()
        until(page, "document.getElementById('trouble').textContent.includes('was lost')")
        assert page.is_hidden("#progress")
    with serving(port):
        page.click("#example")
        heard(page)
        assert page.is_hidden("#trouble")
    page.close()
