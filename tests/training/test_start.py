"""Beginning with another network's weights: a run's, a shipped model's, with other tags."""

import json
import shutil
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from networks import rectangle_model, write_folder

torch = pytest.importorskip("torch")

from safetensors.torch import save_file  # noqa: E402

from earmark.errors import TrainingError, UnknownModelError  # noqa: E402
from earmark.teaching.graft import Layer, graft  # noqa: E402
from earmark.training import networks as architectures  # noqa: E402
from earmark.training.loop.checkpoint import save_weights  # noqa: E402
from earmark.training.loop.start import begin_with, trained_weights  # noqa: E402
from earmark.zoo import find_model  # noqa: E402

SMALL = {"widths": (8, 8, 16, 16), "embedding": 12}


def small(tags: int = 5, **options) -> torch.nn.Module:
    return architectures.create("resnet", tags, SMALL | options).eval()


def test_a_run_goes_on_in_a_deeper_network(tmp_path: Path) -> None:
    first = small()
    save_weights(tmp_path, first)
    second = small(blocks=3)
    assert begin_with(second, str(tmp_path))
    mel = torch.rand(2, 94, 96)
    torch.testing.assert_close(second(mel)[0], first(mel)[0])


def test_other_tags_get_a_last_layer_of_their_own(tmp_path: Path) -> None:
    first = small()
    save_weights(tmp_path, first)
    second = small(tags=3)
    head = second.head.weight.clone()
    assert not begin_with(second, str(tmp_path))
    torch.testing.assert_close(second.head.weight, head)
    mel = torch.rand(2, 94, 96)
    torch.testing.assert_close(second(mel)[1], first(mel)[1])


def test_as_many_other_tags_get_a_last_layer_of_their_own(tmp_path: Path) -> None:
    save_weights(tmp_path, small())
    tags = ["a", "b", "c", "d", "e"]
    (tmp_path / "data.json").write_text(json.dumps({"tags": tags}))
    assert begin_with(small(), str(tmp_path), tags)
    assert not begin_with(small(), str(tmp_path), tags[::-1])
    names = list(find_model("cnn3").vocabulary)
    assert begin_with(architectures.create("cnn3", 188, {}), "cnn3", names)
    assert not begin_with(architectures.create("cnn3", 188, {}), "cnn3", names[::-1])


def test_a_shipped_model_by_its_name() -> None:
    network = architectures.create("cnn3", 188, {})
    assert begin_with(network, "cnn3")


def test_a_run_goes_on_in_a_wider_network_with_another_embedding(tmp_path: Path) -> None:
    first = small()
    save_weights(tmp_path, first)
    assert begin_with(small(widths=(8, 8, 16, 32)), str(tmp_path))
    second = small(embedding=16)
    head = second.head.weight.clone()
    assert not begin_with(second, str(tmp_path))
    assert torch.equal(second.head.weight, head)
    mel = torch.rand(2, 1, 94, 96)
    torch.testing.assert_close(second.stages(second.stem(mel)), first.stages(first.stem(mel)))


def test_what_does_not_fit(tmp_path: Path) -> None:
    save_weights(tmp_path, small())
    with pytest.raises(TrainingError, match="do not fit"):
        begin_with(small(widths=(8, 8, 16, 12)), str(tmp_path))
    with pytest.raises(TrainingError, match="do not fit"):
        begin_with(architectures.create("cnn3", 5, {}), str(tmp_path))
    with pytest.raises(UnknownModelError):
        begin_with(small(), str(tmp_path / "nothing"))


def test_a_folder_of_an_earlier_version_has_its_weights_beside_the_network(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(find_model("cnn3").folder, tmp_path / "m"))
    weights = {name: value + 1 for name, value in trained_weights("cnn3").items()}
    save_file(weights, folder / "model.safetensors")
    digest = sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    card = (folder / "card.toml").read_text("utf-8")
    card = card.replace("[sha256]\n", f'[sha256]\n"model.safetensors" = "{digest}"\n')
    (folder / "card.toml").write_text(card, "utf-8")
    found = trained_weights(str(folder))
    assert found.keys() == weights.keys()
    assert all(torch.equal(found[name], value) for name, value in weights.items())


def test_a_taught_model_begins_with_what_it_hears_by(tmp_path: Path) -> None:
    """Its own last layer is not torch's, so a fresh one takes its place."""
    content = find_model("cnn3").checked_bytes("model.onnx")
    taught = graft(content, Layer(np.zeros((160, 2)), np.zeros(2), none=True))
    network = architectures.create("cnn3", 3, {})
    head = network.head.weight.clone()
    assert not begin_with(network, str(write_folder(tmp_path, taught)))
    torch.testing.assert_close(network.head.weight, head)
    shipped = trained_weights("cnn3")
    for name, value in network.state_dict().items():
        assert name.startswith("head.") or torch.equal(value, shipped[name])


def test_a_network_without_training_weights_says_so(tmp_path: Path) -> None:
    folder = rectangle_model(tmp_path, slice(2), slice(2))
    with pytest.raises(TrainingError, match=r"model\.onnx keeps no weights") as refused:
        trained_weights(str(folder))
    assert "\n" not in str(refused.value)
