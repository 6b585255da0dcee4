"""What a network costs, against counts by hand."""

import pytest
import torch
from torch import nn

from earmark.sound import FrontEnd
from workshop.studies.cost import cost

FRONT_END = FrontEnd(1000, 20, 10, 6)  # 100 frames a second


class Alone(nn.Module):
    """One layer, which sees frames as channels of one image or as steps."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        image = isinstance(self.layer, nn.Conv2d)
        return self.layer(mel.unsqueeze(1) if image else mel)


@pytest.mark.parametrize(
    ("layer", "parameters", "products"),
    [
        # 4 filters of 3x3 at each of 50 frames and 6 bands
        (nn.Conv2d(1, 4, 3, padding=1), 4 * 9 + 4, 50 * 6 * 4 * 9),
        # every second frame and band
        (nn.Conv2d(1, 4, 3, stride=2, padding=1), 4 * 9 + 4, 25 * 3 * 4 * 9),
        # 6 bands to 7 numbers in each frame
        (nn.Linear(6, 7), 6 * 7 + 7, 50 * 6 * 7),
        # three gates of 5 units in each frame, from 6 bands and from 5 states
        (nn.GRU(6, 5, batch_first=True), 3 * (6 * 5 + 5 * 5 + 5 + 5), 50 * 3 * (6 * 5 + 5 * 5)),
        # a second layer, from the first one's 5 states
        (
            nn.GRU(6, 5, 2, batch_first=True),
            3 * (6 * 5 + 3 * 5 * 5 + 4 * 5),
            50 * 3 * (6 * 5 + 3 * 5 * 5),
        ),
    ],
    ids=["convolution", "stride", "linear", "gru", "two grus"],
)
def test_counts_as_by_hand(layer: nn.Module, parameters: int, products: int) -> None:
    found = cost(Alone(layer), FRONT_END, 50)
    assert found.parameters == parameters
    assert found.flops == 2 * products
    assert found.flops_per_second == pytest.approx(2 * products / 0.5)


def test_a_network_is_left_as_it_was() -> None:
    network = Alone(nn.Linear(6, 7))
    cost(network, FRONT_END, 50)
    assert network.training
