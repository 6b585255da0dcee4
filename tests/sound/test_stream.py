"""Sounds come out block by block, without seams, in bounded memory."""

import numpy as np
import pytest
from sounds import MAKERS, alone, decoded, music, one_shot, own_rate, sweep, write, write_av

from earmark.sound import Samples, decode

HOURS = 3
PEAK_MEGABYTES = 150
# The peak is that of this program (VmHWM); getrusage would add what the tests' process held when
# it started this one.
MEASURE = """
import re, sys
from pathlib import Path
from earmark.sound import decode

stream = decode(sys.argv[1], 16000)
count = sum(map(len, stream))
status = Path("/proc/self/status")
if status.exists():
    peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", status.read_text())[1]) / 1024
else:
    import resource
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
print(count / 16000, peak)
"""


def long_flac(folder):
    return write(folder / "long.flac", np.zeros(HOURS * 3600 * 8000, np.int16), 8000)


def long_mp3(folder):
    """Ten seconds again and again, which a stream of mp3 frames may be."""
    ten = music(10, 8000)
    path = write_av(folder / "10.mp3", ten, 8000, "libmp3lame", options={"write_xing": "0"})
    content = path.read_bytes()
    long = folder / "long.mp3"
    with open(long, "wb") as file:
        for _ in range(HOURS * 360):
            file.write(content)
    return long


@pytest.mark.parametrize("make", [long_flac, long_mp3])
def test_memory_does_not_grow_with_the_length_of_a_sound(tmp_path, make):
    seconds, megabytes = map(float, alone(MEASURE, str(make(tmp_path)), seconds=120).split())
    assert seconds == pytest.approx(HOURS * 3600, rel=0.03)
    assert megabytes < PEAK_MEGABYTES


@pytest.mark.parametrize("kind", ["wav of floats", "flac", "alac", "flac in matroska"])
def test_a_sine_that_glides_for_a_minute_has_no_clicks(tmp_path, kind):
    samples = sweep(60, 44100)
    got, _ = decoded(MAKERS[kind](tmp_path, samples, 44100), 16000)
    wanted = one_shot(samples, 44100, 16000)
    assert len(got) == len(wanted)
    assert np.abs(got - wanted).max() < (1e-6 if kind == "wav of floats" else 1e-4)


@pytest.mark.parametrize("kind", ["wav of 16 bits", "flac", "m4a", "opus", "mp3 without a header"])
def test_no_block_is_long(tmp_path, kind):
    rate = own_rate(kind)
    path = MAKERS[kind](tmp_path, music(20, rate, 2), rate)
    lengths = [len(block) for block in decode(path, rate)]
    assert len(lengths) > 5
    assert max(lengths) <= 2 * 65536


def test_samples_in_memory_come_in_blocks_too():
    samples = sweep(60, 44100)
    blocks = list(decode(Samples(samples, 44100), 16000))
    assert max(map(len, blocks)) <= 65536
    assert np.abs(np.concatenate(blocks) - one_shot(samples, 44100, 16000)).max() < 1e-6


def test_the_first_block_comes_before_the_rest_is_read(tmp_path):
    path = MAKERS["wav of 16 bits"](tmp_path, music(20, 44100), 44100)
    stream = decode(path, 16000)
    next(iter(stream))
    assert 0 < stream.seconds < 5


@pytest.mark.parametrize("kind", ["wav of floats", "alac"])
def test_a_stream_knows_its_name_length_and_peak(tmp_path, kind):
    samples = 0.5 * sweep(3, 44100)
    samples[70_000] = -0.9
    path = MAKERS[kind](tmp_path, samples, 44100)
    stream = decode(path, 16000)
    for _ in stream:
        pass
    assert stream.name == str(path)
    assert stream.sample_rate == 16000
    assert stream.seconds == pytest.approx(3)
    assert stream.peak == pytest.approx(0.9, abs=1e-3)
    assert stream.warnings == []


def test_nothing_is_opened_before_the_iteration():
    assert decode("there is no such file", 16000).seconds == 0


@pytest.mark.parametrize("rate", [0, -1])
def test_a_wanted_rate_that_makes_no_sense_is_refused(tmp_path, rate):
    path = MAKERS["wav of 16 bits"](tmp_path, music(1, 44100), 44100)
    with pytest.raises(ValueError, match="rate"):
        decoded(path, rate)
