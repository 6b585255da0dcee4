"""A front end's features stand side by side, each in about the range of log-mel."""

from dataclasses import replace

import numpy as np
import pytest

from earmark.examples import example_path
from earmark.sound import FrontEnd, decode, melspectrogram
from earmark.sound.feature_names import FEATURES
from earmark.sound.features import chroma, features, features_stream, hpss, onset

MEL = FrontEnd(16000, 1024, 512, 96)


@pytest.fixture(scope="module")
def music() -> np.ndarray:
    return np.concatenate(list(decode(example_path("band"), 16000)))[:160_000]


def test_features_stand_side_by_side_in_their_order(music):
    front_end = replace(MEL, features=["onset", "melspectrogram", "hpss", "chroma"])
    rows = features(music, front_end)
    assert rows.shape == (front_end.frames(len(music)), front_end.bands)
    assert front_end.bands == 1 + 96 + 192 + 12 and rows.dtype == np.float32
    parts = np.split(rows, [1, 97, 289], axis=1)
    wanted = [onset(music, MEL) / 5, melspectrogram(music, MEL), hpss(music, MEL)]
    for part, own in zip(parts, [*wanted, chroma(music, MEL) * 4], strict=True):
        assert np.abs(part - own).max() < 1e-5


@pytest.mark.parametrize("name", FEATURES)
def test_each_feature_has_the_range_of_log_mel_and_the_bands_it_says(name, music):
    front_end = replace(MEL, features=(name,))
    rows = features(music, front_end)
    assert rows.shape == (front_end.frames(len(music)), front_end.bands)
    low, high = np.percentile(rows, [1, 99])
    assert low >= -0.5 and 0.3 < high < 6 and np.abs(rows).max() < 25


def test_a_stack_of_all_features_streams(music):
    front_end = replace(MEL, features=tuple(FEATURES))
    blocks = np.split(music, np.cumsum(np.random.default_rng(0).integers(0, 5000, 40)))
    buffer = np.empty(len(music), np.float32)

    def reused():
        for block in blocks:
            buffer[: len(block)] = block
            yield buffer[: len(block)]

    got = np.concatenate(list(features_stream(reused(), front_end)))
    wanted = features(music, front_end)
    assert got.shape == wanted.shape and np.abs(got - wanted).max() < 1e-4


def test_log_mel_alone_is_the_front_end_that_it_was(music):
    assert MEL.features == ("melspectrogram",) and MEL.bands == 96
    assert np.array_equal(features(music, MEL), melspectrogram(music, MEL))
    assert FrontEnd(16000, 1024, 512, 96, ["melspectrogram"]) == MEL
    assert hash(FrontEnd(16000, 1024, 512, 96, ["melspectrogram"])) == hash(MEL)


@pytest.mark.parametrize("rate", [4000, 8000, 12000, 16000, 22050, 44100])
def test_the_bands_are_known_before_any_is_computed(rate):
    front_end = FrontEnd(rate, 512, 256, 16, FEATURES)
    sound = np.random.default_rng(0).normal(0, 0.1, 3000).astype(np.float32)
    assert features(sound, front_end).shape == (front_end.frames(3000), front_end.bands)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("melspectrogram", "croma"), "no feature 'croma'; the nearest is 'chroma'"),
        (("zzz",), "no feature 'zzz'; there are melspectrogram, mfcc"),
        ((), "needs features"),
        (("chroma", "chroma"), "each once"),
    ],
)
def test_unknown_features_are_told(names, words):
    with pytest.raises(ValueError, match=words):
        replace(MEL, features=names)
