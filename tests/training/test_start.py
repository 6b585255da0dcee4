"""Beginning with another network's weights: a run's, a shipped model's, with other tags."""

import shutil
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from earmark.errors import TrainingError, UnknownModelError  # noqa: E402
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


def test_a_shipped_model_by_its_name() -> None:
    network = architectures.create("cnn3", 188, {})
    assert begin_with(network, "cnn3")


def test_what_does_not_fit(tmp_path: Path) -> None:
    save_weights(tmp_path, small())
    with pytest.raises(TrainingError, match="do not fit"):
        begin_with(small(embedding=16), str(tmp_path))
    with pytest.raises(TrainingError, match="do not fit"):
        begin_with(architectures.create("cnn3", 5, {}), str(tmp_path))
    with pytest.raises(UnknownModelError):
        begin_with(small(), str(tmp_path / "nothing"))


def test_a_model_without_training_weights_says_where_they_are(tmp_path: Path) -> None:
    for name in ("card.toml", "model.onnx"):
        shutil.copy(find_model("small").folder / name, tmp_path)
    with pytest.raises(TrainingError, match="comes with a checkout") as refused:
        trained_weights(str(tmp_path))
    assert "\n" not in str(refused.value)
