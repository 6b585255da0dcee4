"""The picture of a first layer holds its kernels, in their order and around zero."""

import numpy as np
import pytest
from networks import convolution_model, rectangle_model

from earmark.errors import ModelError
from earmark.inside.inspect import first_kernels
from earmark.plots.filters import filters, onset_share
from earmark.zoo import find_model


def images(figure) -> dict[int, np.ndarray]:
    """Kernels by the number above them, as they are drawn, time first."""
    return {
        int(axes.get_title("left")): axes.images[0].get_array().T
        for axes in figure.axes
        if axes.images and axes.get_title("left")
    }


@pytest.mark.parametrize("model", ["default", "cnn3"])
def test_each_kernel_is_drawn_once_with_its_weights(model: str) -> None:
    card = find_model(model)
    weights, drawn = first_kernels(card).weights, images(filters(card))
    assert sorted(drawn) == list(range(len(weights)))
    assert all(np.array_equal(drawn[number], weights[number]) for number in drawn)


def test_onsets_come_first_and_pitches_last(tmp_path) -> None:
    onset = np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]], np.float32)  # time runs down
    slanted = np.eye(3, dtype=np.float32)
    kernels = np.stack([onset.T, slanted, onset])[:, None]
    # Two tags need two kernels, so the largest answers of the first two are the scores.
    shares = onset_share(kernels[:, 0])
    assert shares == pytest.approx([0, 0.5, 1])
    card = find_model(convolution_model(tmp_path / "m", kernels[[0, 2]]))
    assert list(images(filters(card))) == [1, 0]
    assert onset_share(np.zeros((1, 3, 3))) == pytest.approx([0.5])
    assert onset_share(np.ones((1, 1, 5))) == pytest.approx([0.5])


def test_colours_are_centred_on_zero_and_axes_have_units() -> None:
    figure = filters(find_model("default"))
    shown = [axes.images[0] for axes in figure.axes if axes.images]
    limits = {image.get_clim() for image in shown}
    ((low, high),) = limits
    assert low == -high
    assert high == pytest.approx(np.abs(first_kernels(find_model("default")).weights).max())
    labels = {axes.get_xlabel() for axes in figure.axes} | {a.get_ylabel() for a in figure.axes}
    assert {"time: 5 frames\nin 0.32 s", "5 mel bands", "weight"} <= labels


def test_a_network_without_a_first_layer_is_one_sentence(tmp_path) -> None:
    with pytest.raises(ModelError, match="model 'tiny': it has no convolution"):
        filters(find_model(rectangle_model(tmp_path / "m", slice(2), slice(2))))
