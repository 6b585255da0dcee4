"""Where a reader stops early, by an error or without a word, the sound goes on."""

import io
from collections.abc import Callable, Iterator

import av
import numpy as np
import pytest
import soundfile
from sounds import decoded, lag, music, one_shot, snr, write, write_av

from earmark.errors import SoundError
from earmark.sound.soundfile_reader import SoundfileReader
from earmark.sound.unreadable import UnreadableError

RATE, SECONDS = 44100, 6


def rotten(content: bytes, tries: int, change: Callable) -> Iterator[bytes]:
    """Copies of a file that are damaged, each otherwise."""
    for seed in range(tries):
        damaged = bytearray(content)
        change(damaged, np.random.default_rng(seed))
        yield bytes(damaged)


def seconds_until_the_container_fails(content: bytes) -> float | None:
    """How much FFmpeg decodes before its container has an error, None where it has none."""
    samples = 0
    with av.open(io.BytesIO(content)) as container:
        try:
            for packet in container.demux(container.streams.audio[0]):
                try:
                    samples += sum(frame.samples for frame in packet.decode())
                except av.error.FFmpegError:
                    continue
        except av.error.FFmpegError:
            return samples / RATE
    return None


def test_an_error_of_the_container_ends_no_sound(tmp_path):
    path = write_av(tmp_path / "a.swf", music(4, RATE, 2), RATE, "libmp3lame", bit_rate=192_000)

    def hole(content: bytearray, random: np.random.Generator) -> None:
        at = int(random.integers(len(content) // 4, len(content) // 2))
        del content[at : at + int(random.integers(10, 5000))]

    stopped = 0
    for content in rotten(path.read_bytes(), 60, hole):
        before = seconds_until_the_container_fails(content)
        if before is not None:
            stopped += 1
            got, warned = decoded(content, 16000)
            assert len(got) / 16000 > 3.3 > before + 1
            assert len(warned) == 1 and "damaged" in warned[0]
    assert stopped >= 2  # so this test has seen what it is about


def seconds_by_libsndfile(content: bytes) -> float | None:
    """How much libsndfile gives without an error, None where it has one."""
    count = 0
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            while read := len(file.read(1 << 16)):
                count += read
    except (soundfile.LibsndfileError, RuntimeError):
        return None
    return count / RATE


def test_an_mp3_with_bit_rot_at_which_libsndfile_stops_silently_is_heard_on(tmp_path):
    samples = music(SECONDS, RATE, 2)
    path = write(tmp_path / "a.mp3", samples, RATE)

    def rot(content: bytearray, random: np.random.Generator) -> None:
        for place in random.integers(3000, len(content), 10):
            content[place] = random.integers(256)

    stopped = 0
    for content in rotten(path.read_bytes(), 100, rot):
        before = seconds_by_libsndfile(content)
        if before is not None and before < SECONDS - 1:
            stopped += 1
            got, warned = decoded(content, 16000)
            assert len(got) / 16000 > SECONDS - 0.3
            wanted = one_shot(samples, RATE, 16000)
            assert abs(lag(wanted, got)) < 1600  # nothing twice, and no more left out than was lost
            assert len(warned) == 1 and "damaged" in warned[0]
            if stopped == 2:
                break
    assert stopped  # or libsndfile has never stopped early


@pytest.mark.parametrize("share", [0.3, 0.45, 0.6])
def test_what_libsndfile_gave_before_an_error_is_kept(tmp_path, share):
    samples = music(SECONDS, RATE, 2)
    content = bytearray(write(tmp_path / "a.flac", samples, RATE).read_bytes())
    at = round(share * len(content))
    content[at : at + 3000] = bytes(3000)
    reader = SoundfileReader(io.BytesIO(bytes(content)))
    blocks = []
    with pytest.raises(UnreadableError):
        for block, _ in reader.blocks():
            blocks.append(block)
    got = np.concatenate(blocks)
    reader.close()
    assert len(got) == pytest.approx(share * len(samples), rel=0.05)
    assert snr(samples[: len(got)], got) > 60
    assert not reader.complete


def test_an_mp3_of_free_format_is_heard(tmp_path):
    rate = 48000  # at which all frames are equally long
    samples = music(SECONDS, rate, 2)
    bare = {"write_xing": "0", "id3v2_version": "0"}
    path = write_av(tmp_path / "a.mp3", samples, rate, "libmp3lame", bit_rate=192_000, options=bare)
    content = bytearray(path.read_bytes())
    for start in range(0, len(content), 576):
        assert content[start] == 0xFF
        content[start + 2] &= 0x0F  # the bit rate that is called free
    with pytest.raises(av.error.FFmpegError):
        av.open(io.BytesIO(bytes(content)))
    got, warned = decoded(bytes(content), 16000)
    wanted = one_shot(samples, rate, 16000)
    late = lag(wanted, got)
    assert 0 <= late < 800 and snr(wanted, got[late:]) > 12
    assert len(got) / 16000 == pytest.approx(SECONDS, abs=0.1) and not warned


def transport(path, samples: np.ndarray, pid: int, codec: str = "mp2") -> bytes:
    """An MPEG transport stream whose sound has that number."""
    options = {"mpegts_start_pid": str(pid)}
    more = {"format": "mpegts", "bit_rate": 192_000, "options": options}
    return write_av(path, samples, RATE, codec, **more).read_bytes()


def test_joined_transport_streams_are_heard_whole_or_a_warning_says_that_they_are_not(tmp_path):
    samples = music(4, RATE, 2)
    first = transport(tmp_path / "a.ts", samples, 256)
    got, warned = decoded(first + first, 16000)
    assert len(got) / 16000 == pytest.approx(8, abs=0.1) and not warned
    for other in (
        transport(tmp_path / "b.ts", samples, 300),
        transport(tmp_path / "c.ts", samples, 300, "ac3"),
        transport(tmp_path / "d.ts", samples, 256, "ac3"),
    ):
        got, warned = decoded(first + other, 16000)
        assert len(got) / 16000 > 7.5 or (len(warned) == 1 and "not heard" in warned[0])


def test_a_track_that_appears_on_the_way_is_no_crash(tmp_path):
    path = write_av(tmp_path / "a.swf", music(3, RATE, 2), RATE, "libmp3lame", bit_rate=192_000)

    def noise(content: bytearray, random: np.random.Generator) -> None:
        for _ in range(5):
            at = int(random.integers(300, len(content)))
            content[at:at] = random.bytes(3000)

    for content in rotten(path.read_bytes(), 40, noise):
        try:
            got, warned = decoded(content, 16000)
        except SoundError:
            continue
        assert warned or len(got) / 16000 > 2.9
