"""Four teachers that are small networks of ours, in a folder like that of the real ones."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from workshop.teachers import MEL_TEACHERS, YAMNET_PATCH

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


def write_teachers(folder: Path) -> dict[str, np.ndarray]:
    """Write four networks; their last matrices."""
    made = {name: write_network(folder, name, ["n", 187, 96], 1, 50) for name in MEL_TEACHERS}
    reshape = numpy_helper.from_array(np.array([1, 100, YAMNET_PATCH // 100]), "shape")
    made["YAMNet"] = write_network(folder, "YAMNet", [1, 100, 156], 1, 521)
    model = onnx.load(folder / "YAMNet.onnx")
    model.graph.initializer.append(reshape)
    model.graph.input[0].CopyFrom(
        helper.make_tensor_value_info("waveform", TensorProto.FLOAT, [YAMNET_PATCH])
    )
    first = helper.make_node("Reshape", ["waveform", "shape"], ["sound"])
    nodes = [first, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, folder / "YAMNet.onnx")
    return made
