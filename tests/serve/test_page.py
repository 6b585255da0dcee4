"""The page in a real Chromium: songs go in, pictures and words come out, nothing goes elsewhere."""

import json
import shutil
from pathlib import Path

import pytest
from browsers import WAIT, heard, until
from servers import SMALL, Server
from sounds import MAKERS, own_rate, played

from earmark.examples import example_path
from earmark.serve.settings import Limits


def test_the_example_is_heard_shown_and_played_in_step(page) -> None:
    page.click("#example")
    heard(page)
    assert page.inner_text("#name") == "example.ogg (0:33, small)"
    chips = page.locator("#chips .chip").all_inner_texts()
    assert any(chip.startswith("rock") for chip in chips)
    assert "Rock" in page.inner_text("#genres")
    until(page, "document.getElementById('audio').readyState > 0")
    assert page.evaluate("document.getElementById('audio').duration") == pytest.approx(
        33.76, abs=0.1
    )
    assert page.is_hidden("#mute")
    # Twenty seeks: the head over the taggram is where the player is.
    found = page.evaluate(
        """async () => {
            const [audio, seek, head] = 
                ["audio", "seek", "head"].map((id) => document.getElementById(id));
            const far = [];
            for (let i = 0; i < 20; i += 1) {
                seek.value = ((i * 7) % 20) / 20;
                seek.dispatchEvent(new Event("input"));
                await new Promise((next) => setTimeout(next, 20));
                far.push(Math.abs(parseFloat(head.style.left) / 100 * 33.755 - audio.currentTime));
            }
            return Math.max(...far);
        }"""
    )
    assert found < 0.1
    page.click("#play")
    until(page, "document.getElementById('audio').currentTime > 0.3 + 33.7 * 0.6")
    assert page.get_attribute("#play", "aria-label") == "Pause"
    # A click on a tag goes to where it is clearest; a click into the pictures goes there.
    page.click("#play")
    page.locator("#chips .chip", has_text="rock").first.click()
    assert page.locator(".tagrow.chosen").get_attribute("data-tag") in ("rock", "hard rock")
    box = page.locator("#wave").bounding_box()
    page.locator("#wave").click(position={"x": box["width"] / 2, "y": 5})
    assert page.evaluate("document.getElementById('audio').currentTime") == pytest.approx(
        16.9, abs=0.3
    )
    coloured = page.evaluate(
        """() => ["wave", "mel"].map((id) => {
            const canvas = document.getElementById(id);
            const { width, height } = canvas;
            const image = canvas.getContext("2d").getImageData(0, 0, width, height);
            return new Set(new Uint32Array(image.data.buffer)).size;
        })"""
    )
    assert coloured[0] > 1
    assert coloured[1] > 20


def test_json_and_csv_are_offered(page) -> None:
    page.click("#example")
    heard(page)
    with page.expect_download() as download:
        page.click("#json")
    record = json.loads(Path(download.value.path()).read_text())
    assert record["file"] == "example.ogg"
    assert "rock" in record["tags"]
    with page.expect_download() as download:
        page.click("#csv")
    lines = Path(download.value.path()).read_text().splitlines()
    assert lines[0] == "file,start,end,tag,score"
    assert len(lines) == 1 + len(record["tags"])


@pytest.mark.parametrize(
    "kind", ["wav of 16 bits", "flac", "mp3 by lame", "m4a", "opus", "webm", "video"]
)
def test_every_container_is_taken(page, tmp_path: Path, kind: str) -> None:
    path = MAKERS[kind](tmp_path, played(4, own_rate(kind), 2), own_rate(kind))
    page.set_input_files("#file", path)
    heard(page)
    assert page.inner_text("#name").startswith(f"{path.name} (0:0")
    assert page.locator(".tagrow").count() > 0


def test_the_microphone_is_heard(page) -> None:
    page.click("#record")
    until(page, "document.getElementById('record').ariaPressed === 'true'")
    page.wait_for_timeout(1500)
    page.click("#record")
    heard(page)
    assert page.inner_text("#name").startswith("microphone.webm (0:0")


def test_two_models_stand_side_by_side(page) -> None:
    page.select_option("#other", "cnn3")
    page.click("#example")
    heard(page)
    heads = page.locator("#compared th").all_inner_texts()
    assert heads == ["tag", "small", "cnn3"]
    assert page.locator("#compared tr").count() > 3


def test_what_is_no_sound_is_one_sentence(page, tmp_path: Path) -> None:
    (tmp_path / "words.mp3").write_text("no sound at all")
    page.set_input_files("#file", tmp_path / "words.mp3")
    page.wait_for_selector("#trouble:not([hidden])", timeout=WAIT * 1000)
    assert page.inner_text("#trouble").startswith("words.mp3: not a sound that can be read")
    assert page.is_hidden("#progress")
    page.click("#example")
    heard(page)
    assert page.is_hidden("#trouble")


def test_too_large_and_a_server_that_is_gone_are_sentences(browser, tmp_path: Path) -> None:
    from dataclasses import replace

    running = Server(replace(SMALL, workers=1, limits=Limits(upload_bytes=1 << 20)))
    page = browser.new_page()
    try:
        page.goto(running.url)
        page.wait_for_selector("#model option", state="attached")
        (tmp_path / "large.wav").write_bytes(bytes(3 << 20))
        page.set_input_files("#file", tmp_path / "large.wav")
        page.wait_for_selector("#trouble:not([hidden])", timeout=WAIT * 1000)
        assert "1 MiB" in page.inner_text("#trouble")
        running.stop()
        page.set_input_files("#file", example_path("band"))
        until(page, "document.getElementById('trouble').textContent.includes('does not answer')")
        assert page.is_hidden("#progress")
    finally:
        page.close()
        running.stop()


def test_the_keyboard_is_enough(page) -> None:
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "example":
            break
    page.keyboard.press("Enter")
    heard(page)
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.className"))
    assert {"play", "seek", "json", "csv", "chip"} <= reached
    page.focus("#seek")
    page.keyboard.press("End")
    assert page.evaluate("document.getElementById('audio').currentTime") > 30


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_narrow_and_dark(browser, server, scheme: str) -> None:
    size = {"width": 360, "height": 740}
    page = browser.new_page(viewport=size, color_scheme=scheme)
    try:
        page.goto(server.url)
        page.wait_for_selector("#model option", state="attached")
        page.click("#example")
        heard(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        back = page.evaluate("getComputedStyle(document.body).backgroundColor")
        light = sum(int(part) for part in back[4:-1].split(",")) > 3 * 128
        assert light == (scheme == "light")
    finally:
        page.close()


def test_it_is_small_and_there_soon(browser, server) -> None:
    page = browser.new_page()
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(len(response.body())))
    page.goto(server.url, wait_until="networkidle")
    assert sum(sizes) < 400_000
    page.close()


def test_the_interface_is_described_without_another_host(browser, server) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server.url}/docs")
    page.wait_for_selector("text=POST /tag")
    assert all(url.startswith(server.url) for url in asked)
    page.close()


def test_tags_are_shown_edited_written_and_taken_back(browser, tmp_path: Path) -> None:
    from dataclasses import replace

    from earmark.library import Library
    from earmark.writing.containers import read_tags

    song = shutil.copy(example_path("band"), tmp_path / "band.ogg")
    before = song.read_bytes()
    Library(tmp_path / "library.db").scan([tmp_path], model="small", jobs=1)
    running = Server(replace(SMALL, workers=1, library=tmp_path / "library.db", write=True))
    page = browser.new_page(viewport={"width": 360, "height": 740})
    try:
        page.goto(running.url)
        page.wait_for_selector("#library:not([hidden])")
        assert page.is_hidden("#pen")
        page.fill("#query", "rock")
        page.press("#query", "Enter")
        page.wait_for_selector("#pen:not([hidden])")
        page.focus("#pen summary")
        page.keyboard.press("Enter")  # the keyboard is enough from here on
        page.focus("#plan")
        page.keyboard.press("Enter")
        until(page, "document.getElementById('written').textContent.includes('would be written')")
        assert page.inner_text("#lines legend") == "band.ogg"
        page.get_by_label("genre", exact=True).fill("Ours; and only ours\nRock")
        page.get_by_label("Write earmark of band.ogg").set_checked(False)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.focus("#write")
        page.keyboard.press("Enter")
        until(page, "document.getElementById('written').textContent === '1 file written'")
        values = read_tags(song).values
        assert values["genre"] == ["Ours; and only ours", "Rock"]
        assert values["earmark"] == []
        assert page.evaluate("document.activeElement.id") == "undo"
        page.keyboard.press("Enter")
        until(page, "document.getElementById('written').textContent.startsWith('1 file as before')")
        assert song.read_bytes() == before
    finally:
        page.close()
        running.stop()
