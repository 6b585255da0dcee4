"""Inside a network: a model's card in; kernels of its first layer, and what its layers answer, out.

Kernels are read from the ONNX file. For the answers of a layer the network runs as ever, only with
that layer as one more output (see :mod:`earmark.inside.graph`), so they are what the tagger's own
network computes. Of a convolution that a batch normalisation follows, kernels are shown as the
normalisation scales them. A layer of a quantised network answers with the floats that its 8-bit
numbers stand for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from earmark.errors import ModelError
from earmark.inside.graph import Graph, Node, read_graph, with_outputs
from earmark.session import open_session
from earmark.zoo.card import NETWORK, Card

QUANTISE = "QuantizeLinear"
RECURRENT = ("GRU", "LSTM", "RNN")  # their answers lie over time alone


@dataclass(frozen=True)
class Kernels:
    """Weights of the first convolution.

    Attributes
    ----------
    layer : str, name of the convolution's output, or of its normalisation's
    weights : np.ndarray [shape=(kernels, time, mel), float32]
        Frames by mel bands. A kernel over several input channels counts as several.
    """

    layer: str
    weights: np.ndarray


@dataclass(frozen=True)
class LayerMaps:
    """What a layer answers to one window.

    Attributes
    ----------
    layer : str, name of the tensor in the ONNX file
    depth : int > 0, convolutions on the longest way to it
    maps : np.ndarray [shape=(maps, time, mel), float32], coarser than the window
    bands : (int, int)
        Mel bands that it lies over, the second excluded: all of them, unless the network cuts some
        off before its first convolution.
    """

    layer: str
    depth: int
    maps: np.ndarray
    bands: tuple[int, int]


def first_kernels(card: Card) -> Kernels:
    """Kernels of the first convolution over time and mel.

    Raises
    ------
    ModelError
        The network is damaged, has no such convolution, or keeps its weights elsewhere.
    """
    content, graph, depths, _ = _opened(card)
    convolution = _first_convolution(card, graph, depths)
    weights, layer = graph.weights.get(convolution.inputs[1]), convolution.outputs[0]
    if weights is None:
        raise _cannot(card, f"the weights of its first convolution, {layer!r}, are no plain floats")
    silence = np.zeros((card.window_frames, card.front_end.bands), np.float32)
    _run(card, content, graph, [convolution.inputs[0]], silence)
    scale, layer = _normalisation(graph, layer)
    weights = weights * scale.reshape(-1, 1, 1, 1)
    return Kernels(layer, weights.reshape(-1, *weights.shape[2:]))


def layer_maps(
    card: Card, frames: np.ndarray, layers: Sequence[str] | None = None
) -> list[LayerMaps]:
    """What some layers answer to a window.

    Parameters
    ----------
    card : Card, of the model
    frames : np.ndarray [shape=(card.window_frames, bands), float32], one window of log-mel
    layers : sequence of str or None
        Names as in the ONNX file. None for the last layer of each size before the maps shrink,
        from the first convolution to the last pooling: in a residual network, the first
        convolution and each stage.

    Returns
    -------
    list of LayerMaps, in the given order, or as the network computes them

    Raises
    ------
    ModelError
        The network is damaged, lacks a layer, or has no maps over time and mel.
    """
    content, graph, depths, cuts = _opened(card)
    convolution = _first_convolution(card, graph, depths)
    whole = {name for node in graph.nodes if node.operation == QUANTISE for name in node.outputs}
    inner = [name for name, depth in depths.items() if depth and name not in whole]
    for name in layers or ():
        if name not in inner:
            raise _cannot(card, f"it has no layer {name!r}; it has {', '.join(inner)}")
    names = [convolution.inputs[0], *(inner if layers is None else layers)]
    answers = _run(card, content, graph, names, frames)[1:]
    found = dict(zip(names[1:], answers, strict=True))
    if layers is None:
        # Later names replace earlier ones of the same size.
        last = {a.shape[2:]: name for name, a in found.items() if a.ndim == 4 and a[0, 0].size > 1}
        layers = list(last.values())
    for name in layers:
        if found[name].ndim != 4:
            raise _cannot(card, f"its layer {name!r} has no maps over time and mel")
    pieces = sorted({cut for name in layers for cut in cuts[name]} - set(graph.inputs))
    # Bands that hold their own numbers tell where a piece lies.
    numbers = np.tile(np.arange(frames.shape[1], dtype=np.float32), (len(frames), 1))
    values = _run(card, content, graph, [convolution.inputs[0], *pieces], numbers)[1:]
    spans = {cut: (0, frames.shape[1]) for cut in graph.inputs}
    for cut, value in zip(pieces, values, strict=True):
        spans[cut] = (round(value.min()), round(value.max()) + 1)
    firsts = {name: min(spans[cut][0] for cut in cuts[name]) for name in layers}
    ends = {name: max(spans[cut][1] for cut in cuts[name]) for name in layers}
    return [
        LayerMaps(name, depths[name], found[name][0], (firsts[name], ends[name])) for name in layers
    ]


def _opened(card: Card) -> tuple[bytes, Graph, dict[str, int], dict[str, set[str]]]:
    """The network's file, its graph, and what lies before each tensor.

    Only tensors that follow from the network's input are counted, up to a recurrent layer. Before
    each lie a number of convolutions, and the pieces that were cut out of the input, or the input.
    """
    content = card.checked_bytes(NETWORK)
    try:
        graph = read_graph(content)
    except ModelError as error:
        raise _cannot(card, f"{NETWORK} is {error}") from error
    depths = {name: 0 for name in graph.inputs if name not in graph.weights}
    cuts = {name: {name} for name in depths}
    for node in graph.nodes:
        before = [name for name in node.inputs if name in depths]
        if not before or node.operation in RECURRENT:
            continue
        depth = max(depths[name] for name in before) + (node.operation == "Conv")
        for name in filter(None, node.outputs):
            depths[name] = depth
            cut = node.operation == "Slice" and not depth
            cuts[name] = {name} if cut else set().union(*(cuts[part] for part in before))
    return content, graph, depths, cuts


def _first_convolution(card: Card, graph: Graph, depths: dict[str, int]) -> Node:
    for node in graph.nodes:
        if node.operation == "Conv" and node.inputs[0] in depths:
            return node
    raise _cannot(card, "it has no convolution")


def _normalisation(graph: Graph, layer: str) -> tuple[np.ndarray, str]:
    """What a normalisation that follows a layer multiplies it with, and its output; else 1."""
    for node in graph.nodes:
        if node.operation == "BatchNormalization" and node.inputs[0] == layer:
            slope, _, _, variance = (graph.weights[name] for name in node.inputs[1:])
            return slope / np.sqrt(variance + node.options["epsilon"]), node.outputs[0]
    return np.ones(1, np.float32), layer


def _run(
    card: Card, content: bytes, graph: Graph, names: Sequence[str], frames: np.ndarray
) -> list[np.ndarray]:
    """Values of tensors for one window; the first must be maps with an entry a frame and band."""
    more = dict.fromkeys(name for name in names if name not in graph.outputs)
    try:
        session = open_session(with_outputs(content, more))
        values = session.run(list(names), {session.get_inputs()[0].name: frames[None]})
    except Exception as error:
        raise _cannot(card, f"its network cannot be run ({error})") from error
    if values[0].ndim != 4 or values[0].shape[2:] != (card.window_frames, card.front_end.bands):
        raise _cannot(card, "its first convolution does not run over time and mel")
    return values


def _cannot(card: Card, reason: str) -> ModelError:
    return ModelError(f"model {card.name!r}: {reason}")
