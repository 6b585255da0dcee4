"""Fields that are no UTF-8: sound is heard, words are read without those bytes, copies are made."""

import subprocess
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from sounds import decoded, music, write

from earmark.censor import Plan, rewritten
from earmark.library.own_words import _first, own_words
from earmark.live.opened import Opened
from earmark.live.source import FILE, Source
from earmark.segments import Found
from earmark.segments.cut import cut
from earmark.sound.av_reader import AvReader
from earmark.tagging.events import Event

SECONDS, RATE = 2, 16000


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Matroska file with one word in Latin-1."""
    folder = tmp_path_factory.mktemp("odd")
    plain = write(folder / "plain.flac", music(SECONDS, RATE), RATE)
    path, told = folder / "odd.mka", ["-c:a", "copy", "-metadata", "title=Caf## late"]
    subprocess.run(["ffmpeg", "-v", "error", "-i", plain, *told, path], check=True)
    content = path.read_bytes()
    assert content.count(b"Caf##") == 1
    path.write_bytes(content.replace(b"Caf##", b"Caf\xe9,"))
    return path


def test_it_is_heard(odd: Path) -> None:
    samples, warnings = decoded(odd, RATE)
    assert (len(samples), warnings) == (SECONDS * RATE, [])


def test_it_is_heard_live(odd: Path) -> None:
    heard = Opened(Source(FILE, str(odd)))
    assert sum(len(block.samples) for block in heard.blocks()) == SECONDS * RATE


def test_its_words_are_text(odd: Path) -> None:
    title = own_words(odd).title
    assert title == "Caf, late"
    title.encode()


def test_halves_of_letters_are_no_words() -> None:
    assert _first({"title": "Caf\udce9, late"}, ("title",)) == "Caf, late"


def test_it_is_censored_and_cut(odd: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mka"
    rewritten(Plan(str(odd), SECONDS, [Event(0.5, 1.0, "fast", 0.9)]), out)
    (clip,) = cut(Found(str(odd), 0, SECONDS, [Event(0.5, 1.5, "fast", 0.9)]), tmp_path)
    for path in (out, clip):
        assert np.abs(decoded(path, RATE)[0]).max() > 0
        assert own_words(path).title == "Caf, late"


def test_a_codec_that_does_not_open_is_damage(odd: Path) -> None:
    reader = AvReader(odd)
    closed = mock.Mock(pos=0, decode=mock.Mock(side_effect=ValueError("cannot decode")))
    reader._packets = lambda: iter([closed])
    assert list(reader.blocks()) == []
    reader.close()
