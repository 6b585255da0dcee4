"""Channels to mono: what sounds is averaged, what cancels is not lost, and a word says so."""

import re

import numpy as np
import pytest
from sounds import MAKERS, decoded, music, one_shot, snr, write

from earmark.sound import Samples

RATE = 44100


def cancelled(warnings: list[str]) -> float:
    """For how many seconds the channels cancel, from the one warning."""
    assert len(warnings) == 1, warnings
    return float(re.search(r"cancel each other for ([\d.]+) seconds", warnings[0])[1])


def heard(samples: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """The sound of samples at their own rate."""
    return decoded(Samples(samples, RATE), RATE)


@pytest.mark.parametrize("kind", ["wav of 16 bits", "flac", "alac", "mp3 by lame", "opus"])
@pytest.mark.parametrize("share", [1.0, 0.99])
def test_channels_that_cancel_are_heard_by_the_loudest_and_a_warning_says_so(tmp_path, kind, share):
    rate = 48000 if kind == "opus" else RATE
    left = music(4, rate)
    path = MAKERS[kind](tmp_path, np.hstack([left, -share * left]), rate)
    got, warned = decoded(path, 16000)
    assert cancelled(warned) == pytest.approx(4, abs=0.1)
    assert snr(one_shot(left, rate, 16000), got) > 10


def test_a_half_in_which_channels_cancel_is_heard_too():
    left = music(12, RATE)
    right = left.copy()
    right[: 6 * RATE] *= -1
    got, warned = heard(np.hstack([left, right]))
    assert cancelled(warned) == pytest.approx(6, abs=1.5)
    assert snr(left[:, 0], got) > 8  # the block in which it changes may go either way
    assert np.abs(np.diff(got)).max() < 1.5 * np.abs(np.diff(left[:, 0])).max()  # no click


@pytest.mark.parametrize("seconds", [0.0, 0.5])
def test_channels_that_cancel_for_no_more_than_a_blink_are_no_cause_for_a_warning(seconds):
    samples = music(12, RATE, 2)
    samples[: round(seconds * RATE), 1] = -samples[: round(seconds * RATE), 0]
    assert not heard(samples)[1]


@pytest.mark.parametrize(
    ("channels", "sounding"), [(2, [0]), (2, [1]), (6, [2]), (16, [5]), (6, [0, 1])]
)
def test_silent_channels_do_not_lower_the_level(channels, sounding):
    samples = np.zeros((4 * RATE, channels), np.float32)
    samples[:, sounding] = music(4, RATE, len(sounding))
    got, warned = heard(samples)
    assert not warned
    assert np.allclose(got, samples[:, sounding].mean(axis=1), atol=1e-6)


def test_a_channel_that_whispers_far_below_the_others_counts_as_silent():
    samples = music(4, RATE, 2)
    samples[:, 1] *= 1e-3
    got, _ = heard(samples)
    assert snr(samples[:, 0], got) > 50


def test_a_channel_that_enters_later_is_averaged_from_then_on():
    samples = music(12, RATE, 2)
    samples[: 6 * RATE, 1] = 0
    got, warned = heard(samples)
    assert not warned
    assert snr(samples[: 4 * RATE, 0], got[: 4 * RATE]) > 60
    assert snr(samples.mean(axis=1)[8 * RATE :], got[8 * RATE :]) > 60


def test_ordinary_stereo_is_the_mean_to_the_bit():
    samples = music(6, RATE, 2)
    got, _ = heard(samples)
    assert np.array_equal(got, (samples[:, 0] + samples[:, 1]) * np.float32(0.5))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_channel_without_numbers_is_left_out_and_a_warning_says_so(tmp_path, value):
    samples = music(4, RATE, 2)
    samples[:, 0] = value
    got, warned = decoded(write(tmp_path / "void.wav", samples, RATE, "FLOAT"), RATE)
    assert np.array_equal(got, samples[:, 1])
    assert warned == ["1 of its channels hold no numbers, left out"]
