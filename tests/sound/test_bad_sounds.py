"""What is wrong with a file becomes one sentence: a warning where there is sound, else an error."""

import os
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from sounds import (
    MAKERS,
    cut,
    damage,
    decoded,
    lag,
    music,
    one_shot,
    read_soundfile,
    shortfall,
    snr,
    without_privileges,
    write,
    write_av,
    write_video,
)

from earmark.errors import SoundError

SECONDS = 6
STRANGE_NAMES = [
    "http:x",
    "concat:a",
    "file:a",
    "pipe:0",
    "data:audio,x",
    "-leading dash",
    "with  two spaces ",
    "Dvořák — Größe 音楽 🎵",
    "100%20d?a=b#c",
    "%03d",
    "[1]*",
    "new\nline",
    os.fsdecode(b"caf\xe9"),
    "x" * 240,
]


def refusal(source) -> str:
    """The one sentence with which decoding fails; it names the file."""
    with pytest.raises(SoundError) as caught:
        decoded(source, 16000)
    sentence = str(caught.value)
    if isinstance(source, Path):
        assert sentence.startswith(f"{source}: ")
        assert sentence.count(str(source)) == 1
    return sentence


def put(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_missing_file_is_named(tmp_path):
    assert "no such file" in refusal(tmp_path / "missing.mp3")


def test_a_name_without_letters_is_no_folder():
    assert refusal("") == "'' names no file"


def test_a_folder_is_called_a_folder(tmp_path):
    assert "folder" in refusal(tmp_path)


def test_a_file_in_a_file_cannot_be_opened(tmp_path):
    refusal(put(tmp_path / "song.mp3", b"ID3") / "other.mp3")


def test_a_name_that_no_system_allows_is_a_sentence():
    assert "cannot be opened" in refusal("nul\0byte.wav")
    assert "cannot be opened" in refusal("x" * 5000)


def test_an_empty_file_is_called_empty(tmp_path):
    assert "empty" in refusal(put(tmp_path / "empty.mp3", b""))


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero"])
def test_a_device_is_not_a_sound(device):
    if not os.path.exists(device):
        pytest.skip(f"no {device} here")
    refusal(Path(device))


@pytest.mark.parametrize(
    "content",
    [
        b"hi",
        b"This is a shopping list.\n" * 500,
        b"<!DOCTYPE html><html><body>404</body></html>" * 50,
        b"\x89PNG\r\n\x1a\n" + bytes(2000),
        b"PK\x03\x04" + bytes(2000),
        b"%PDF-1.7\n" + bytes(2000),
        bytes(10_000),
    ],
    ids=["two letters", "text", "html", "png", "zip", "pdf", "zeros"],
)
@pytest.mark.parametrize("suffix", [".mp3", ".wav", ".m4a"])
def test_what_is_no_sound_is_not_read_as_one(tmp_path, content, suffix):
    assert "not a sound that can be read" in refusal(put(tmp_path / f"no{suffix}", content))


@pytest.mark.parametrize("suffix", [".mp3", ".wav", ".aac"])
@pytest.mark.parametrize("seed", range(4))
def test_random_bytes_are_not_a_sound(tmp_path, seed, suffix):
    noise = np.random.default_rng(seed).bytes(200_000)
    assert "not a sound that can be read" in refusal(put(tmp_path / f"noise{suffix}", noise))


@pytest.mark.parametrize(
    "start", [b"RIFF", b"fLaC", b"OggS", b"FORM", b"ID3", b"\0\0\0\x1cftypM4A "]
)
def test_the_first_bytes_of_a_format_alone_are_not_a_sound(tmp_path, start):
    sentence = refusal(put(tmp_path / "start.mp3", start))
    assert "not a sound that can be read" in sentence and "b'" not in sentence


@pytest.mark.parametrize("kind", ["wav of 16 bits", "flac", "aiff"])
def test_a_header_without_samples_is_not_a_sound(tmp_path, kind):
    path = MAKERS[kind](tmp_path, music(1, 44100, 2), 44100)
    content = path.read_bytes()
    end = {"wav of 16 bits": 44, "flac": 42, "aiff": 54}[kind]
    assert "not a sound that can be read" in refusal(put(path, content[:end]))


@pytest.mark.parametrize(
    "kind",
    [
        "wav of 16 bits",
        "aiff",
        "flac",
        "flac in matroska",
        "mp3 by libsndfile",
        "mp3 by lame",
        "webm",
    ],
)
def test_a_sound_cut_in_half_says_how_much_of_how_much(tmp_path, kind):
    rate = 48000 if kind == "webm" else 44100
    samples = music(SECONDS, rate, 2)
    got, warned = decoded(cut(MAKERS[kind](tmp_path, samples, rate)), 16000)
    decoded_seconds, promised = shortfall(warned)
    assert promised == SECONDS
    assert decoded_seconds == pytest.approx(len(got) / 16000, abs=0.06)
    assert decoded_seconds == pytest.approx(SECONDS / 2, abs=0.15)
    assert snr(one_shot(samples, rate, 16000)[: len(got) - 8000], got) > 10


@pytest.mark.parametrize("format", ["au", "rf64"])
def test_a_rarer_format_cut_in_half_says_so_too(tmp_path, format):
    path = write(tmp_path / f"music.{format}", music(SECONDS, 44100, 2), 44100)
    _, warned = decoded(cut(path), 16000)
    assert shortfall(warned) == (SECONDS / 2, SECONDS)


def test_a_wma_cut_in_half_does_not_guess_how_long_it_was(tmp_path):
    path = MAKERS["wma"](tmp_path, music(SECONDS, 44100, 2), 44100)
    got, warned = decoded(cut(path), 16000)
    assert len(got) / 16000 == pytest.approx(SECONDS / 2, abs=0.2)
    assert not warned or shortfall(warned)[1] == pytest.approx(SECONDS, abs=0.2)


def test_an_m4a_with_its_index_first_cut_in_half_says_how_much_of_how_much(tmp_path):
    samples = music(SECONDS, 44100, 2)
    options = {"movflags": "faststart"}
    path = write_av(tmp_path / "music.m4a", samples, 44100, "aac", options=options)
    got, warned = decoded(cut(path), 16000)
    assert len(got) / 16000 == pytest.approx(SECONDS / 2, abs=0.2)
    assert shortfall(warned) == (pytest.approx(len(got) / 16000, abs=0.06), SECONDS)


def test_an_m4a_with_its_index_last_cut_in_half_says_what_is_missing(tmp_path):
    path = cut(MAKERS["m4a"](tmp_path, music(SECONDS, 44100, 2), 44100))
    sentence = refusal(path)
    assert "without its index" in sentence and "cut short" in sentence
    assert "without its index" in refusal(path.read_bytes())


def test_a_sound_that_lacks_its_last_blink_is_not_called_cut_short(tmp_path):
    path = MAKERS["wav of 16 bits"](tmp_path, music(SECONDS, 44100, 2), 44100)
    _, warned = decoded(cut(path, 0.99), 16000)
    assert not warned


@pytest.mark.parametrize("kind", ["vorbis", "opus"])
def test_an_ogg_cut_in_half_lacks_its_end(tmp_path, kind):
    rate = 48000 if kind == "opus" else 44100
    whole = MAKERS[kind](tmp_path, music(SECONDS, rate, 2), rate)
    assert not decoded(whole, 16000)[1]
    path = cut(whole)
    for source in (path, path.read_bytes()):
        got, warned = decoded(source, 16000)
        assert len(got) / 16000 == pytest.approx(SECONDS / 2, abs=0.6)
        assert len(warned) == 1 and "its end is missing" in warned[0]


@pytest.mark.parametrize("kind", ["mp3 without a header", "aac"])
def test_a_sound_cut_in_half_that_promised_no_length_gives_its_half(tmp_path, kind):
    path = MAKERS[kind](tmp_path, music(SECONDS, 44100, 2), 44100)
    got, warned = decoded(cut(path), 16000)
    assert len(got) / 16000 == pytest.approx(SECONDS / 2, abs=0.3)
    assert not warned


def test_a_video_without_sound_says_so(tmp_path):
    assert "no sound track" in refusal(write_video(tmp_path / "silent film.mp4"))


@pytest.mark.parametrize("kind", ["flac", "mp3 by libsndfile", "mp3 by lame"])
def test_a_sound_damaged_in_its_middle_goes_on_after_it(tmp_path, kind):
    samples = music(SECONDS, 44100, 2)
    path = damage(MAKERS[kind](tmp_path, samples, 44100))
    with pytest.raises(RuntimeError):  # libsndfile alone gives up, or this tests nothing
        read_soundfile(path)
    got, warned = decoded(path, 16000)
    assert SECONDS - 0.5 < len(got) / 16000 <= SECONDS
    assert len(warned) == 1 and "damaged" in warned[0]
    wanted, end = one_shot(samples, 44100, 16000), got[-24000:-1600]
    at = -lag(wanted, end)
    assert 0 <= at - (len(got) - 24000) <= 0.5 * 16000
    assert snr(wanted[:32000], got) > 10
    assert snr(wanted[at:], end) > 10


def test_a_damaged_m4a_decodes_around_the_damage(tmp_path):
    path = damage(MAKERS["m4a"](tmp_path, music(SECONDS, 44100, 2), 44100))
    got, _ = decoded(path, 16000)
    assert SECONDS - 0.5 < len(got) / 16000 < SECONDS + 0.1
    assert np.isfinite(got).all()


@pytest.mark.parametrize("kind", ["wav of floats", "alac"])
def test_a_damaged_uncompressed_sound_stays_finite(tmp_path, kind):
    path = MAKERS[kind](tmp_path, music(SECONDS, 44100, 2), 44100)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4000] = b"\xff" * 4000  # as floats: NaN
    got, warned = decoded(bytes(content), 16000)
    assert np.isfinite(got).all() and len(got) / 16000 > SECONDS - 0.5
    if kind == "wav of floats":  # 4000 bytes are 500 samples of 2 channels, and parts of one more
        assert re.match("50[01] samples are not finite", warned[0])


def test_samples_that_are_no_numbers_count_as_silence(tmp_path):
    samples = music(2, 16000, 2)
    samples[1000:1010] = np.nan
    samples[2000, 0] = np.inf
    samples[3000, 1] = -np.inf
    path = write(tmp_path / "holes.wav", samples, 16000, "FLOAT")
    got, warned = decoded(path, 16000)
    bad = [*range(1000, 1010), 2000, 3000]
    samples[bad] = 0
    assert np.allclose(got, samples.mean(axis=1), atol=1e-6)
    assert len(warned) == 1 and warned[0].startswith("12 samples are not finite")


def test_holes_do_not_spread_when_resampled(tmp_path):
    samples = music(2, 44100, 1)
    samples[40_000] = np.inf
    got, _ = decoded(write(tmp_path / "hole.wav", samples, 44100, "FLOAT"), 16000)
    samples[40_000] = 0
    assert np.abs(got - one_shot(samples, 44100, 16000)).max() < 1e-6


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_a_sound_without_one_usable_sample_is_an_error(tmp_path, value):
    samples = np.full((44100, 2), value, np.float32)
    refusal(write(tmp_path / "void.wav", samples, 44100, "FLOAT"))


@pytest.mark.parametrize("kind", ["wav of 16 bits", "flac", "alac", "mp3 by lame", "vorbis"])
def test_silence_is_called_silent(tmp_path, kind):
    path = MAKERS[kind](tmp_path, np.zeros((88200, 2), np.float32), 44100)
    got, warned = decoded(path, 16000)
    assert len(got) / 16000 == pytest.approx(2, abs=0.01)  # FFmpeg's vorbis lacks 128 samples
    assert len(warned) == 1 and "silent" in warned[0] and "channels" not in warned[0]


def test_a_whisper_is_not_called_silent(tmp_path):
    _, warned = decoded(write(tmp_path / "quiet.wav", 0.002 * music(2, 44100), 44100), 16000)
    assert not warned


@pytest.mark.parametrize(
    "kind", ["wav of 16 bits", "flac", "aiff", "alac", "mp3 by lame", "mp3 by libsndfile", "vorbis"]
)
def test_a_tenth_of_a_second_decodes(tmp_path, kind):
    got, warned = decoded(MAKERS[kind](tmp_path, music(0.1, 44100, 2), 44100), 16000)
    assert 1600 - 50 <= len(got) < 1600 + 800 and not warned


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
@pytest.mark.parametrize("kind", ["wav of 16 bits", "flac", "alac", "vorbis"])
def test_one_sample_decodes(tmp_path, kind, rate):
    path = MAKERS[kind](tmp_path, np.full((1, 1), 0.5, np.float32), rate)
    got, _ = decoded(path, 16000)
    assert len(got) >= 1 and np.isfinite(got).all()


@pytest.mark.parametrize("kind", ["wav of 16 bits", "m4a"])
def test_a_file_that_must_not_be_read_says_so(open_folder, kind):
    path = MAKERS[kind](open_folder, music(1, 44100, 2), 44100)
    path.chmod(0)
    with without_privileges():
        assert "no permission" in refusal(path)


def test_a_file_in_a_folder_that_must_not_be_entered_says_so(open_folder):
    folder = open_folder / "locked"
    folder.mkdir()
    path = MAKERS["wav of 16 bits"](folder, music(1, 44100), 44100)
    folder.chmod(0)
    with without_privileges():
        assert "no permission" in refusal(path)
    folder.chmod(0o755)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows forbids such names")
@pytest.mark.parametrize("name", STRANGE_NAMES, ids=ascii)
@pytest.mark.parametrize("kind", ["wav of 16 bits", "m4a"])
def test_a_strange_name_is_only_a_name(tmp_path, monkeypatch, kind, name):
    path = MAKERS[kind](tmp_path, music(1, 44100, 2), 44100)
    wanted, _ = decoded(path, 16000)
    try:
        strange = path.rename(tmp_path / (name + path.suffix))
    except OSError as error:
        pytest.skip(f"this file system does not take the name ({error.strerror})")
    monkeypatch.chdir(tmp_path)
    for source in (strange, strange.name):
        got, warned = decoded(source, 16000)
        assert np.array_equal(wanted, got) and not warned


@pytest.mark.parametrize("kind", ["wav of 16 bits", "m4a"])
def test_a_file_whose_name_means_standard_input_elsewhere_is_a_file(tmp_path, monkeypatch, kind):
    path = MAKERS[kind](tmp_path, music(1, 44100, 2), 44100)
    wanted, _ = decoded(path, 16000)
    path.rename(tmp_path / "-")
    monkeypatch.chdir(tmp_path)
    assert np.array_equal(decoded(Path("-"), 16000)[0], wanted)
