"""A network's ONNX file as plain data: bytes in; its nodes and weights, or more outputs, out.

ONNX is a protocol buffer, whose wire format is small enough to read here: fields of a number and a
value, one after the other (https://protobuf.dev/programming-guides/encoding). So nobody needs the
``onnx`` package to look into a model. Numbers of fields are those of ``onnx.proto``.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from earmark.errors import ModelError

MODEL_GRAPH = 7
GRAPH_NODE, GRAPH_WEIGHT, GRAPH_INPUT, GRAPH_OUTPUT = 1, 5, 11, 12
NODE_INPUT, NODE_OUTPUT, NODE_OPERATION, NODE_ATTRIBUTE = 1, 2, 4, 5
ATTRIBUTE_NAME, ATTRIBUTE_FLOAT, ATTRIBUTE_WHOLE = 1, 2, 3
TENSOR_DIMS, TENSOR_TYPE, TENSOR_FLOATS, TENSOR_WHOLES, TENSOR_NAME, TENSOR_RAW = 1, 2, 4, 5, 8, 9
VALUE_NAME = 1
FLOAT, UINT8, INT8, INT32, FLOAT16, DOUBLE = 1, 2, 3, 6, 10, 11
KINDS = {FLOAT: "<f4", UINT8: "u1", INT8: "i1", INT32: "<i4", FLOAT16: "<f2", DOUBLE: "<f8"}
CAST, DEQUANTISE = "Cast", "DequantizeLinear"
VARINT, LENGTH = 0, 2  # wire types
SIZES = {1: 8, 5: 4}  # bytes of the other two

Value = int | memoryview


@dataclass(frozen=True)
class Node:
    """One step of the computation.

    Attributes
    ----------
    operation : str, as "Conv"
    inputs, outputs : tuple of str, names of tensors; '' for an optional one that is left out
    options : dict of str -> int or float, attributes that are one number
    """

    operation: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    options: dict[str, int | float]


@dataclass(frozen=True)
class Graph:
    """What a network computes.

    Attributes
    ----------
    nodes : tuple of Node, each after those whose outputs it needs
    weights : dict of str -> np.ndarray [float32], those that are floats, and for those of half
        precision and of 8 bits the floats that they stand for, too, under the name of what a node
        makes of them
    inputs, outputs : tuple of str
    """

    nodes: tuple[Node, ...]
    weights: dict[str, np.ndarray]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def read_graph(content: bytes) -> Graph:
    """Read an ONNX file.

    Parameters
    ----------
    content : bytes, of the whole file; weights that lie in a second file are left out

    Raises
    ------
    ModelError
        It is no ONNX file.
    """
    try:
        # A message that comes in parts is one message: its parts' fields count together.
        parts = [value for number, value in fields_of(memoryview(content)) if number == MODEL_GRAPH]
        fields = [field for part in parts for field in fields_of(part)]
        stored = dict(_stored(value) for value in _all(fields, GRAPH_WEIGHT))
        floats = {
            name: values.astype(np.float32)
            for name, values in stored.items()
            if values is not None and values.dtype.kind == "f"
        }
        nodes = tuple(_node(value) for value in _all(fields, GRAPH_NODE))
        return Graph(
            nodes,
            floats | dict(_given(nodes, floats)) | dict(_dequantised(nodes, stored)),
            tuple(_name(value) for value in _all(fields, GRAPH_INPUT)),
            tuple(_name(value) for value in _all(fields, GRAPH_OUTPUT)),
        )
    except (ValueError, IndexError, TypeError) as error:
        raise ModelError(f"not an ONNX network that can be read ({error})") from error


def with_outputs(content: bytes, names: Collection[str]) -> bytes:
    """The same network with more of its tensors as outputs.

    Protocol buffers merge what they read twice, so a second graph at the end of the file, of
    nothing but outputs, adds them to the first. ONNX Runtime finds out their types by itself.

    Parameters
    ----------
    content : bytes, of an ONNX file
    names : collection of str, outputs of nodes that are not yet outputs of the network
    """
    outputs = (bytes_field(VALUE_NAME, name.encode()) for name in names)
    graph = b"".join(bytes_field(GRAPH_OUTPUT, output) for output in outputs)
    return content + bytes_field(MODEL_GRAPH, graph)


def fields_of(message: memoryview) -> Iterator[tuple[int, Value]]:
    """Number and value of each field of a message."""
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        kind = key & 7
        if kind == VARINT:
            value, place = _varint(message, place)
            yield key >> 3, value
            continue
        if kind == LENGTH:
            size, place = _varint(message, place)
        elif kind in SIZES:
            size = SIZES[kind]
        else:
            raise ValueError(f"a field of kind {kind}")
        if place + size > len(message):
            raise ValueError("it is cut short")
        yield key >> 3, message[place : place + size]
        place += size


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    """A whole number of seven bits a byte, the lowest first, and where it ends."""
    value = shift = 0
    while True:
        byte = message[place]
        value |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if byte < 128:
            return value, place


def bytes_field(number: int, content: bytes) -> bytes:
    """A field of a message that holds bytes, as text or another message are."""
    head, length = number << 3 | LENGTH, len(content)
    sizes = bytearray([head])
    while length > 127:
        sizes.append(length & 127 | 128)
        length >>= 7
    return bytes(sizes) + bytes([length]) + content


def _all(fields: Iterable[tuple[int, Value]], wanted: int) -> list[Value]:
    return [value for number, value in fields if number == wanted]


def _text(value: Value) -> str:
    return bytes(value).decode("utf-8")


def _name(value: Value) -> str:
    return _text(_all(fields_of(value), VALUE_NAME)[0])


def _node(value: Value) -> Node:
    fields = list(fields_of(value))
    return Node(
        "".join(map(_text, _all(fields, NODE_OPERATION))),
        tuple(map(_text, _all(fields, NODE_INPUT))),
        tuple(map(_text, _all(fields, NODE_OUTPUT))),
        dict(filter(None, map(_option, _all(fields, NODE_ATTRIBUTE)))),
    )


def _option(value: Value) -> tuple[str, int | float] | None:
    """Name and value of an attribute that is one number."""
    fields = list(fields_of(value))
    name = _text(_all(fields, ATTRIBUTE_NAME)[0])
    for number, content in fields:
        if number == ATTRIBUTE_WHOLE:
            return name, _whole_numbers([content])[0]
        if number == ATTRIBUTE_FLOAT:
            return name, np.frombuffer(content, "<f4").item()
    return None


def _stored(value: Value) -> tuple[str, np.ndarray | None]:
    """Name and values of a stored tensor; None where they are of no known kind, or elsewhere."""
    fields = list(fields_of(value))
    name = "".join(map(_text, _all(fields, TENSOR_NAME)))
    kind = KINDS.get(next(iter(_all(fields, TENSOR_TYPE)), 0))
    shape = _whole_numbers(_all(fields, TENSOR_DIMS))
    # Raw bytes of any kind, or packed float32.
    stored = _all(fields, TENSOR_RAW) or _all(fields, TENSOR_FLOATS)
    wholes = _all(fields, TENSOR_WHOLES)
    if kind is None or not (stored or wholes):
        return name, None
    if stored and isinstance(stored[0], memoryview):
        return name, np.frombuffer(b"".join(stored), kind).reshape(shape)
    if np.dtype(kind).kind == "f" or not wholes:
        return name, None
    return name, np.array(_whole_numbers(wholes)).astype(kind).reshape(shape)


def _given(
    nodes: Iterable[Node], floats: dict[str, np.ndarray]
) -> Iterator[tuple[str, np.ndarray]]:
    """Name and values of stored floats that nodes make longer."""
    for node in nodes:
        if node.operation == CAST and node.inputs[0] in floats and node.options["to"] == FLOAT:
            yield node.outputs[0], floats[node.inputs[0]]


def _dequantised(
    nodes: Iterable[Node], stored: dict[str, np.ndarray | None]
) -> Iterator[tuple[str, np.ndarray]]:
    """Name and values of stored whole numbers that nodes turn into floats."""
    for node in nodes:
        if node.operation != DEQUANTISE or stored.get(node.inputs[0]) is None:
            continue
        numbers, scale, *zero = (stored.get(name) for name in node.inputs)
        if scale is None or any(one is None for one in zero):
            continue
        # One scale for all, or one for each place of an axis, 1 if the node does not say which.
        shape = [1] * numbers.ndim
        if scale.size > 1:
            shape[node.options.get("axis", 1)] = -1
        middle = zero[0].astype(np.float32).reshape(shape) if zero else np.float32(0)
        yield node.outputs[0], ((numbers - middle) * scale.reshape(shape)).astype(np.float32)


def _whole_numbers(values: list[Value]) -> list[int]:
    """A repeated whole number, which is stored one a field or packed."""
    numbers = []
    for value in values:
        if isinstance(value, int):
            numbers.append(value)
            continue
        place = 0
        while place < len(value):
            number, place = _varint(value, place)
            numbers.append(number)
    return [
        number - (1 << 64) if number >> 63 else number for number in numbers
    ]  # two's complement
