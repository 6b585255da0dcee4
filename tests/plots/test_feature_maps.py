"""The picture of a network's layers holds what they answer, at the sound's own time."""

from xml.etree import ElementTree

import numpy as np
import pytest
from sounds import music, write

from earmark.errors import ModelError, SoundError
from earmark.inside.inspect import layer_maps
from earmark.inside.window import window_at
from earmark.plots import save
from earmark.plots.feature_maps import feature_maps, strongest
from earmark.sound import Samples
from earmark.tagging import Tagger
from earmark.zoo import find_model

RATE = 16000
SVG = "{http://www.w3.org/2000/svg}"


def song(seconds: float = 8) -> Samples:
    return Samples(music(seconds, RATE)[:, 0], RATE)


def images(figure) -> list:
    return [axes.images[0] for axes in figure.axes if axes.images]


def test_maps_are_the_layers_answers_in_order_of_their_change() -> None:
    card, sound = find_model("default"), song()
    window = window_at(card, sound, 3.0)
    answer = layer_maps(card, window.frames)[1]
    heard, *drawn = images(feature_maps(card, sound, [answer.layer], start=3.0, maps=10))
    assert np.array_equal(heard.get_array().T, window.frames)
    order = np.argsort(-answer.maps.std((1, 2)), kind="stable")[:10]
    assert [int(image.axes.get_title("left")) for image in drawn] == order.tolist()
    for image, number in zip(drawn, order, strict=True):
        np.testing.assert_allclose(image.get_array().T, answer.maps[number], atol=1e-5)
        assert image.get_extent() == heard.get_extent()
    assert heard.get_extent()[:2] == pytest.approx([window.start, window.start + window.seconds])
    assert len({image.get_clim() for image in drawn}) == 1


def test_a_map_that_is_the_same_everywhere_comes_last() -> None:
    maps = np.zeros((3, 4, 4), np.float32)
    maps[0], maps[1, 0, 0], maps[2, 0, 0] = 9, 1, 2
    assert strongest(maps, 3).tolist() == [2, 1, 0]


@pytest.mark.parametrize("chosen", [None, [0, 3]])
def test_each_layer_says_what_it_is(chosen) -> None:
    card = find_model("default")
    names = [answer.layer for answer in layer_maps(card, window_at(card, song(), 0.0).frames)]
    names = [names[place] for place in chosen or range(5)]
    figure = feature_maps(Tagger(), song(), chosen and names, maps=3)
    titles = [part.get_suptitle() for part in figure.subfigs[1:]]
    # The stem, then the last layer of each of four stages of three blocks.
    assert [title.partition(",")[0] for title in titles] == names
    assert titles[0] == f"{names[0]}, after 1 convolution: 3 of 32 maps, 24 by 48"
    assert len(images(figure)) == 1 + 3 * len(names)


def test_a_branch_over_high_bands_is_drawn_where_it_hears() -> None:
    drawn = images(feature_maps(find_model("voicenet"), song(), maps=1))
    spans = [tuple(image.get_extent()[2:]) for image in drawn[1:]]
    # One branch of five sizes hears all bands, the other those from 32 on.
    assert spans == [(-0.5, 95.5)] * 5 + [(31.5, 95.5)] * 5
    assert {image.axes.get_ylim() for image in drawn} == {(-0.5, 95.5)}


def test_it_can_be_saved_for_a_sound_shorter_than_a_window(tmp_path) -> None:
    path = write(tmp_path / "a $5 song.wav", music(0.5, RATE), RATE)
    save(feature_maps(Tagger(), path, maps=2), tmp_path / "maps.svg")
    drawn = ElementTree.parse(tmp_path / "maps.svg").iter(f"{SVG}image")
    assert len(list(drawn)) >= 1 + 2 * 5  # colour bars may be images as well


def test_what_cannot_be_drawn_is_one_sentence() -> None:
    with pytest.raises(SoundError, match="it has no second 9"):
        feature_maps(Tagger(), song(), start=9)
    with pytest.raises(ModelError, match="model 'default': it has no layer 'conv'"):
        feature_maps(Tagger(), song(), ["conv"])
