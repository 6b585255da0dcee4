"""The picture of where a tag was heard shows the right window and the drops over it."""

import numpy as np
import pytest
from networks import rectangle_model
from sounds import music, write

from earmark.errors import SoundError, VocabularyError
from earmark.inside.occlusion import occlusion
from earmark.inside.window import window_at
from earmark.plots.saliency import saliency
from earmark.sound import Samples
from earmark.tagging import Tagger

RATE = 16000


@pytest.fixture
def tagger(tmp_path) -> Tagger:
    """Its score for "rock" is how loud frames 30 to 50 are in bands 20 to 40."""
    return Tagger(rectangle_model(tmp_path / "m", slice(30, 50), slice(20, 40)))


def song() -> Samples:
    """Nine seconds of noise, loudest from the second window on to its end."""
    samples = music(9, RATE)[:, 0] * 0.01
    samples[round(3.008 * RATE) : round(6.016 * RATE)] *= 50
    return Samples(samples, RATE)


def test_the_window_is_where_the_tag_scores_highest(tagger) -> None:
    figure = saliency(tagger, song(), "rock")
    upper = figure.axes[0].images[0]
    window = window_at(tagger.card, song(), 3.008)
    assert np.array_equal(upper.get_array().T, window.frames)
    assert upper.get_extent()[:2] == pytest.approx([3.008, 6.016])


def test_the_overlay_holds_the_drops_around_zero(tagger) -> None:
    figure = saliency(tagger, song(), "rock", start=1.0)
    below, above = figure.axes[1].images
    window = window_at(tagger.card, song(), 1.0)
    drops = occlusion(tagger.card, window.frames, "rock").drops
    assert np.array_equal(above.get_array().T, drops)
    assert above.get_extent() == below.get_extent()
    low, high = above.get_clim()
    assert low == -high
    assert high == pytest.approx(max(0.02, np.abs(drops).max()))
    peak = np.unravel_index(drops.argmax(), drops.shape)
    assert 30 <= peak[0] < 50
    assert 20 <= peak[1] < 40
    alpha = above.get_alpha()
    assert alpha[peak[::-1]] == alpha.max() > 0.5
    assert alpha[-1, -1] == pytest.approx(0, abs=0.01)


def test_words_name_sound_tag_score_and_patch(tagger, tmp_path) -> None:
    path = write(tmp_path / "a $5 song.wav", music(4, RATE), RATE)
    figure = saliency(tagger, path, "violin", start=0)
    assert figure.get_suptitle() == r"a \$5 song.wav: violin"
    title = figure.axes[1].get_title("left")
    assert title == "Score 0.50: what it loses without a patch of 0.29 s by 12 mel bands"
    labels = [axes.get_ylabel() for axes in figure.axes]
    assert "drop of the score without it" in labels
    assert labels.count("frequency in Hz") == 2


def test_what_cannot_be_drawn_is_one_sentence(tagger) -> None:
    with pytest.raises(VocabularyError, match="'rok' is not one of"):
        saliency(tagger, "no file at all.wav", "rok")
    with pytest.raises(SoundError, match=r"no file at all\.wav"):
        saliency(tagger, "no file at all.wav", "rock")
    with pytest.raises(SoundError, match="it has no second 10"):
        saliency(tagger, song(), "rock", start=10.0)
