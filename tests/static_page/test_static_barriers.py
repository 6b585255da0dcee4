"""The static page where it is narrow, dark, listening, or read aloud."""

import pytest
from axe import axe_script, barriers
from browsers import heard, until
from static_page.hosts import opened


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_no_part_of_the_page_is_a_barrier(browser, host, scheme: str, width: int) -> None:
    axe_script()
    size = {"width": width, "height": 900}
    with opened(browser, host, viewport=size, color_scheme=scheme) as page:
        found = {"start": barriers(page)}
        page.click("#example")
        heard(page)
        page.locator("#chips .chip").first.click()
        found["result"] = barriers(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        back = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(int(part) for part in back[4:-1].split(",")) > 3 * 128) == (scheme == "light")
    assert {place: lines for place, lines in found.items() if lines} == {}


def test_the_microphone_is_heard(page) -> None:
    page.click("#record")
    until(page, "document.getElementById('record').ariaPressed === 'true'")
    page.wait_for_timeout(1500)
    page.click("#record")
    heard(page)
    assert page.inner_text("#name").startswith("microphone.webm (0:0")
    until(page, "document.getElementById('audio').readyState > 0")
    assert page.is_hidden("#mute")
