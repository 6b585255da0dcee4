"""A network's ONNX file with another last layer: bytes in, bytes out, without the ``onnx`` package.

The new layer is linear on the embedding. Its scores stand behind those of the old tags that are
kept, and "none of these" may stand last: the more surely, the farther the song is below every new
tag's threshold. What the old network needed for its own scores alone is left out.

The new scores are the logistic function of log-odds divided by `FLATTER`. There the function is
all but a straight line, so that the mean of a song's windows is that of their log-odds, as the
layer was taught on mean embeddings; a card multiplies by as much again (its slope).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from earmark.errors import ModelError
from earmark.inside.graph import (
    ATTRIBUTE_NAME,
    ATTRIBUTE_WHOLE,
    FLOAT,
    GRAPH_NODE,
    GRAPH_OUTPUT,
    GRAPH_WEIGHT,
    MODEL_GRAPH,
    NODE_ATTRIBUTE,
    NODE_INPUT,
    NODE_OPERATION,
    NODE_OUTPUT,
    TENSOR_DIMS,
    TENSOR_NAME,
    TENSOR_RAW,
    TENSOR_TYPE,
    VALUE_NAME,
    VARINT,
    Value,
    bytes_field,
    fields_of,
)

FLATTER = 256.0  # large enough for a straight line, small enough for float32
GRAPH_VALUE = 13  # types of tensors in between
ATTRIBUTE_TYPE, WHOLE_TYPE = 20, 2
WHOLE = 7  # int64
SCORES, EMBEDDING, OURS = "scores", "embedding", "earmark_own_"


@dataclass(frozen=True)
class Layer:
    """A new last layer.

    Attributes
    ----------
    weights : np.ndarray [shape=(d, tags)]
    offsets : np.ndarray [shape=(tags,)], so that log-odds are over 0 where a tag is shown
    none : bool, whether "none of these" follows the tags
    """

    weights: np.ndarray
    offsets: np.ndarray
    none: bool = False


def graft(content: bytes, layer: Layer, kept: Sequence[int] = ()) -> bytes:
    """The network with a new last layer.

    Parameters
    ----------
    content : bytes, of an ONNX file with outputs ``scores`` and ``embedding``
    layer : Layer
    kept : sequence of int, places of old scores that stand before the new ones

    Raises
    ------
    ModelError
        It is no ONNX file with these outputs.
    """
    try:
        whole = list(fields_of(memoryview(content)))
        graph = [
            field for number, value in whole if number == MODEL_GRAPH for field in fields_of(value)
        ]
        body = _with_layer(graph, layer, kept)
    except (ValueError, IndexError, TypeError) as error:
        raise ModelError(f"not an ONNX network that can be read ({error})") from error
    rest = [(number, value) for number, value in whole if number != MODEL_GRAPH]
    return _message(rest) + bytes_field(MODEL_GRAPH, body)


def _with_layer(graph: list[tuple[int, Value]], layer: Layer, kept: Sequence[int]) -> bytes:
    outputs = {_name(value) for number, value in graph if number == GRAPH_OUTPUT}
    if not {SCORES, EMBEDDING} <= outputs:
        raise ValueError("it has no scores or no embedding")
    old = OURS + "old"
    graph = [
        (number, _renamed(value, old) if number == GRAPH_NODE else value)
        for number, value in graph
        if number != GRAPH_VALUE and not (number == GRAPH_OUTPUT and _name(value) == SCORES)
    ]
    graph = _needed(graph, {EMBEDDING, *([old] if kept else [])})
    added = bytes_field(GRAPH_OUTPUT, bytes_field(VALUE_NAME, SCORES.encode()))
    return _message(graph) + b"".join(_layer(layer, old, kept)) + added


def _layer(layer: Layer, old: str, kept: Sequence[int]) -> Iterable[bytes]:
    """Nodes and weights of the new layer."""
    parts = []
    if kept:
        yield _stored("places", np.array(kept, "<i8"), WHOLE)
        yield _node("Gather", [old, OURS + "places"], OURS + "kept", axis=1)
        parts.append(OURS + "kept")
    yield _stored("weights", layer.weights.astype("<f4"), FLOAT)
    yield _stored("offsets", layer.offsets.astype("<f4"), FLOAT)
    yield _stored("flatter", np.array(1 / FLATTER, "<f4"), FLOAT)
    yield _node("Gemm", [EMBEDDING, OURS + "weights", OURS + "offsets"], OURS + "odds")
    odds = OURS + "odds"
    if layer.none:
        yield _stored("axis", np.array([1], "<i8"), WHOLE)
        yield _node("ReduceMax", [odds, OURS + "axis"], OURS + "most", keepdims=1)
        yield _node("Neg", [OURS + "most"], OURS + "none")
        yield _node("Concat", [odds, OURS + "none"], OURS + "all", axis=1)
        odds = OURS + "all"
    yield _node("Mul", [odds, OURS + "flatter"], OURS + "flat")
    if not kept:
        yield _node("Sigmoid", [OURS + "flat"], SCORES)
        return
    yield _node("Sigmoid", [OURS + "flat"], OURS + "new")
    yield _node("Concat", [*parts, OURS + "new"], SCORES, axis=1)


def _needed(graph: list[tuple[int, Value]], wanted: set[str]) -> list[tuple[int, Value]]:
    """The graph without nodes and weights that nothing wanted depends on."""
    wanted, left = set(wanted), []
    for number, value in reversed([field for field in graph if field[0] == GRAPH_NODE]):
        if wanted.intersection(_texts(value, NODE_OUTPUT)):
            wanted.update(_texts(value, NODE_INPUT))
            left.append((number, value))
    rest = [
        (number, value)
        for number, value in graph
        if number != GRAPH_NODE
        and not (number == GRAPH_WEIGHT and _texts(value, TENSOR_NAME)[0] not in wanted)
    ]
    return [*left[::-1], *rest]


def _renamed(node: Value, old: str) -> bytes:
    """A node that writes or reads `old` where it wrote or read the scores."""
    return _message(
        (
            number,
            old.encode() if number in (NODE_INPUT, NODE_OUTPUT) and value == b"scores" else value,
        )
        for number, value in fields_of(node)
    )


def _message(fields: Iterable[tuple[int, Value | bytes]]) -> bytes:
    """Fields as bytes; such of fixed length do not occur where this is used."""
    return b"".join(
        _whole_field(number, value) if isinstance(value, int) else bytes_field(number, bytes(value))
        for number, value in fields
    )


def _whole_field(number: int, value: int) -> bytes:
    return _varint(number << 3 | VARINT) + _varint(value)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _stored(name: str, values: np.ndarray, kind: int) -> bytes:
    """A weight of the graph."""
    dims = b"".join(_whole_field(TENSOR_DIMS, size) for size in values.shape)
    tensor = dims + _whole_field(TENSOR_TYPE, kind)
    tensor += bytes_field(TENSOR_NAME, (OURS + name).encode())
    return bytes_field(GRAPH_WEIGHT, tensor + bytes_field(TENSOR_RAW, values.tobytes()))


def _node(operation: str, inputs: list[str], output: str, **wholes: int) -> bytes:
    node = b"".join(bytes_field(NODE_INPUT, name.encode()) for name in inputs)
    node += bytes_field(NODE_OUTPUT, output.encode())
    node += bytes_field(NODE_OPERATION, operation.encode())
    for name, value in wholes.items():
        attribute = bytes_field(ATTRIBUTE_NAME, name.encode())
        attribute += _whole_field(ATTRIBUTE_WHOLE, value) + _whole_field(ATTRIBUTE_TYPE, WHOLE_TYPE)
        node += bytes_field(NODE_ATTRIBUTE, attribute)
    return bytes_field(GRAPH_NODE, node)


def _texts(message: Value, wanted: int) -> list[str]:
    return [bytes(value).decode() for number, value in fields_of(message) if number == wanted]


def _name(value: Value) -> str:
    return _texts(value, VALUE_NAME)[0]
