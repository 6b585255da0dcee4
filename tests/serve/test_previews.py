"""Sounds that a browser has no codec for come to it as Opus, and nothing of that stays."""

import asyncio
import shutil
import tempfile
import time
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from browsers import until
from servers import SMALL, Server
from sounds import MAKERS, music, played

from earmark.errors import SoundError
from earmark.library import Library
from earmark.serve.library_routes import _preview
from earmark.serve.opus import RATE, write_opus
from earmark.serve.previews import Previews, key_of
from earmark.serve.scratch import LOCK, Scratch
from earmark.serve.settings import Limits
from earmark.sound import decode


def there() -> list[Path]:
    """Every file that servers of this test keep."""
    files = (path for path in Path(tempfile.gettempdir()).rglob("*") if path.is_file())
    return [path for path in files if path.suffix != LOCK]


def gone() -> bool:
    """Whether none is left, soon; an answer is whole a moment before its file goes."""
    end = time.monotonic() + 20
    while there() and time.monotonic() < end:
        time.sleep(0.01)
    return not there()


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    """A folder of a WMA and an AIFF file, with a library."""
    samples = music(6, 44100, 2)
    MAKERS["wma"](tmp_path, samples, 44100, "first")
    MAKERS["aiff"](tmp_path, samples, 44100, "second")
    Library(tmp_path / "library.db").scan([tmp_path], model="small", jobs=1)
    return tmp_path


def test_a_track_s_preview_is_its_sound_has_ranges_and_is_made_once(start, songs: Path) -> None:
    running = start(workers=1, library=songs / "library.db")
    ask = running.client.get
    found = {
        track["file"]: track["id"] for track in ask("/library/search?q=not opera").json()["tracks"]
    }
    address = f"/library/tracks/{found['first.wma']}/sound?preview=true"
    whole = ask(address)
    assert whole.status_code == 200
    assert whole.headers["content-type"] == "audio/webm"
    heard, wanted = (
        np.concatenate(list(decode(sound, RATE))) for sound in (whole.content, songs / "first.wma")
    )
    assert len(heard) == pytest.approx(len(wanted), abs=RATE * 0.03)
    length = min(len(heard), len(wanted))
    assert np.corrcoef(heard[:length], wanted[:length])[0, 1] > 0.95  # so in step, too
    part = ask(address, headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.content == whole.content[100:200]
    assert "earmark_previews_total 1" in ask("/metrics").text
    assert len(there()) == 1
    running.stop()
    assert gone()


def test_what_cannot_be_read_is_a_sentence_and_leaves_nothing(start, songs: Path) -> None:
    running = start(workers=1, library=songs / "library.db")
    ask = running.client
    found = ask.get("/library/search?q=not opera").json()["tracks"]
    Path(songs / found[0]["file"]).write_text("no sound at all")
    answer = ask.get(f"/library/tracks/{found[0]['id']}/sound?preview=true")
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(f"{found[0]['file']}: not a sound")
    answer = ask.post("/preview?name=words.mp3", content=b"no sound at all")
    assert answer.json()["detail"].startswith("words.mp3: not a sound")
    assert gone()


def test_a_sound_that_is_sent_comes_back_and_nothing_stays(server, tmp_path: Path) -> None:
    path = MAKERS["alac"](tmp_path, music(3, 44100, 2), 44100)
    answer = server.client.post("/preview", content=path.read_bytes())
    assert answer.headers["content-type"] == "audio/webm"
    heard = decode(answer.content, RATE)
    list(heard)
    assert heard.seconds == pytest.approx(3, abs=0.03)
    assert gone()


def test_a_preview_ends_where_it_becomes_too_large(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, (100, RATE)).astype(np.float32)
    with pytest.raises(SoundError, match="noise: a preview would be too large"):
        write_opus(noise, tmp_path / "out", "noise", 100_000)
    assert not (tmp_path / "out").exists()


def test_the_oldest_go_first_and_none_that_is_being_sent(tmp_path: Path) -> None:
    previews = Previews(250, Scratch())
    keys = []
    for name in "abc":
        (tmp_path / name).write_text(name)
        keys.append(key_of(tmp_path / name))
    lent = []
    for key in keys:
        made = previews.place()
        made.write_bytes(bytes(100))
        lent.append(previews.add(key, made))
    assert len(there()) == 3  # all are being sent
    for one in lent:
        one._give_back()
    extra = previews.place()
    extra.write_bytes(bytes(100))
    previews.add(key_of(shutil.copy(tmp_path / "a", tmp_path / "d")), extra)
    assert [previews.lend(key) is not None for key in keys] == [False, False, True]
    (tmp_path / "c").write_text("another")
    assert previews.lend(key_of(tmp_path / "c")) is None
    previews.close()
    assert gone()


def test_where_no_preview_can_be_laid_nobody_waits_for_it(tmp_path: Path) -> None:
    previews, hearing = mock.Mock(), mock.Mock()
    previews.lend.return_value = None
    previews.place.side_effect = OSError("no room")
    (tmp_path / "a").write_text("a")
    with pytest.raises(OSError, match="no room"):
        asyncio.run(_preview(hearing, previews, tmp_path / "a", mock.Mock()))
    hearing.reserve.return_value.leave.assert_called_once()


def test_where_previews_were_swept_away_they_are_made_again(tmp_path: Path) -> None:
    previews = Previews(250, Scratch())
    (tmp_path / "a").write_text("a")
    key, made = key_of(tmp_path / "a"), previews.place()
    made.write_bytes(bytes(100))
    previews.add(key, made)._give_back()
    shutil.rmtree(made.parent)
    assert previews.lend(key) is None
    previews.place().write_bytes(bytes(100))
    previews.close()


PLAYS = (
    "document.getElementById('audio').readyState > 0 && !document.getElementById('play').disabled"
)


@pytest.mark.parametrize("kind", ["wma", "aiff"])
def test_the_page_plays_what_the_browser_cannot(page, tmp_path: Path, kind: str) -> None:
    path = MAKERS[kind](tmp_path, music(4, 44100, 2), 44100)
    page.set_input_files("#file", path)
    page.wait_for_selector("#result:not([hidden])")
    until(page, PLAYS)
    assert page.is_hidden("#mute")
    assert page.evaluate("document.getElementById('audio').duration") == pytest.approx(4, abs=0.1)
    page.focus("#seek")
    page.keyboard.press("End")
    assert page.evaluate("document.getElementById('audio').currentTime") > 3.5
    assert gone()


def test_the_page_plays_a_track_that_the_browser_cannot(browser, songs: Path) -> None:
    from dataclasses import replace

    running = Server(replace(SMALL, workers=1, library=songs / "library.db"))
    page = browser.new_page()
    try:
        page.goto(running.url)
        page.wait_for_selector("#library:not([hidden])")
        page.fill("#query", "not opera")
        page.press("#query", "Enter")
        page.wait_for_selector("#tracks li")
        page.locator("#tracks button").first.click()
        until(page, PLAYS)
        assert page.evaluate("document.getElementById('audio').src").endswith("sound?preview=true")
        page.evaluate("document.getElementById('audio').currentTime = 5")
        until(page, "!document.getElementById('audio').seeking")
        assert page.evaluate("document.getElementById('audio').currentTime") == 5
    finally:
        page.close()
        running.stop()


def test_where_there_is_no_preview_the_page_says_why(browser, start, tmp_path: Path) -> None:
    running = start(workers=1, limits=Limits(preview_bytes=1000, waiting=2))
    path = MAKERS["aiff"](tmp_path, played(20, 16000), 16000)
    page = browser.new_page()
    page.goto(running.url)
    page.wait_for_selector("#model option", state="attached")
    page.set_input_files("#file", path)
    until(page, "document.getElementById('mute').textContent.includes('nor is there')")
    assert "too large" in page.inner_text("#mute")
    assert page.is_disabled("#play")
    assert page.locator(".tagrow").count() > 0
    page.close()
    assert gone()
