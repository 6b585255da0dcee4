"""Model folders made on the spot, whose networks do something that is known."""

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

FRAMES, BANDS = 94, 96
TAGS = ("rock", "violin")


def write_model(
    folder: Path, nodes: list, weights: dict[str, np.ndarray], name: str = "tiny"
) -> Path:
    """A model folder with these ONNX nodes between ``mel`` and ``scores``, and no calibration."""
    onnx = pytest.importorskip("onnx", reason="making a network needs onnx")
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [*nodes, onnx.helper.make_node("Identity", ["scores"], ["embedding"])],
        name,
        [value("mel", onnx.TensorProto.FLOAT, ["n", FRAMES, BANDS])],
        [value(out, onnx.TensorProto.FLOAT, ["n", len(TAGS)]) for out in ("scores", "embedding")],
        [onnx.numpy_helper.from_array(array, key) for key, array in weights.items()],
    )
    model = onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", 18)], ir_version=10
    )
    return write_folder(folder, model.SerializeToString(), name)


def write_folder(folder: Path, network: bytes, name: str = "tiny") -> Path:
    """A model folder around the bytes of a network."""
    folder.mkdir(exist_ok=True)
    (folder / "model.onnx").write_bytes(network)
    tags = "\n".join(
        f"[[tag]]\nname = {json.dumps(tag)}\nslope = 1.0\noffset = 0.0\nthreshold = 0.5"
        for tag in TAGS
    )
    (folder / "card.toml").write_text(
        f'name = "{name}"\nsummary = "made for a test"\n'
        "[front_end]\nsample_rate = 16000\nn_fft = 1024\nhop_length = 512\n"
        f"n_mels = {BANDS}\n[window]\nframes = {FRAMES}\n"
        f'[sha256]\n"model.onnx" = "{sha256(network).hexdigest()}"\n{tags}\n',
        encoding="utf-8",
    )
    return folder


def rectangle_model(folder: Path, times: slice, bands: slice) -> Path:
    """Score of "rock" is the sigmoid of the mean over a rectangle; "violin" is always .5."""
    onnx = pytest.importorskip("onnx", reason="making a network needs onnx")
    mask = np.zeros((FRAMES, BANDS), np.float32)
    mask[times, bands] = 1 / mask[times, bands].size
    weights = np.stack([mask.ravel(), np.zeros(mask.size, np.float32)], axis=1)
    node = onnx.helper.make_node
    nodes = [
        node("Flatten", ["mel"], ["flat"], axis=1),
        node("MatMul", ["flat", "mask"], ["logits"]),
        node("Sigmoid", ["logits"], ["scores"]),
    ]
    return write_model(folder, nodes, {"mask": weights})


def convolution_model(folder: Path, kernels: np.ndarray, transpose: bool = False) -> Path:
    """One convolution, its largest answers as scores; with `transpose` over mel and time."""
    onnx = pytest.importorskip("onnx", reason="making a network needs onnx")
    node = onnx.helper.make_node
    nodes = [
        node("Unsqueeze", ["mel", "one"], ["channel"]),
        node("Transpose", ["channel"], ["turned"], perm=[0, 1, 3, 2]),
        node("Conv", ["turned" if transpose else "channel", "kernels"], ["answers"]),
        node("ReduceMax", ["answers", "both"], ["largest"], keepdims=0),
        node("Sigmoid", ["largest"], ["scores"]),
    ]
    numbers = {"one": np.array([1]), "both": np.array([2, 3])}
    return write_model(folder, nodes, {"kernels": kernels, **numbers})


def loudness_network(path: Path, slopes: np.ndarray, offsets: np.ndarray) -> None:
    """An ONNX file: each score is the sigmoid of a line over the mean of log-mel."""
    onnx = pytest.importorskip("onnx", reason="making a network needs onnx")
    node, value = onnx.helper.make_node, onnx.helper.make_tensor_value_info
    weights = {"frames and bands": np.array([1, 2]), "one": np.array([1])}
    weights |= {"slopes": np.float32(slopes)[None], "offsets": np.float32(offsets)[None]}
    graph = onnx.helper.make_graph(
        [
            node("ReduceMean", ["mel", "frames and bands"], ["mean"], keepdims=0),
            node("Unsqueeze", ["mean", "one"], ["embedding"]),
            node("Mul", ["embedding", "slopes"], ["turned"]),
            node("Add", ["turned", "offsets"], ["logits"]),
            node("Sigmoid", ["logits"], ["scores"]),
        ],
        "loudness",
        [value("mel", onnx.TensorProto.FLOAT, ["n", "frames", "bands"])],
        [
            value("scores", onnx.TensorProto.FLOAT, ["n", len(slopes)]),
            value("embedding", onnx.TensorProto.FLOAT, ["n", 1]),
        ],
        [onnx.numpy_helper.from_array(array, key) for key, array in weights.items()],
    )
    model = onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", 18)], ir_version=10
    )
    path.write_bytes(model.SerializeToString())
