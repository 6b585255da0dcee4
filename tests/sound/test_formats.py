"""Every format decodes to what a one-shot reference gives, whatever its rate and channels."""

import warnings

import numpy as np
import pytest
from sounds import (
    MAKERS,
    alone,
    decoded,
    lag,
    music,
    one_shot,
    own_rate,
    read_av,
    read_soundfile,
    snr,
    sweep,
    write,
    write_av,
)

LOSSLESS = [
    "wav of 16 bits",
    "wav of 24 bits",
    "wav of floats",
    "wav of unsigned bytes",
    "aiff",
    "flac",
    "alac",
    "flac in matroska",
]
LOSSY_WITH_DELAY = ["mp3 by libsndfile", "mp3 by lame", "vorbis", "opus", "webm", "m4a", "video"]
LOSSY_WITHOUT_DELAY = ["aac", "ac3", "wma", "mp3 without a header"]
FILLED = ("m4a", "video")
BY_SOUNDFILE = [*LOSSLESS[:6], "mp3 by libsndfile", "mp3 by lame", "vorbis", "opus"]
BY_AV = [kind for kind in MAKERS if kind != "wav of unsigned bytes"]
RATES = [8000, 11025, 16000, 22050, 44100, 48000, 96000]


def files(folder, kind):
    rate = own_rate(kind)
    samples = music(2, rate, 2)
    return MAKERS[kind](folder, samples, rate), samples, rate


@pytest.mark.parametrize("kind", BY_SOUNDFILE)
def test_the_sound_is_what_libsndfile_reads_at_once(tmp_path, kind):
    path, _, _ = files(tmp_path, kind)
    wanted = one_shot(*read_soundfile(path), 16000)
    got, warned = decoded(path, 16000)
    assert len(got) == len(wanted) and not warned
    assert snr(wanted, got) > 55


@pytest.mark.parametrize("kind", BY_AV)
def test_the_sound_is_what_ffmpeg_reads_at_once(tmp_path, kind):
    path, _, _ = files(tmp_path, kind)
    wanted = one_shot(*read_av(path), 16000)
    got, warned = decoded(path, 16000)
    if kind in FILLED:  # FFmpeg hands out what the encoder filled the last frame with
        wanted = wanted[: 16000 * 2]
    assert len(got) == len(wanted) and not warned
    assert snr(wanted, got) > 55


@pytest.mark.parametrize("kind", LOSSLESS)
def test_a_lossless_format_gives_back_the_original(tmp_path, kind):
    path, samples, rate = files(tmp_path, kind)
    wanted = one_shot(samples, rate, 16000)
    got, _ = decoded(path, 16000)
    assert len(got) == len(wanted)
    assert snr(wanted, got) > (25 if kind == "wav of unsigned bytes" else 70)


@pytest.mark.parametrize("kind", LOSSY_WITH_DELAY)
def test_a_lossy_format_that_tells_its_delay_starts_on_the_sample(tmp_path, kind):
    path, samples, rate = files(tmp_path, kind)
    wanted = one_shot(samples, rate, 16000)
    got, _ = decoded(path, 16000)
    assert abs(lag(wanted, got)) <= 1
    assert snr(wanted, got) > 10
    assert len(got) == len(wanted)


@pytest.mark.parametrize("kind", LOSSY_WITHOUT_DELAY)
def test_a_lossy_format_that_does_not_tell_its_delay_starts_within_50_ms(tmp_path, kind):
    path, samples, rate = files(tmp_path, kind)
    wanted = one_shot(samples, rate, 16000)
    got, _ = decoded(path, 16000)
    late = lag(wanted, got)
    assert abs(late) <= 0.05 * 16000
    aligned = (wanted, got[late:]) if late > 0 else (wanted[-late:], got)
    assert snr(*aligned) > 10


@pytest.mark.parametrize("kind", LOSSY_WITH_DELAY)
def test_channels_are_averaged_without_a_change_of_level(tmp_path, kind):
    path, samples, rate = files(tmp_path, kind)
    wanted = one_shot(samples, rate, 16000)
    got = decoded(path, 16000)[0][: len(wanted)]
    assert np.dot(wanted, got) / np.dot(wanted, wanted) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("wanted_rate", [16000, 12000])
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("kind", ["wav of floats", "alac"])
def test_every_rate_is_resampled_across_block_borders_as_in_one_piece(
    tmp_path, kind, rate, wanted_rate
):
    samples = sweep(6 if rate > 40000 else 15, rate)
    path = MAKERS[kind](tmp_path, samples, rate)
    wanted = one_shot(samples, rate, wanted_rate)
    got, _ = decoded(path, wanted_rate)
    assert len(got) == len(wanted)
    assert np.abs(got - wanted).max() < 1e-4


@pytest.mark.parametrize("channels", range(1, 7))
@pytest.mark.parametrize("kind", ["wav of 24 bits", "flac", "alac"])
def test_any_number_of_channels_is_averaged(tmp_path, kind, channels):
    samples = music(0.5, 44100, channels)
    got, _ = decoded(MAKERS[kind](tmp_path, samples, 44100), 16000)
    assert snr(one_shot(samples, 44100, 16000), got) > 70


@pytest.mark.parametrize("channels", [7, 8, 9])
def test_more_channels_than_six_do_not_crash_the_process(tmp_path, channels):
    path = write(tmp_path / "surround.ogg", music(0.5, 44100, channels), 44100)
    wanted = one_shot(*read_soundfile(path), 16000)
    code = (
        "import sys, numpy as np; from earmark.sound import decode\n"
        "np.save(sys.argv[2], np.concatenate(list(decode(sys.argv[1], 16000))))"
    )
    alone(code, str(path), str(tmp_path / "got.npy"))
    assert snr(wanted, np.load(tmp_path / "got.npy")) > 55


@pytest.mark.parametrize("rate", [22050, 48000])
def test_a_change_of_rate_within_a_sound_keeps_its_time(tmp_path, rate):
    options = {"write_xing": "0"}
    first = write_av(tmp_path / "1.mp3", music(2, 44100), 44100, "libmp3lame", options=options)
    other = write_av(tmp_path / "2.mp3", music(3, rate), rate, "libmp3lame", options=options)
    got, _ = decoded(first.read_bytes() + other.read_bytes(), 16000)
    assert len(got) / 16000 == pytest.approx(5, abs=0.2)
    assert np.abs(got[-16000:]).max() > 0.1


def test_mp3_files_joined_end_to_end_decode_in_full_and_unwarned(tmp_path):
    first = MAKERS["mp3 by libsndfile"](tmp_path, music(6, 44100, 2), 44100, "first")
    other = MAKERS["mp3 by lame"](tmp_path, music(6, 44100, 2), 44100, "other")
    got, warned = decoded(first.read_bytes() + other.read_bytes(), 16000)
    assert len(got) / 16000 == pytest.approx(12, abs=0.1)
    assert not warned


def test_a_variable_mp3_without_a_header_decodes_in_full(tmp_path):
    loud, quiet = music(3, 44100, 2), 0.01 * music(20, 44100, 2)
    path = MAKERS["mp3 without a header"](tmp_path, np.concatenate([quiet, loud]), 44100)
    alone_seconds = len(read_soundfile(path)[0]) / 44100
    got, warned = decoded(path, 16000)
    assert abs(alone_seconds - 23) > 1  # libsndfile would go wrong, or this tests nothing
    assert len(got) / 16000 == pytest.approx(23, abs=0.1)
    assert not warned


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("flac", "music.mp3"),
        ("mp3 by lame", "music.wav"),
        ("m4a", "music.mp3"),
        ("wav of 16 bits", "music.m4a"),
        ("vorbis", "music.flac"),
        ("mp3 by libsndfile", "music"),
    ],
)
def test_a_wrong_suffix_does_not_matter(tmp_path, kind, name):
    path, _, _ = files(tmp_path, kind)
    wanted, _ = decoded(path, 16000)
    got, warned = decoded(path.rename(tmp_path / name), 16000)
    assert np.array_equal(wanted, got) and not warned


@pytest.mark.parametrize("kind", ["mp3 by lame", "mp3 by libsndfile", "flac"])
@pytest.mark.parametrize("tags", [1, 2])
def test_a_long_tag_before_the_sound_is_skipped(tmp_path, kind, tags):
    path, _, _ = files(tmp_path, kind)
    wanted, _ = decoded(path, 16000)
    size = 200_000
    header = b"ID3\x04\0\0" + bytes([size >> 21, size >> 14 & 127, size >> 7 & 127, size & 127])
    got, warned = decoded(tags * (header + bytes(size)) + path.read_bytes(), 16000)
    assert len(got) == len(wanted) and snr(wanted, got) > 100 and not warned


@pytest.mark.parametrize("kind", ["mp3 by lame", "wma", "m4a"])
def test_junk_after_the_sound_is_no_cause_for_a_warning(tmp_path, kind):
    path, _, _ = files(tmp_path, kind)
    wanted, _ = decoded(path, 16000)
    got, warned = decoded(path.read_bytes() + b"TAG" + bytes(125), 16000)
    assert len(got) == len(wanted) and not warned


@pytest.mark.parametrize("promised", [0, 0xFFFFFFFF, 0x80000000, 0x7FFFF000])
def test_a_wav_of_unknown_length_as_pipes_write_it_is_no_cause_for_a_warning(tmp_path, promised):
    path, _, _ = files(tmp_path, "wav of 16 bits")
    wanted, _ = decoded(path, 16000)
    content = bytearray(path.read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 4] = promised.to_bytes(4, "little")
    content[4:8] = min(promised + at - 4, 0xFFFFFFFF).to_bytes(4, "little")
    got, warned = decoded(bytes(content), 16000)
    assert np.array_equal(wanted, got) and not warned


def test_no_reader_warns_through_python_instead_of_the_stream(tmp_path):
    samples = music(1, 44100, 2)
    samples[100] = [np.inf, -np.inf]
    path = write(tmp_path / "infinite.wav", samples, 44100, "FLOAT")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, warned = decoded(path, 16000)
    assert len(warned) == 1
