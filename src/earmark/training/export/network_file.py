"""A network as the ONNX file that the tagger runs and that training reads back.

In the file lies what torch has: matrices and kernels in half precision, each with a node that makes
it float32, vectors as they are, and normalisations as nodes of their own. ONNX Runtime computes
with what a file of twice the size would hold, for it turns constants into float32 and takes
normalisations into convolutions when it opens the file.
"""

import logging
import warnings
from itertools import chain
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import ModelProto, TensorProto, helper, numpy_helper
from onnxscript import optimizer
from torch import nn

from earmark.atomic import atomic_file
from earmark.inside.graph import read_graph
from earmark.sound import FrontEnd

OPSET = 18
TORCH = "torch."  # before the names that torch has for weights
INNER = "network."  # before the same in what is exported
SINGLE = ".float32"  # after the name of what is stored in half precision
MEAN, COUNT = ".running_mean", ".num_batches_tracked"
DEQUANTISE = "DequantizeLinear"


class Shipped(nn.Module):
    """The network with its activation: scores in [0, 1] and the embedding."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, mel: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Scores (n, tags) in [0, 1] and embedding (n, d) of log-mel windows."""
        logits, embedding = self.network(mel)
        softmax = self.network.activation == "softmax"
        return logits.softmax(1) if softmax else logits.sigmoid(), embedding


def write_onnx(network: nn.Module, front_end: FrontEnd, frames: int, path: Path) -> None:
    """Write ONNX: ``mel`` (n, frames, bands) in, ``scores`` and ``embedding`` out.

    The network's matrices and kernels are first rounded to half precision, in place, so that torch
    and the file have the same numbers. On windows of valid songs no raw score of a shipped neural
    network moved by more than .003 for it, none of ``ar`` by more than .016.

    Parameters
    ----------
    network : nn.Module, on the processor
    front_end : FrontEnd
    frames : int > 0, of a window
    path : Path, of the file
    """
    network.load_state_dict(halved(network.state_dict()))
    shipped = Shipped(network).eval()
    _export(shipped, torch.rand(2, frames, front_end.bands), path)
    weights = {INNER + name: value for name, value in halved(network.state_dict()).items()}
    model = onnx.load(path)
    _take_out(model, weights)  # for the optimiser would fold them into each other
    model = optimizer.optimize(model)
    _put_back(model, weights)
    _forget_origins(model)
    with atomic_file(path, "wb") as file:
        file.write(model.SerializeToString())


def halved(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Weights with matrices and kernels rounded to float16.

    Vectors stay as they are, for a running variance may be too small for it.
    """
    return {
        name: tensor.half() if tensor.dim() > 1 and tensor.is_floating_point() else tensor
        for name, tensor in weights.items()
    }


def read_weights(content: bytes) -> dict[str, torch.Tensor]:
    """What :func:`write_onnx` has stored, as float32 under the names that torch has.

    How many batches a normalisation has seen is not stored, as nothing uses it, and is 0.

    Parameters
    ----------
    content : bytes, of an ONNX file

    Returns
    -------
    dict, empty where the weights are not those of training: in 8 bits, or folded

    Raises
    ------
    ModelError
        It is no ONNX file.
    """
    graph = read_graph(content)
    if any(node.operation == DEQUANTISE for node in graph.nodes):
        return {}
    weights = {
        name.removeprefix(TORCH): torch.from_numpy(values.copy())
        for name, values in graph.weights.items()
        if name.startswith(TORCH) and not name.endswith(SINGLE)
    }
    counts = [name.removesuffix(MEAN) + COUNT for name in weights if name.endswith(MEAN)]
    return weights | {name: torch.tensor(0) for name in counts}


def _export(shipped: Shipped, example: torch.Tensor, path: Path) -> None:
    """Write the network as torch has it."""
    log = logging.getLogger("torch.onnx")
    before = log.level
    log.setLevel(logging.ERROR)  # it warns of packages that are not needed
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                shipped,
                (example,),
                str(path),
                input_names=["mel"],
                output_names=["scores", "embedding"],
                opset_version=OPSET,
                dynamic_shapes={"mel": {0: torch.export.Dim("n")}},
                dynamo=True,
                external_data=False,
                optimize=False,
                verbose=False,
            )
    finally:
        log.setLevel(before)


def _take_out(model: ModelProto, weights: dict[str, torch.Tensor]) -> None:
    """Turn stored weights into inputs of the network."""
    graph = model.graph
    stored = list(graph.initializer)
    del graph.initializer[:]
    for tensor in stored:
        if tensor.name in weights:
            value = helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims)
            graph.input.append(value)
        else:
            graph.initializer.append(tensor)


def _put_back(model: ModelProto, weights: dict[str, torch.Tensor]) -> None:
    """Store weights in place of the inputs of their names, those in half precision with a cast."""
    graph, casts, names = model.graph, [], {}
    inputs = list(graph.input)
    del graph.input[:]
    for value in inputs:
        if value.name not in weights:
            graph.input.append(value)
            continue
        tensor, name = weights[value.name], TORCH + value.name.removeprefix(INNER)
        stored = numpy_helper.from_array(np.ascontiguousarray(tensor.numpy()), name)
        graph.initializer.append(stored)
        names[value.name] = name
        if stored.data_type == TensorProto.FLOAT16:
            names[value.name] = name + SINGLE
            casts.append(helper.make_node("Cast", [name], [name + SINGLE], to=TensorProto.FLOAT))
    nodes = list(graph.node)
    for node in nodes:
        node.input[:] = [names.get(name, name) for name in node.input]
    del graph.node[:]
    graph.node.extend([*casts, *nodes])


def _forget_origins(model: ModelProto) -> None:
    """Take out where the exporter's code and its caller's lie on this machine.

    So the same network makes the same file everywhere.
    """
    graph = model.graph
    parts = (graph.node, graph.input, graph.output, graph.value_info, graph.initializer)
    for part in (model, graph, *chain.from_iterable(parts)):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
