"""Which track of several is heard, and tracks that begin late or end early raise no alarm."""

from pathlib import Path

import av
import numpy as np
import pytest
from sounds import decoded, lag, music, one_shot, snr

RATE, SECONDS = 48000, 4


def sound_frames(samples: np.ndarray, late: float = 0):
    """Frames of a stereo sound that begins so many seconds late."""
    for first in range(0, len(samples), 1 << 14):
        block = np.ascontiguousarray(samples[first : first + (1 << 14)].T)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = RATE, first + round(late * RATE)
        yield frame


def film(path: Path, sounds: list, default: int = 0, late: float = 0, pictures: float = 0) -> Path:
    """A file of some sound tracks, with moving pictures for so many seconds."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg4", rate=10) if pictures else None
        tracks = [container.add_stream("aac", rate=RATE, layout="stereo") for _ in sounds]
        for number, track in enumerate(tracks):
            track.bit_rate = 192_000
            track.disposition = av.stream.Disposition(number == default)
        if video:
            video.width, video.height, video.pix_fmt = 32, 32, "yuv420p"
            for _ in range(round(pictures * 10)):
                picture = np.full((32, 32, 3), 99, np.uint8)
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                container.mux(video.encode(frame))
            container.mux(video.encode(None))
        for track, samples in zip(tracks, sounds, strict=True):
            for frame in sound_frames(samples, late):
                container.mux(track.encode(frame))
            container.mux(track.encode(None))
    return path


def alike(samples: np.ndarray, got: np.ndarray) -> float:
    """How well a decoded sound fits, in dB."""
    wanted = one_shot(samples, RATE, 16000)
    late = lag(wanted, got)
    return snr(wanted, got[late:]) if late >= 0 else snr(wanted[-late:], got)


@pytest.mark.parametrize("suffix", ["mkv", "mp4"])
@pytest.mark.parametrize("default", [0, 1])
def test_the_default_track_is_heard_wherever_it_stands(tmp_path, suffix, default):
    sounds = [music(SECONDS, RATE, 2, seed=seed) for seed in (0, 1)]
    got, warned = decoded(film(tmp_path / f"a.{suffix}", sounds, default), 16000)
    assert alike(sounds[default], got) > 12 > 6 > alike(sounds[1 - default], got)
    assert not warned


@pytest.mark.parametrize("suffix", ["mkv", "mp4", "mov", "avi"])
@pytest.mark.parametrize(("late", "pictures"), [(3, 7), (0, 12), (3, 12), (3, 0)])
def test_sound_that_starts_late_or_ends_before_the_pictures_is_whole(
    tmp_path, suffix, late, pictures
):
    if suffix == "avi" and late:
        pytest.skip("an avi cannot begin a track late")
    samples = music(SECONDS, RATE, 2)
    got, warned = decoded(film(tmp_path / f"a.{suffix}", [samples], 0, late, pictures), 16000)
    assert len(got) / 16000 == pytest.approx(SECONDS, abs=0.1)
    assert alike(samples, got) > 12
    assert not warned


def test_a_second_track_that_is_longer_is_no_cause_for_a_warning(tmp_path):
    sounds = [music(SECONDS, RATE, 2), music(3 * SECONDS, RATE, 2, seed=1)]
    for suffix in ("mkv", "mp4"):
        got, warned = decoded(film(tmp_path / f"a.{suffix}", sounds), 16000)
        assert len(got) / 16000 == pytest.approx(SECONDS, abs=0.1) and not warned
