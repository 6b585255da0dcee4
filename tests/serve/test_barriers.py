"""Nothing on the page stands in the way of people who cannot see it or use no mouse."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe import axe_script, barriers
from browsers import heard, until
from servers import SMALL, Server

from earmark.examples import example_path
from earmark.library import Library


@pytest.fixture(scope="module")
def attached(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with all that can be attached."""
    axe_script()
    folder: Path = tmp_path_factory.mktemp("music")
    for name in ("band", "piano", "strings"):
        shutil.copy(example_path(name), folder)
    Library(folder / "library.db").scan([folder], model="small", jobs=1)
    running = Server(replace(SMALL, library=folder / "library.db", write=True))
    yield running
    running.stop()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_no_part_of_the_page_is_a_barrier(browser, attached, scheme: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    found = {}
    try:
        page.goto(attached.url)
        page.wait_for_selector("#library:not([hidden])")
        found["start"] = barriers(page)
        page.select_option("#other", "cnn3")
        page.click("#example")
        heard(page)
        page.locator("#chips .chip").first.click()
        found["result"] = barriers(page)
        page.fill("#query", "not opera")
        page.press("#query", "Enter")
        page.wait_for_selector("#tracks li")
        page.click("#pen summary")
        page.click("#plan")
        page.wait_for_selector("#lines fieldset")
        found["library and what would be written"] = barriers(page)
        page.click("#plane summary")
        until(page, "document.getElementById('dots').width > 300")
        found["map"] = barriers(page)
        page.fill("#query", "no such word")
        page.press("#query", "Enter")
        page.wait_for_selector("#mistake:not([hidden])")
        found["a mistake"] = barriers(page)
        page.goto(f"{attached.url}/docs")
        page.wait_for_selector("text=POST /tag")
        found["docs"] = barriers(page)
    finally:
        page.close()
    assert {place: lines for place, lines in found.items() if lines} == {}
