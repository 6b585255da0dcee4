"""Pictures of features: the right numbers at the right time, axes in the feature's own terms."""

from dataclasses import replace

import numpy as np
import pytest
from sounds import music

from earmark.plots import feature
from earmark.plots.excerpt import FRONT_END
from earmark.sound import Samples
from earmark.sound.feature_names import FEATURES, feature_bands
from earmark.sound.features import chroma, onset

RATE = 16000
SAMPLES = music(3, RATE)[:, 0]


@pytest.mark.parametrize("name", FEATURES)
def test_every_feature_has_a_picture_with_named_axes(name) -> None:
    axes = feature(name, Samples(SAMPLES, RATE)).axes[0]
    assert axes.get_xlabel() == "time in seconds" and axes.get_ylabel()
    assert axes.get_xlim() == (0, 3)
    if name != "onset":
        shape = axes.images[0].get_array().shape
        assert shape == (feature_bands(name, RATE, 96), FRONT_END.frames(len(SAMPLES)))


def test_the_chroma_picture_holds_the_chroma_and_names_pitch_classes() -> None:
    axes = feature("chroma", Samples(SAMPLES, RATE)).axes[0]
    assert np.array_equal(axes.images[0].get_array().T, chroma(SAMPLES, FRONT_END))
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels[0] == "C" and labels[9] == "A" and len(labels) == 12


def test_coefficients_are_whole_numbers() -> None:
    axes = feature("mfcc", Samples(SAMPLES, RATE)).axes[0]
    assert len(axes.get_yticks()) > 3
    assert all(tick == round(tick) for tick in axes.get_yticks())


def test_the_onset_picture_is_a_line_in_db() -> None:
    axes = feature("onset", Samples(SAMPLES, RATE), 1.0).axes[0]
    times, strengths = axes.lines[0].get_data()
    assert 1 < times[0] < 1.1 and 3.9 < times[-1] + 1 < 4.1
    assert np.array_equal(strengths, onset(SAMPLES[RATE:], FRONT_END)[:, 0])
    assert axes.get_ylabel() == "onset strength in dB"


def test_tempi_stand_at_their_places() -> None:
    axes = feature("tempogram", Samples(SAMPLES, RATE)).axes[0]
    marks = dict(
        zip([t.get_text() for t in axes.get_yticklabels()], axes.get_yticks(), strict=True)
    )
    assert marks["60"] == pytest.approx(RATE / 512) and marks["120"] == pytest.approx(RATE / 1024)
    low, high = feature("beat_histogram", Samples(SAMPLES, RATE)).axes[0].get_ylim()
    assert (low, high) == (37.5, 242.5)


def test_the_highest_band_of_the_contrast_ends_at_half_the_rate() -> None:
    low = replace(FRONT_END, sample_rate=12000)
    for front_end, words in ((FRONT_END, "6,400 to 8,000"), (low, "3,200 to 6,000")):
        axes = feature("contrast", Samples(SAMPLES, RATE), front_end=front_end).axes[0]
        assert axes.get_yticklabels()[-1].get_text() == words


def test_an_unknown_feature_is_told() -> None:
    with pytest.raises(ValueError, match="nearest is 'tempogram'"):
        feature("tempogramm", Samples(SAMPLES, RATE))
