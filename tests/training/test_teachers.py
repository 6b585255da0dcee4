"""Teachers: what small networks of ours say, heard through the class that hears the real ones."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnx", reason="the train extra is not installed")

import onnx
from onnx import TensorProto, helper, numpy_helper

from earmark.training.teachers import (
    EMBEDDING,
    MEL_TEACHERS,
    WINDOW,
    YAMNET_PATCH,
    YAMNET_STARTS,
    Teachers,
)

WIDTH = 8  # of the embeddings


def write_network(path: Path, name: str, shape: list, axis: int, outputs: int) -> np.ndarray:
    """A network whose embedding is eight of its input's means along an axis; its last matrix."""
    rng = np.random.default_rng(len(name))
    places = np.arange(WIDTH)
    last = rng.normal(0, 0.1, (WIDTH, outputs)).astype(np.float32)
    nodes = [
        helper.make_node("ReduceMean", ["sound", "axes"], ["mean"], keepdims=0),
        helper.make_node("Gather", ["mean", "places"], ["embedding"], axis=axis),
        helper.make_node("MatMul", ["embedding", "last"], ["logits"]),
        helper.make_node("Sigmoid", ["logits"], ["scores"]),
    ]
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("sound", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, None)],
        [
            numpy_helper.from_array(last, "last"),
            numpy_helper.from_array(places, "places"),
            numpy_helper.from_array(np.array([1]), "axes"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    model.ir_version = 10
    onnx.save(model, path / f"{name}.onnx")
    return last


@pytest.fixture
def last_layers(tmp_path: Path) -> dict[str, np.ndarray]:
    """Four networks in a folder, and their last matrices."""
    made = {name: write_network(tmp_path, name, ["n", 187, 96], 1, 50) for name in MEL_TEACHERS}
    reshape = numpy_helper.from_array(np.array([1, 100, YAMNET_PATCH // 100]), "shape")
    made["YAMNet"] = write_network(tmp_path, "YAMNet", [1, 100, 156], 1, 521)
    model = onnx.load(tmp_path / "YAMNet.onnx")
    model.graph.initializer.append(reshape)
    model.graph.input[0].CopyFrom(
        helper.make_tensor_value_info("waveform", TensorProto.FLOAT, [YAMNET_PATCH])
    )
    first = helper.make_node("Reshape", ["waveform", "shape"], ["sound"])
    nodes = [first, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, tmp_path / "YAMNet.onnx")
    return made


def test_scores_are_what_last_layers_make_of_embeddings(
    last_layers: dict[str, np.ndarray], tmp_path: Path
) -> None:
    windows = np.random.default_rng(0).normal(0, 0.1, (3, WINDOW)).astype(np.float32)
    heard = Teachers(tmp_path).raw(windows)
    for name, last in last_layers.items():
        embedding, scores = heard[EMBEDDING + name], heard[name]
        assert embedding.shape == (3, WIDTH) and scores.shape == (3, last.shape[1])
        assert np.abs(embedding[0] - embedding[1]).max() > 0
        if name != "YAMNet":  # whose scores are means over patches
            np.testing.assert_allclose(scores, 1 / (1 + np.exp(-embedding @ last)), atol=1e-5)


def test_yamnet_hears_three_patches(last_layers: dict[str, np.ndarray], tmp_path: Path) -> None:
    sound = np.zeros((1, WINDOW), np.float32)
    sound[0, YAMNET_STARTS[1] :][:YAMNET_PATCH] = 0.6
    heard = Teachers(tmp_path).raw(sound)
    np.testing.assert_allclose(heard[EMBEDDING + "YAMNet"][0], 0.6 / 3, atol=1e-5)
    logits = 0.6 * last_layers["YAMNet"].sum(0)
    wanted = (1 / (1 + np.exp(-logits)) + 2 * 0.5) / 3
    np.testing.assert_allclose(heard["YAMNet"][0], wanted, atol=1e-5)
