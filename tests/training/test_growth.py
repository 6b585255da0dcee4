"""A network that grows answers as before, and then learns with all of its blocks."""

import pytest

torch = pytest.importorskip("torch")

from earmark.training.networks import resnet  # noqa: E402
from earmark.training.networks.growth import grown  # noqa: E402

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
    large.load_state_dict(grown(small.state_dict(), large.state_dict(), 2, 3))
    mel = torch.rand(3, 94, 96)
    for own, other in zip(small(mel), large.eval()(mel), strict=True):
        torch.testing.assert_close(own, other)
    large(mel)[0].square().sum().backward()
    scale = large.stages[2].body[4].weight
    assert torch.equal(scale, torch.zeros_like(scale))
    assert scale.grad.abs().sum() > 0


def test_a_wider_network_answers_the_same_and_learns() -> None:
    small = trained()
    large = resnet.create(tags=5, widths=(8, 16, 24, 32), blocks=3, embedding=12)
    large.load_state_dict(grown(small.state_dict(), large.state_dict(), 2, 3))
    mel = torch.rand(3, 94, 96)
    for own, other in zip(small(mel), large.eval()(mel), strict=True):
        torch.testing.assert_close(own, other)
    large(mel)[0].square().sum().backward()
    unheard = large.embed[0].weight[:, 16:32]  # means of the last stage's new channels
    assert torch.equal(unheard, torch.zeros_like(unheard))
    assert large.embed[0].weight.grad[:, 16:32].abs().sum() > 0


def test_an_embedding_of_another_size_is_learned_anew_from_the_same_channels() -> None:
    small, large = trained(), resnet.create(tags=5, widths=(8, 8, 16, 24), embedding=20)
    fresh = {name: value.clone() for name, value in large.state_dict().items()}
    begun = {name: value for name, value in small.state_dict().items() if "head" not in name}
    begun |= {name: value for name, value in fresh.items() if "head" in name}
    large.load_state_dict(grown(begun, fresh, 2, 2))
    mel = torch.rand(3, 1, 94, 96)
    own, other = (one.stages(one.stem(mel)) for one in (small, large.eval()))
    torch.testing.assert_close(own, other[:, :16])
    assert torch.equal(large.embed[0].weight, fresh["embed.0.weight"])


def test_other_networks_are_refused() -> None:
    narrow = resnet.create(tags=5, widths=(8, 8, 16, 12), blocks=3, embedding=12)
    with pytest.raises(ValueError, match="do not fit"):
        grown(trained().state_dict(), narrow.state_dict(), 2, 3)
    with pytest.raises(ValueError, match="has no weights"):
        grown(trained().state_dict() | {"more": torch.zeros(1)}, trained().state_dict(), 2, 2)
    state = {k: v for k, v in trained().state_dict().items() if not k.startswith("head")}
    same = resnet.create(tags=5, widths=WIDTHS, embedding=12)
    with pytest.raises(ValueError, match="has no weights 'head"):
        grown(state, same.state_dict(), 2, 2)
