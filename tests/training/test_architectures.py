"""Every network: what it gives, that it learns, and that ONNX Runtime gives the same."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

from earmark.errors import TrainingError
from earmark.sound.melspectrogram import FrontEnd, hz_to_mel, mel_filterbank, mel_to_hz
from earmark.training.export.network_file import Shipped, write_onnx
from earmark.training.loop.losses import (
    ACTIVATIONS,
    normalised_crossentropy,
    weighted_binary_crossentropy,
)
from earmark.training.networks import ARCHITECTURES, create, options_of
from earmark.training.networks.harmonic import HarmonicFilters
from earmark.training.networks.make import make_network
from earmark.training.recipes.recipe import (
    Architecture,
    Data,
    Loss,
    Recipe,
    load_recipe,
    recipe_names,
)
from workshop.recipes import workshop_recipe
from workshop.studies.cost import cost

LONG, TEN_SECONDS, SHORT = (682, 96), (234, 96), (94, 96)
WINDOWS = {"cnn": LONG, "crnn": LONG, "cnn2": TEN_SECONDS, "cnn3": (682, 48)}
TINY = {
    "ar": {"cepstra": 6, "music": 8},
    "cnn": {"widths": (8, 8, 16, 16)},
    "cnn2": {"widths": (8, 8, 8, 16, 16)},
    "cnn3": {"widths": (8, 8, 8, 8, 16, 16)},
    "crnn": {"widths": (8, 8, 16, 16), "units": 16},
    "harmonic": {"widths": (8, 8, 8, 16, 16), "embedding": 16},
    "musicnn": {"timbral": 4, "temporal": 4, "middle": 8, "embedding": 16},
    "resnet": {"widths": (8, 8, 16, 16), "blocks": 1, "embedding": 16},
    "shortchunk": {"widths": (8, 8, 8, 8, 16, 16, 16), "embedding": 16},
    "voicenet": {
        "widths": (8, 8, 8, 16),
        "voice_widths": (8, 8, 8, 16),
        "blocks": 1,
        "embedding": 16,
    },
}
FRONT_END = FrontEnd(16000, 1024, 512, 96)

every = pytest.mark.parametrize("name", ARCHITECTURES)


def window(name: str) -> tuple[int, int]:
    """Frames and bands that a network is made for."""
    return WINDOWS.get(name, SHORT)


def tiny(name: str, tags: int = 4) -> nn.Module:
    """A fresh narrow network, always the same."""
    torch.manual_seed(0)
    return create(name, tags, TINY[name] | {"dropout": 0.0})


@every
def test_gives_logits_of_its_embedding(name: str) -> None:
    network = create(name, 11, {}).eval()
    logits, embedding = network(torch.rand(2, *window(name)))
    assert logits.shape == (2, 11)
    assert embedding.shape[0] == 2 and 64 <= embedding.shape[1] <= 288
    torch.testing.assert_close(logits, network.head(embedding))
    assert isinstance(network.head, nn.Linear)


@every
def test_every_weight_learns(name: str) -> None:
    network = tiny(name)
    network(torch.rand(4, *window(name)))[0].square().sum().backward()
    unused = [key for key, one in network.named_parameters() if one.grad is None]
    assert not unused
    assert sum(bool(one.grad.any()) for one in network.parameters()) > 0.8 * len(
        list(network.parameters())
    )


@pytest.mark.parametrize("name", [name for name in ARCHITECTURES if name != "ar"])  # it does EM
def test_learns_a_batch_by_heart(name: str) -> None:
    network, (frames, n_mels) = tiny(name), window(name)
    frames = frames if name == "cnn3" else min(frames, 160)  # faster; cnn3 takes no shorter ones
    mel = torch.rand(4, frames, n_mels, generator=torch.Generator().manual_seed(1))
    targets, weights = torch.eye(4), torch.ones(4, 4)
    function = normalised_crossentropy if name == "cnn3" else weighted_binary_crossentropy
    optimiser = torch.optim.Adam(network.parameters(), 1e-2)
    for _ in range(30):
        loss = function(network(mel)[0], targets, weights)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss < 0.2  # .56, for cnn3 1.39, for who knows only that one tag in four is there


@every
def test_onnx_runtime_gives_the_same_for_any_number_of_windows(name: str, tmp_path: Path) -> None:
    network, (frames, n_mels) = tiny(name), window(name)
    network(torch.rand(4, frames, n_mels))  # other statistics than fresh ones
    network.eval()
    path = tmp_path / "model.onnx"
    write_onnx(network, FrontEnd(16000, 1024, 512, n_mels), frames, path)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for count in (1, 5):
        mel = torch.rand(count, frames, n_mels) * 3
        with torch.no_grad():
            wanted = Shipped(network)(mel)
        for one, other in zip(wanted, session.run(None, {"mel": mel.numpy()}), strict=True):
            np.testing.assert_allclose(other, one.numpy(), atol=1e-4)


@pytest.mark.parametrize("name", [name for name in ARCHITECTURES if name != "cnn3"])
@pytest.mark.parametrize("frames", [94, 234, 682])
def test_takes_other_windows(name: str, frames: int) -> None:
    assert tiny(name).eval()(torch.rand(2, frames, 96))[0].shape == (2, 4)


@pytest.mark.parametrize("loss", ACTIVATIONS)
@every
def test_the_activation_follows_from_the_loss(name: str, loss: str) -> None:
    frames, n_mels = window(name)
    recipe = Recipe(
        "r",
        data=Data(frames=frames),
        front_end=FrontEnd(16000, 1024, 512, n_mels),
        architecture=Architecture(name, TINY[name]),
        loss=Loss(loss),
    )
    scores = Shipped(make_network(recipe, 5).eval())(torch.rand(2, frames, n_mels))[0]
    sums_to_1 = torch.allclose(scores.sum(1), torch.ones(2))
    assert sums_to_1 == (loss == "normalised_crossentropy")


@pytest.mark.parametrize("name", recipe_names())
def test_the_networks_of_the_shipped_recipes_fit_their_windows(name: str) -> None:
    make_network(load_recipe(name), 188)


def test_windows_that_are_too_small_are_refused() -> None:
    small = Recipe("r", data=Data(frames=40), architecture=Architecture("cnn"))
    with pytest.raises(TrainingError, match="cnn cannot take windows of 40 frames of 96 bands"):
        make_network(small, 5)
    few = FrontEnd(16000, 1024, 512, 48)
    with pytest.raises(TrainingError, match="musicnn cannot take windows of 94 frames of 48 bands"):
        make_network(Recipe("r", front_end=few, architecture=Architecture("musicnn")), 5)


def test_the_harmonic_network_is_told_the_sample_rate() -> None:
    front_end = FrontEnd(12000, 1024, 512, 96)
    recipe = Recipe("r", front_end=front_end, architecture=Architecture("harmonic"))
    with pytest.raises(TrainingError, match="harmonic hears 16000 Hz, and the front end gives 120"):
        make_network(recipe, 5)
    told = Architecture("harmonic", {"sample_rate": 12000})
    make_network(Recipe("r", front_end=front_end, architecture=told), 5)


def test_the_voice_branch_hears_no_low_bands() -> None:
    network = tiny("voicenet").eval()
    mel = torch.rand(2, 94, 96)
    other = mel.clone()
    other[:, :, :32] = torch.rand(2, 94, 32)  # another bass
    heard: list[list[torch.Tensor]] = [[], []]
    for branch, maps in zip(network.branches, heard, strict=True):
        branch.register_forward_hook(lambda part, given, made, maps=maps: maps.append(made))
    network(mel)
    network(other)
    (full, full_other), (voice, voice_other) = heard
    torch.testing.assert_close(voice, voice_other)
    assert not torch.allclose(full, full_other)


def test_the_voice_branch_begins_at_1_khz() -> None:
    band = options_of("voicenet")["voice_band"]
    centres = mel_to_hz(np.linspace(0, hz_to_mel(8000), 98))[1:-1]
    assert centres[band - 1] < 1000 <= centres[band]
    assert mel_filterbank(FRONT_END)[:, band].argmax() * 16000 / 1024 == pytest.approx(1000, abs=40)


def test_the_voice_branch_has_a_control_of_its_cost() -> None:
    with_branch, control = (
        cost(create("voicenet", 188, {"voice_branch": branch}), FRONT_END, 94)
        for branch in (True, False)
    )
    assert with_branch.flops == pytest.approx(control.flops, rel=0.12)
    assert with_branch.parameters == pytest.approx(control.parameters, rel=0.12)
    slim = make_network(workshop_recipe("slim"), 188)
    assert control == cost(slim, FRONT_END, 94)


def test_harmonic_filters_hear_a_note_at_its_pitch_in_every_harmonic() -> None:
    filters = HarmonicFilters(harmonics=3, levels=40, sample_rate=16000)
    centre = filters.centres[0, 30]
    edges = mel_to_hz(np.linspace(0, hz_to_mel(8000), 98))
    mel = torch.zeros(1, 1, 96)
    for harmonic in (1, 2, 3):
        mel[0, 0, np.abs(edges[1:-1] - harmonic * centre).argmin()] = 3.0
    heard = filters(mel)[0, :, 0]
    assert heard.sum(0).argmax() == pytest.approx(30, abs=1)
    assert (heard[:, 30] > 2).all()


def test_a_lower_q_widens_the_harmonic_filters() -> None:
    filters = HarmonicFilters(harmonics=3, levels=40, sample_rate=16000)
    before = (filters.filters(96) > 0).sum()
    torch.testing.assert_close(filters.filters(96).sum(2), torch.ones(3, 40))
    with torch.no_grad():
        filters.log_q -= 1
    assert (filters.filters(96) > 0).sum() > 1.5 * before


def test_even_power_stays_even_through_harmonic_filters() -> None:
    filters = HarmonicFilters(harmonics=5, levels=48, sample_rate=16000)
    heard = filters(torch.full((1, 2, 96), 1.5))
    torch.testing.assert_close(heard, torch.full((1, 5, 2, 48), 1.5))
