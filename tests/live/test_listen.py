"""Listening to files: the scores of a file offline, passages where they are, also in asyncio."""

import asyncio
from pathlib import Path

import numpy as np
import pytest
from passages import DRUMS, changing
from sounds import MAKERS, music, write

from earmark.errors import EarmarkError, LiveError
from earmark.live import LiveEvent, Source, listen, listen_async
from earmark.live.listening import Listening
from earmark.tagging import Tagger


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger("small")


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("sound") / "söng.wav", changing(), 16000)


def rows(path: Path, tagger: Tagger, hop: float):
    got: list = []
    listening = Listening(path, model=tagger, hop=hop, rows=got.append)
    while listening.next() is not None:
        pass
    listening.stop()
    return got


@pytest.mark.parametrize(("kind", "rate"), [("wav of 16 bits", 44100), ("flac", 16000)])
def test_what_is_playing_gets_the_scores_of_a_file(
    kind: str, rate: int, tagger: Tagger, tmp_path: Path
) -> None:
    path = MAKERS[kind](tmp_path, changing(rate, 2)[: 13 * rate], rate)
    offline, live = tagger(path, hop=0.5).timeline, rows(path, tagger, 0.5)
    assert len(live) == len(offline)
    np.testing.assert_allclose([row.start for row in live], offline.starts, atol=1e-6)
    np.testing.assert_allclose([row.end for row in live], offline.ends, atol=1e-3)
    np.testing.assert_allclose([row.scores for row in live], offline.scores, atol=1e-4)


def test_a_passage_begins_and_ends_where_it_does(song: Path) -> None:
    told = list(listen(song, tags=["drums"]))
    changes = [event for event in told if event.kind in ("on", "off")]
    assert [event.kind for event in changes] == ["on", "off"]
    assert {event.tag for event in changes} == {"drums"}
    assert [event.seconds for event in changes] == pytest.approx(DRUMS, abs=1.5)
    moments = [event for event in told if event.kind == "now"]
    assert len(moments) == 60 and all(len(event.tags) == 5 for event in moments)
    assert [event.state for event in told if event.kind == "state"] == ["connected", "ended"]


def test_every_tag_that_begins_ends(song: Path) -> None:
    on: set[str] = set()
    heard = 0
    for event in listen(song):
        if event.kind == "on":
            assert event.tag not in on
            on.add(event.tag)
            heard += 1
        elif event.kind == "off":
            on.remove(event.tag)
        elif event.kind == "now" and event.seconds == 15:
            assert "drums" in event.on
    assert heard >= 2 and not on


def test_asyncio_gives_the_same(song: Path, tagger: Tagger) -> None:
    def known(event: LiveEvent) -> tuple:
        return event.kind, round(event.seconds, 3), event.tag, event.state

    async def all_of() -> list:
        return [known(event) async for event in listen_async(song, model=tagger)]

    wanted = [known(event) for event in listen(song, model=tagger)]
    got = asyncio.run(all_of())
    assert [e for e in got if e[0] != "state"] == [e for e in wanted if e[0] != "state"]
    assert got[-1][3] == "ended"


def test_who_leaves_the_loop_leaves_no_process(song: Path, tagger: Tagger) -> None:
    listening = Listening(Source("file", str(song), realtime=True), model=tagger)
    assert listening.next().state == "connected"
    process = listening._watch._decoder._process
    assert process.poll() is None
    listening.stop()
    assert process.poll() is not None and not listening._thread.is_alive()


def test_silence_is_said_once_and_sound_again(tmp_path: Path, tagger: Tagger) -> None:
    samples = np.concatenate(
        [music(2, 16000), np.zeros((7 * 16000, 1), np.float32), music(2, 16000)]
    )
    path = write(tmp_path / "pause.wav", samples, 16000)
    told = [(e.state, e.seconds) for e in listen(path, model=tagger) if e.kind == "state"]
    assert [state for state, _ in told] == ["connected", "silent", "connected", "ended"]
    assert told[1][1] == pytest.approx(7, abs=0.5) and told[2][1] == pytest.approx(9.1, abs=0.5)


def test_the_level_is_in_dbfs(tmp_path: Path, tagger: Tagger) -> None:
    wave = np.sin(2 * np.pi * 440 * np.arange(4 * 16000) / 16000)
    path = write(tmp_path / "tone.wav", 0.1 * wave, 16000)
    levels = [event.level for event in listen(path, model=tagger) if event.kind == "now"]
    assert levels == pytest.approx([-23.0] * len(levels), abs=0.1)


def test_what_cannot_be_listened_to_is_a_sentence(tmp_path: Path, tagger: Tagger) -> None:
    text = tmp_path / "text.mp3"
    text.write_text("no sound at all, only words\n" * 100)
    silent = tmp_path / "list.m3u8"
    silent.write_text(f"#EXTM3U\n#EXTINF:3,\n{tmp_path / 'a.mp3'}\n")
    for source, word in [
        (text, "text.mp3: cannot be listened to"),
        (silent, "list.m3u8: cannot be listened to"),
        (tmp_path / "none.mp3", "no such file"),
        (tmp_path, "is a folder"),
        ("rtsp://example.org/a", "only addresses with http"),
        ("http:///a", "is no address"),
    ]:
        with pytest.raises(LiveError, match=word) as raised:
            list(listen(source, model=tagger))
        assert "\n" not in str(raised.value)
    with pytest.raises(EarmarkError, match="hop"):
        list(listen(text, model=tagger, hop=9))
    with pytest.raises(EarmarkError, match="drumz"):
        list(listen(text, model=tagger, tags=["drumz"]))


def test_passwords_are_not_shown() -> None:
    assert Source("url", "http://me:secret@host:80/a?b").name == "http://host:80/a?b"
