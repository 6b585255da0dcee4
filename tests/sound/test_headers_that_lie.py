"""The data decide, not the header: other sound in a wav, stale lengths, joined files."""

import io
import shutil
import struct
import subprocess

import numpy as np
import pytest
import soundfile
from sounds import (
    MAKERS,
    decoded,
    lag,
    music,
    one_shot,
    shortfall,
    snr,
    write,
    write_av,
)

from earmark.sound.chunks import layout
from earmark.sound.headers import head_and_size

RATE, SECONDS = 44100, 6


def wav(payload: bytes, tag: int = 1, channels: int = 2, bits: int = 16, **more) -> bytes:
    """A wav file by hand; `big` for RIFX, `unit`, `rate` and `speed` for odd ones."""
    order, name = (">", b"RIFX") if more.get("big") else ("<", b"RIFF")
    unit = more.get("unit", channels * bits // 8)
    rate = more.get("rate", RATE)
    speed = more.get("speed", unit * rate)
    form = struct.pack(order + "HHIIHH", tag, channels, rate, speed, unit, bits)
    size = struct.pack(order + "I", (36 + len(payload)) & 0xFFFFFFFF)
    length = struct.pack(order + "I", len(payload))
    return (
        name + size + b"WAVEfmt " + struct.pack(order + "I", 16) + form + b"data" + length + payload
    )


def fits(content: bytes, samples: np.ndarray, least: float = 10) -> list[str]:
    """That these bytes sound like the samples, all of them; the warnings."""
    got, warned = decoded(content, 16000)
    wanted = one_shot(samples, RATE, 16000)
    late = lag(wanted, got)
    assert abs(late) < 1600
    assert len(got) == pytest.approx(len(wanted), abs=2400)
    aligned = (wanted, got[late:]) if late > 0 else (wanted[-late:], got)
    assert snr(*aligned) > least
    return warned


def test_an_mp3_of_variable_rate_in_a_wav_is_heard_whole(tmp_path):
    quiet, loud = 0.01 * music(10, RATE, 2), music(3, RATE, 2)
    samples = np.concatenate([loud, quiet])
    path = MAKERS["mp3 without a header"](tmp_path, samples, RATE)
    assert not fits(wav(path.read_bytes(), tag=0x55, bits=0, unit=1, speed=24000), samples)


def test_a_big_endian_wav_is_no_noise():
    samples = music(SECONDS, RATE, 2)
    content = wav((samples * 32767).astype(">i2").tobytes(), big=True)
    assert not fits(content, samples, 60)


def test_ac3_that_a_wav_calls_samples_is_heard_not_its_bytes(tmp_path):
    samples = music(SECONDS, RATE, 2)
    frames = write_av(tmp_path / "a.ac3", samples, RATE, "ac3", bit_rate=192_000).read_bytes()
    assert not fits(wav(frames), samples)
    assert not fits(wav(frames, tag=0x2000, bits=0, unit=1, speed=24000), samples)


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="PyAV has no DTS encoder, ffmpeg has")
def test_dts_that_a_wav_calls_samples_is_heard_not_its_bytes(tmp_path):
    samples = music(SECONDS, RATE, 2)
    write(tmp_path / "a.wav", samples, RATE)
    how = ["-c:a", "dca", "-strict", "-2", "-b:a", "1411200"]
    command = ["ffmpeg", "-loglevel", "error", "-i", tmp_path / "a.wav", *how, tmp_path / "a.dts"]
    subprocess.run(command, check=True)
    frames = (tmp_path / "a.dts").read_bytes()
    assert not fits(wav(frames), samples)
    words = np.frombuffer(frames[: len(frames) // 2 * 2], ">u2").astype("<u2").tobytes()
    assert not fits(wav(words), samples)


@pytest.mark.parametrize("bits", [64, 32])
def test_a_wav_of_wide_integers_is_heard(bits):
    samples = music(SECONDS, RATE, 2)
    numbers = (samples.astype(np.float64) * 0.99 * 2.0 ** (bits - 1)).astype(f"<i{bits // 8}")
    assert not fits(wav(numbers.tobytes(), bits=bits), samples, 30)


def with_size(content: bytes, format: str, size: int) -> bytes:
    """The same file with another promise of its samples' bytes."""
    content = bytearray(content)
    if format in ("wav", "rf64"):
        at = content.index(b"data") + 4
        if format == "rf64":
            at = content.index(b"ds64") + 16
            content[at : at + 8] = struct.pack("<Q", size)
        else:
            content[at : at + 4] = struct.pack("<I", size)
    elif format == "aiff":
        at = content.index(b"SSND") + 4
        content[at : at + 4] = struct.pack(">I", size + 8)
        at = content.index(b"COMM") + 10
        content[at : at + 4] = struct.pack(">I", size // 4)
    elif format == "au":
        content[8:12] = struct.pack(">I", size)
    elif format == "caf":
        at = content.index(b"data") + 4
        content[at : at + 8] = struct.pack(">q", size + 4)
    elif format == "w64":
        at = content.index(b"data\xf3\xac") + 16
        content[at : at + 8] = struct.pack("<Q", size + 24)
    return bytes(content)


@pytest.mark.parametrize("format", ["wav", "rf64", "aiff", "au", "caf", "w64"])
@pytest.mark.parametrize("as_file", [True, False], ids=["file", "bytes"])
def test_a_header_that_promises_a_sixth_of_the_sound_is_not_believed(tmp_path, format, as_file):
    samples = music(SECONDS, RATE, 2)
    path = write(tmp_path / f"a.{format}", samples, RATE, "PCM_16", format=format.upper())
    path.write_bytes(with_size(path.read_bytes(), format, RATE * 4))
    assert not fits(path if as_file else path.read_bytes(), samples, 55)


@pytest.mark.parametrize("format", ["wav", "rf64", "aiff", "au", "caf", "w64"])
def test_a_header_that_promises_more_than_there_is_means_cut_short(tmp_path, format):
    samples = music(SECONDS, RATE, 2)
    path = write(tmp_path / f"a.{format}", samples, RATE, "PCM_16", format=format.upper())
    content = with_size(path.read_bytes(), format, 2 * SECONDS * RATE * 4)
    got, warned = decoded(content, 16000)
    assert shortfall(warned) == (SECONDS, 2 * SECONDS)
    assert len(got) == SECONDS * 16000


@pytest.mark.parametrize("format", ["wav", "aiff"])
@pytest.mark.parametrize("length", [30_000, 300_001])
def test_chunks_behind_the_samples_are_no_sound(tmp_path, format, length):
    samples = music(SECONDS, RATE, 2)
    path = write(tmp_path / f"a.{format}", samples, RATE, "PCM_16")
    order = "<I" if format == "wav" else ">I"
    chunk = b"id3 " + struct.pack(order, length) + np.random.default_rng(0).bytes(length)
    got, warned = decoded(path.read_bytes() + chunk + b"\0" * (length % 2), 16000)
    assert len(got) == SECONDS * 16000 and not warned


@pytest.mark.parametrize("behind", [bytes(400_000), b"TAG" + bytes(125), b"ID3" + bytes(100_000)])
def test_zeros_and_tags_behind_the_samples_are_no_sound(tmp_path, behind):
    samples = music(SECONDS, RATE, 2)
    path = write(tmp_path / "a.wav", samples, RATE, "PCM_16")
    got, warned = decoded(path.read_bytes() + behind, 16000)
    assert len(got) == SECONDS * 16000 and not warned


def test_packed_data_behind_the_samples_are_left_out_and_a_warning_says_so(tmp_path):
    samples = music(SECONDS, RATE, 2)
    path = write(tmp_path / "a.wav", samples, RATE, "PCM_16")
    got, warned = decoded(path.read_bytes() + np.random.default_rng(0).bytes(500_000), 16000)
    assert len(got) == SECONDS * 16000
    assert warned == ["500000 bytes behind its end are no sound and were left out"]


@pytest.mark.parametrize("behind", [0, 3000])
def test_a_length_that_wrapped_around_at_4_gigabytes_is_unwrapped(tmp_path, behind):
    true = (1 << 32) + 1_000_000
    path = tmp_path / "long.wav"
    chunk = b"LIST" + struct.pack("<I", behind - 8) + bytes(behind - 8) if behind else b""
    with open(path, "wb") as file:
        file.write(wav(b"")[:-4] + struct.pack("<I", true - (1 << 32)))
        file.write(b"\1" * 2_000_000)  # more of the sound where the header says it ends
        file.seek(44 + true)
        file.write(chunk)
        file.truncate(44 + true + behind)
    found = layout(path, head_and_size(path)[0])
    assert found.stale and found.end == 44 + true


def flac_with_total(content: bytes, total: int) -> bytes:
    """The same FLAC with another number of samples in its header."""
    content = bytearray(content)
    content[21] = content[21] & 0xF0 | total >> 32
    content[22:26] = struct.pack(">I", total & 0xFFFFFFFF)
    return bytes(content)


@pytest.mark.parametrize("as_file", [True, False], ids=["file", "bytes"])
def test_a_flac_that_promises_a_sixth_of_its_samples_is_heard_whole(tmp_path, as_file):
    samples = music(SECONDS, RATE, 2)
    path = write(tmp_path / "a.flac", samples, RATE)
    path.write_bytes(flac_with_total(path.read_bytes(), RATE))
    assert not fits(path if as_file else path.read_bytes(), samples, 60)


def test_a_flac_without_a_length_is_no_cause_for_a_warning(tmp_path):
    samples = music(SECONDS, RATE, 2)
    path = write(tmp_path / "a.flac", samples, RATE)
    assert not fits(flac_with_total(path.read_bytes(), 0), samples, 60)


@pytest.mark.parametrize("same", [True, False])
def test_joined_flacs_are_heard_one_after_the_other(tmp_path, same):
    first = music(SECONDS, RATE, 2)
    other = first if same else music(4, RATE, 2, seed=1)
    content = b""
    for samples in (first, other):
        content += write(tmp_path / "a.flac", samples, RATE).read_bytes()
    assert not fits(content, np.concatenate([first, other]), 8)


def test_a_flac_with_a_picture_behind_it_is_no_cause_for_a_warning(tmp_path):
    samples = music(SECONDS, RATE, 2)
    content = write(tmp_path / "a.flac", samples, RATE).read_bytes()
    size = 300_000
    tag = b"ID3\4\0\0" + bytes([size >> 21, size >> 14 & 127, size >> 7 & 127, size & 127])
    assert not fits(content + tag + np.random.default_rng(0).bytes(size), samples, 60)


@pytest.mark.parametrize("size", [0, 0x7F000000, 0xFFFFFFFF])
def test_an_aiff_from_a_pipe_is_no_cause_for_a_warning(tmp_path, size):
    samples = music(SECONDS, RATE, 2)
    content = bytearray(write(tmp_path / "a.aiff", samples, RATE, "PCM_16").read_bytes())
    at = content.index(b"SSND") + 4
    content[at : at + 4] = struct.pack(">I", size)
    at = content.index(b"COMM") + 10
    content[at : at + 4] = struct.pack(">I", size // 4)
    content[4:8] = struct.pack(">I", size)
    assert not fits(bytes(content), samples, 60)


@pytest.mark.parametrize(
    ("format", "subtype", "channels"),
    [
        *[("MAT5", "FLOAT", 2), ("MAT4", "FLOAT", 2), ("HTK", "PCM_16", 1), ("XI", "DPCM_16", 1)],
        *[("MPC2K", "PCM_16", 2), ("PVF", "PCM_16", 2), ("SVX", "PCM_16", 1)],
        *[("AVR", "PCM_16", 2), ("IRCAM", "PCM_16", 2), ("NIST", "PCM_16", 2)],
        *[("VOC", "PCM_16", 2), ("PAF", "PCM_16", 2)],
    ],
)
def test_what_one_reader_does_not_know_the_other_reads(format, subtype, channels):
    samples = music(SECONDS, RATE, channels)
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format=format, subtype=subtype)
    got, warned = decoded(file.getvalue(), RATE)
    rate_is_rounded = format == "HTK"
    assert len(got) == pytest.approx(SECONDS * RATE, rel=0.005 if rate_is_rounded else 1e-6)
    if not rate_is_rounded:
        assert snr(samples.mean(axis=1), got) > 40
    assert not warned
