"""A library on the page: completion, search, similar songs, groups, the map."""

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from browsers import heard, opened, until
from servers import SMALL, Server

from earmark.examples import example_path
from earmark.library import Library
from earmark.library.record import Recorder

NAMES = ("band", "piano", "strings")


@pytest.fixture
def library(browser, tmp_path) -> Iterator:
    """The page of a server with three songs, two of which are a group."""
    for name in NAMES:
        shutil.copy(example_path(name), tmp_path)
    path = tmp_path / "library.db"
    Library(path).scan([tmp_path], model="small", jobs=1)
    with Recorder(path) as recorder:
        recorder.keep_groups({3: "quiet ones"}, [(2, 3), (3, 3)])
    running = Server(replace(SMALL, workers=1, library=path))
    with opened(browser, running.url, running.url) as page:
        page.wait_for_selector("#library:not([hidden])")
        yield page
    running.stop()


def found(page) -> list[str]:
    return [line.split("\n")[0] for line in page.locator("#tracks li").all_inner_texts()]


def test_a_library_is_searched_and_looked_through(library) -> None:
    page = library
    page.locator("#query").press_sequentially("not fem")
    options = page.evaluate("[...document.querySelectorAll('#words option')].map((o) => o.value)")
    assert "not female" in options
    page.fill("#query", "piano")
    page.press("#query", "Enter")
    until(page, "document.getElementById('found').textContent === '1 found'")
    assert found(page) == ["piano"]
    page.get_by_label("Songs similar to piano").click()
    until(page, "document.getElementById('found').textContent === 'Similar to piano'")
    assert sorted(found(page)) == ["band", "strings"]
    page.click("#groups summary")
    page.locator("#members .chip", has_text="quiet ones").click()
    until(page, "document.getElementById('found').textContent === '2 found'")
    assert page.input_value("#query") == "group:3"
    page.locator("#tracks button").first.click()
    heard(page)
    assert page.locator("#genres .chip").count() > 0


COLOURS = """() => {
    const canvas = document.getElementById("dots");
    const image = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(image.data.buffer)).size;
}"""


def test_the_map_is_coloured_zoomed_and_played_from(library) -> None:
    page = library
    page.click("#plane summary")
    until(page, f"({COLOURS})() > 2")  # the ground, dots of no group, dots of one
    before = page.evaluate("document.getElementById('dots').toDataURL()")
    page.select_option("#colour", "piano")
    until(page, f"document.getElementById('dots').toDataURL() !== {before!r}")
    page.focus("#dots")
    for key, back in (("ArrowLeft", "ArrowRight"), ("+", "-")):
        before = page.evaluate("document.getElementById('dots').toDataURL()")
        page.keyboard.press(key)
        assert page.evaluate("document.getElementById('dots').toDataURL()") != before
        page.keyboard.press(back)
    box = page.locator("#dots").bounding_box()
    for x in range(4, int(box["width"]), 16):  # some dot lies on a line that crosses all
        for y in (10, box["height"] / 2, box["height"] - 10):
            page.mouse.move(box["x"] + x, box["y"] + y)
            if page.inner_text("#dot"):
                page.mouse.click(box["x"] + x, box["y"] + y)
                heard(page)
                assert page.inner_text("#name").startswith(tuple(NAMES))
                return
    raise AssertionError("no dot was met")
