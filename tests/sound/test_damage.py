"""Damage within compressed sound is said; what is whole raises no alarm; odd scales are noticed."""

import numpy as np
import pytest
from sounds import MAKERS, cut, decoded, music, one_shot, snr, write_av

from earmark.sound import Samples

RATE, SECONDS = 44100, 6
KINDS = {
    "mp3": ("libmp3lame", {"options": {"write_xing": "0", "id3v2_version": "0"}}),
    "mp2": ("mp2", {}),
    "aac": ("aac", {}),
    "latm": ("aac", {"format": "latm"}),
    "ac3": ("ac3", {}),
    "eac3": ("eac3", {}),
    "wma": ("wmav2", {}),
    "ts": ("mp2", {"format": "mpegts"}),
    "mpg": ("mp2", {"format": "mpeg"}),
    "avi": ("libmp3lame", {}),
    "mkv": ("aac", {}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_zeroed_and_missing_parts_are_said_and_a_whole_sound_is_not(tmp_path, kind):
    codec, more = KINDS[kind]
    path = tmp_path / f"a.{kind}"
    content = write_av(path, music(SECONDS, RATE, 2), RATE, codec, bit_rate=192_000, **more)
    content = content.read_bytes()
    assert not decoded(content, 16000)[1]
    half = len(content) // 2
    for middle in (bytes(20_000), b""):
        got, warned = decoded(content[:half] + middle + content[half + 20_000 :], 16000)
        assert 3.5 < len(got) / 16000 < 5.9
        assert len(warned) == 1 and "damaged" in warned[0]


@pytest.mark.parametrize("kind", ["avi", "wma", "mkv"])
def test_a_container_that_knows_its_size_and_is_cut_says_so(tmp_path, kind):
    codec, _ = KINDS[kind]
    path = write_av(tmp_path / f"a.{kind}", music(SECONDS, RATE, 2), RATE, codec, bit_rate=192_000)
    warned = decoded(cut(path), 16000)[1]
    assert len(warned) == 1 and "cut short" in warned[0]


def test_joined_mp3s_with_a_picture_between_are_not_damaged(tmp_path):
    content = MAKERS["mp3 by lame"](tmp_path, music(SECONDS, RATE, 2), RATE).read_bytes()
    tag = b"ID3\4\0\0\0\6\0\0" + np.random.default_rng(1).bytes(6 << 14)
    got, warned = decoded(content + tag + content, 16000)
    assert len(got) / 16000 == pytest.approx(2 * SECONDS, abs=0.2) and not warned


@pytest.mark.parametrize(("rate", "channels"), [(44100, 1), (22050, 2), (44100, 2)])
def test_all_links_of_a_chained_ogg_are_heard(tmp_path, rate, channels):
    first = MAKERS["vorbis"](tmp_path, music(SECONDS, RATE, 2), RATE, "1").read_bytes()
    other = MAKERS["vorbis"](tmp_path, music(4, rate, channels), rate, "2").read_bytes()
    opus = MAKERS["opus"](tmp_path, music(3, 48000, 2), 48000, "3").read_bytes()
    got, warned = decoded(first + other + opus, 16000)
    assert len(got) / 16000 == pytest.approx(SECONDS + 4 + 3, abs=0.1) and not warned
    last = one_shot(music(3, 48000, 2), 48000, 16000)
    assert snr(last, got[-len(last) :]) > 8


def test_an_ogg_with_zeros_behind_it_is_no_cause_for_a_warning(tmp_path):
    path = MAKERS["vorbis"](tmp_path, music(2, RATE, 2), RATE)
    assert not decoded(path.read_bytes() + bytes(200_000), 16000)[1]


@pytest.mark.parametrize("bits", [16, 24, 32])
@pytest.mark.parametrize("kind", ["floats", "integers"])
def test_numbers_in_another_scale_are_scaled_with_a_word(kind, bits):
    samples = music(SECONDS, RATE, 2)
    numbers = np.round(samples.astype(np.float64) * 2.0 ** (bits - 1))
    numbers = numbers.astype(np.float32) if kind == "floats" else numbers.astype(np.int64)
    got, warned = decoded(Samples(numbers, RATE), 16000)
    assert snr(one_shot(samples, RATE, 16000), got) > 40
    assert len(warned) == 1 and f"{bits} bits" in warned[0]


def test_hot_floats_are_floats():
    samples = 4 * music(SECONDS, RATE, 2)
    got, warned = decoded(Samples(samples, RATE), RATE)
    assert np.array_equal(got, (samples[:, 0] + samples[:, 1]) * np.float32(0.5)) and not warned


def test_an_offset_from_zero_is_taken_out():
    samples = music(SECONDS, RATE)
    got, warned = decoded(Samples(samples + np.float32(0.5), RATE), RATE)
    assert snr(samples[:, 0], got) > 30 and not warned


@pytest.mark.parametrize("how", [np.ascontiguousarray, list], ids=["array", "list"])
def test_channels_may_come_first(how):
    samples = music(1, RATE, 2)
    got, _ = decoded(Samples(how(samples.T), RATE), RATE)
    assert np.allclose(got, samples.mean(axis=1), atol=1e-7)
