"""A network with another last layer says what arithmetic says, in every shipped model."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from earmark.errors import ModelError
from earmark.inside.graph import read_graph
from earmark.tagging.calibration import logit
from earmark.teaching.graft import FLATTER, Layer, graft
from earmark.zoo import find_model

TOLERANCE = 2e-3  # of log-odds, which float32 keeps in so flat a curve


def run(content: bytes, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return session.run(["scores", "embedding"], {session.get_inputs()[0].name: windows})


@pytest.mark.parametrize("model", ["default", "small", "cnn3"])
@pytest.mark.parametrize(("kept", "none"), [([], False), ([], True), ([5, 0, 187], True)])
def test_scores_are_the_layer_s(model: str, kept: list[int], none: bool) -> None:
    card = find_model(model)
    content = (card.folder / "model.onnx").read_bytes()
    rng = np.random.default_rng(0)
    windows = rng.random((2, card.window_frames, card.front_end.bands), np.float32) * 3
    old, embedding = run(content, windows)
    layer = Layer(rng.standard_normal((embedding.shape[1], 4)) / 5, np.arange(4.0), none)
    new, same = run(graft(content, layer, kept), windows)
    assert np.array_equal(same, embedding)
    assert np.allclose(new[:, : len(kept)], old[:, kept], atol=1e-6)
    odds = embedding @ layer.weights + layer.offsets
    told = FLATTER * logit(new[:, len(kept) :].astype(np.float64))
    assert np.allclose(told[:, :4], odds, atol=TOLERANCE)
    assert told.shape[1] == 4 + none
    if none:
        assert np.allclose(told[:, 4], -odds.max(1), atol=TOLERANCE)


def test_what_nobody_needs_is_left_out() -> None:
    content = (Path(find_model("default").folder) / "model.onnx").read_bytes()
    layer = Layer(np.zeros((192, 1)), np.zeros(1))
    shapes = [w.shape for w in read_graph(graft(content, layer)).weights.values()]
    assert not any(188 in shape for shape in shapes)
    assert any(188 in w.shape for w in read_graph(graft(content, layer, [0])).weights.values())


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"no network"])
def test_what_is_no_network(content: bytes) -> None:
    with pytest.raises(ModelError, match="not an ONNX network"):
        graft(content, Layer(np.zeros((1, 1)), np.zeros(1)))
