"""A network that grows answers as before, and then learns with all of its blocks."""

import pytest

torch = pytest.importorskip("torch")

from earmark.training.networks import resnet  # noqa: E402
from earmark.training.networks.growth import deepened  # noqa: E402

WIDTHS = (8, 8, 16, 16)


def trained() -> torch.nn.Module:
    """A network whose batch normalisations have seen something."""
    torch.manual_seed(0)
    network = resnet.create(tags=5, widths=WIDTHS, embedding=12)
    for _ in range(3):
        network(torch.rand(4, 94, 96))
    return network.eval()


def test_a_deeper_network_answers_the_same_and_learns() -> None:
    small, large = trained(), resnet.create(tags=5, widths=WIDTHS, blocks=3, embedding=12)
    large.load_state_dict(deepened(small.state_dict(), large.state_dict(), 2, 3))
    mel = torch.rand(3, 94, 96)
    for own, other in zip(small(mel), large.eval()(mel), strict=True):
        torch.testing.assert_close(own, other)
    large(mel)[0].square().sum().backward()
    scale = large.stages[2].body[4].weight
    assert torch.equal(scale, torch.zeros_like(scale))
    assert scale.grad.abs().sum() > 0


def test_other_networks_are_refused() -> None:
    wide = resnet.create(tags=5, widths=(8, 8, 16, 32), blocks=3, embedding=12)
    with pytest.raises(ValueError, match="do not fit"):
        deepened(trained().state_dict(), wide.state_dict(), 2, 3)
    state = {k: v for k, v in trained().state_dict().items() if not k.startswith("head")}
    same = resnet.create(tags=5, widths=WIDTHS, embedding=12)
    with pytest.raises(ValueError, match="has no weights 'head"):
        deepened(state, same.state_dict(), 2, 2)
