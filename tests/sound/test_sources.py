"""A sound is the same from a path, bytes, a file object, a pipe or memory."""

import io
import os
import threading
from pathlib import Path

import numpy as np
import pytest
from sounds import MAKERS, alone, decoded, music, one_shot, snr

from earmark.errors import SoundError
from earmark.sound import Samples, decode

KINDS = ["wav of 16 bits", "m4a", "mp3 by lame", "mp3 without a header", "vorbis"]
IMPORT = "from earmark.sound import decode\n"


class Pipe(io.RawIOBase):
    """Bytes that can be read once, in order."""

    def __init__(self, content: bytes):
        self._content = io.BytesIO(content)

    def readable(self):
        return True

    def readinto(self, buffer):
        return self._content.readinto(buffer)


class OnlyRead:
    """The least that a file object may be, such as an HTTP response."""

    def __init__(self, content: bytes):
        self._content = io.BytesIO(content)

    def read(self, size: int = -1) -> bytes:
        return self._content.read(size)


class Broken(Pipe):
    def readinto(self, buffer):
        raise OSError(5, "Input/output error")


def real_pipe(content: bytes):
    """The reading end of a pipe of the operating system, and the thread that fills it."""
    reading, writing = os.pipe()

    def fill():
        with os.fdopen(writing, "wb") as file:
            file.write(content)

    thread = threading.Thread(target=fill, daemon=True)
    thread.start()
    return os.fdopen(reading, "rb"), thread


@pytest.fixture(params=KINDS)
def path(request, tmp_path) -> Path:
    return MAKERS[request.param](tmp_path, music(2, 44100, 2), 44100)


@pytest.mark.parametrize(
    "opened",
    [
        str,
        Path.read_bytes,
        lambda path: bytearray(path.read_bytes()),
        lambda path: memoryview(path.read_bytes()),
        lambda path: io.BytesIO(path.read_bytes()),
    ],
    ids=["text", "bytes", "bytearray", "memoryview", "BytesIO"],
)
def test_what_is_in_memory_sounds_like_the_file(path, opened):
    wanted, _ = decoded(path, 16000)
    got, warned = decoded(opened(path), 16000)
    assert np.array_equal(wanted, got) and not warned


@pytest.mark.parametrize("buffering", [-1, 0], ids=["buffered", "unbuffered"])
def test_an_open_file_is_read_from_its_start_and_left_open(path, buffering):
    wanted, _ = decoded(path, 16000)
    with open(path, "rb", buffering=buffering) as file:
        file.read(100)
        for _ in range(2):
            got, warned = decoded(file, 16000)
            assert np.array_equal(wanted, got) and not warned
        assert not file.closed


@pytest.mark.parametrize("kind_of_pipe", [Pipe, OnlyRead])
def test_what_cannot_seek_sounds_like_the_file(path, kind_of_pipe):
    wanted, _ = decoded(path, 16000)
    got, warned = decoded(kind_of_pipe(path.read_bytes()), 16000)
    assert np.array_equal(wanted, got) and not warned


def test_a_pipe_of_the_operating_system_sounds_like_the_file(path):
    wanted, _ = decoded(path, 16000)
    file, thread = real_pipe(path.read_bytes())
    with file:
        got, warned = decoded(file, 16000)
    thread.join(10)
    assert np.array_equal(wanted, got) and not warned


@pytest.mark.skipif(not os.path.exists("/dev/stdin"), reason="no /dev/stdin here")
@pytest.mark.parametrize("kind", ["wav of 16 bits", "m4a"])
def test_a_path_may_be_that_of_a_pipe(tmp_path, kind):
    path = MAKERS[kind](tmp_path, music(2, 44100, 2), 44100)
    code = IMPORT + "print(sum(map(len, decode('/dev/stdin', 16000))))"
    assert int(alone(code, stdin=path.read_bytes())) == len(decoded(path, 16000)[0])


def test_a_file_opened_as_text_is_named_and_the_way_out_told(path):
    with open(path, encoding="latin-1") as file, pytest.raises(SoundError) as caught:
        decoded(file, 16000)
    assert str(path) in str(caught.value) and "binary" in str(caught.value)


def test_a_pipe_that_breaks_says_so():
    with pytest.raises(SoundError, match="Input/output error"):
        decoded(Broken(b""), 16000)


def test_a_closed_file_is_a_sentence(path):
    with open(path, "rb") as file:
        pass
    with pytest.raises(SoundError, match="closed"):
        decoded(file, 16000)


def test_a_file_open_for_writing_only_is_a_sentence(tmp_path):
    with open(tmp_path / "new.wav", "wb") as file, pytest.raises(SoundError, match=r"new\.wav"):
        decoded(file, 16000)


@pytest.mark.parametrize("empty", [b"", Pipe(b""), io.BytesIO()], ids=["bytes", "pipe", "BytesIO"])
def test_an_empty_source_is_a_sentence(empty):
    with pytest.raises(SoundError, match="sound in memory: the file is empty"):
        decoded(empty, 16000)


def test_bytes_that_name_another_file_do_not_open_it(tmp_path, monkeypatch):
    MAKERS["wav of 16 bits"](tmp_path, music(1, 44100), 44100, "secret")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SoundError):
        decoded(b"ffconcat version 1.0\nfile secret.wav\n", 16000)


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="open files are counted in /proc")
@pytest.mark.parametrize("how", ["to the end", "one block", "a damaged one"])
def test_no_file_stays_open(path, how):
    before = len(os.listdir("/proc/self/fd"))
    if how == "a damaged one":
        path.write_bytes(path.read_bytes()[:40])
        with pytest.raises(SoundError):
            decoded(path, 16000)
    elif how == "one block":
        blocks = iter(decode(path, 16000))
        next(blocks)
        blocks.close()
    else:
        decoded(path, 16000)
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize(
    "as_type",
    [
        lambda floats: floats,
        lambda floats: floats.astype(np.float64),
        lambda floats: floats.astype(">f4"),
        lambda floats: np.round(floats * 2**15).astype(np.int16),
        lambda floats: np.round(floats * 2**15).astype(">i2"),
        lambda floats: np.round(floats * 2.0**31).astype(np.int32),
        lambda floats: np.round(floats * 2**15 + 2**15).astype(np.uint16),
        lambda floats: np.asfortranarray(floats),
    ],
    ids=["float32", "float64", "big-endian", "int16", ">i2", "int32", "uint16", "columns"],
)
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_samples_in_memory_of_any_type_are_full_scale(as_type, channels):
    floats = music(4, 44100, channels)
    got, warned = decoded(Samples(as_type(floats), 44100), 16000)
    assert snr(one_shot(floats, 44100, 16000), got) > 60 and not warned


def test_samples_without_channels_are_mono():
    floats = music(1, 16000)
    got, _ = decoded(Samples(floats[:, 0], 16000), 16000)
    assert np.array_equal(got, floats[:, 0])


def test_decoding_leaves_samples_in_memory_as_they_are():
    floats = music(1, 44100, 3)
    floats[5] = np.nan
    before = floats.copy()
    decoded(Samples(floats, 44100), 16000)
    assert np.array_equal(floats, before, equal_nan=True)


@pytest.mark.parametrize(
    ("samples", "rate", "reason"),
    [
        (np.zeros((0, 2), np.float32), 44100, "no samples"),
        (np.zeros((2, 4, 100), np.float32), 44100, r"\(2, 4, 100\)"),
        (np.zeros((100, 44100), np.float32), 44100, r"\(100, 44100\)"),
        ([[1.0], [2.0, 3.0]], 44100, "no array"),
        (np.zeros(100, np.float32), 44.1, "rate of 44.1"),
        (np.zeros(100, np.float32), "44100", "rate of '44100'"),
        (np.zeros(100, np.float32), 2_000_000, "rate of 2000000"),
        (np.float32(1), 44100, r"\(\)"),
        (np.zeros(100, bool), 44100, "bool"),
        (np.zeros(100, complex), 44100, "complex"),
        (np.zeros(100, np.float32), 0, "rate of 0"),
        (np.zeros(100, np.float32), -1, "rate of -1"),
        (np.zeros(100, np.float32), float("nan"), "rate of nan"),
        (np.zeros(100, np.float32), 0.5, "rate of 0.5"),
    ],
)
def test_samples_in_memory_that_make_no_sense_are_a_sentence(samples, rate, reason):
    with pytest.raises(SoundError, match=reason):
        decoded(Samples(samples, rate), 16000)
