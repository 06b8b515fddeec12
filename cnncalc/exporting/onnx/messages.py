"""ONNX's messages as bytes, as far as a net's structure needs them; `convert.onnx.messages` reads the same fields.

https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from cnncalc.convert.onnx.messages import FLOAT, WEIGHT_LEFT_OUT
from cnncalc.convert.protobuf import BYTES, FIXED32, VARINT

IR_VERSION, OPSET = 10, 21
"""The version of the format, and that of the operators: of ONNX 1.16, from 2024."""

INT64: Final = 7
_FLOAT_ATTRIBUTE, _INT, _STRING, _TENSOR, _INTS = 1, 2, 3, 4, 7
"""The types of attributes."""

Dim = int | str | None
"""A size, the name of one, or nothing for an unknown one."""
Attribute = int | float | str | Sequence[int] | bytes
"""What an operation is told; bytes are a tensor's message."""


@dataclass
class Operation:
    """A NodeProto: an operator with its name, what it reads and what it makes."""

    kind: str
    inputs: list[str]
    output: str
    name: str = ""
    attributes: dict[str, Attribute] = field(default_factory=dict)
    outputs_before: int = 0
    """How many outputs that nobody reads stand before the one that it is written for."""

    def message(self) -> bytes:
        """Writes it."""
        attributes = (_message(5, _attribute(name, value)) for name, value in self.attributes.items())
        return b"".join(
            [
                *(_text(1, name) for name in self.inputs),
                *[_text(2, "")] * self.outputs_before,
                _text(2, self.output),
                _text(3, self.name),
                _text(4, self.kind),
                *attributes,
            ]
        )


def model_message(graph: bytes) -> bytes:
    """Writes a ModelProto around the bytes of a graph."""
    opset = _text(1, "") + _integer(2, OPSET)
    return _integer(1, IR_VERSION) + _text(2, "cnncalc") + _message(8, opset) + _message(7, graph)


def graph_message(
    name: str,
    operations: Iterable[Operation],
    inputs: Iterable[bytes],
    outputs: Iterable[bytes],
    values: Iterable[bytes],
    initializers: Iterable[bytes],
) -> bytes:
    """Writes a GraphProto from the messages in it."""
    parts = [_message(1, operation.message()) for operation in operations]
    parts.append(_text(2, name))
    for number, messages in ((5, initializers), (11, inputs), (12, outputs), (13, values)):
        parts += [_message(number, message) for message in messages]
    return b"".join(parts)


def value_message(name: str, dims: Sequence[Dim], is_weight: bool = False) -> bytes:
    """Writes a ValueInfoProto: the name of a tensor of floats and its sizes."""
    shape = b"".join(_message(1, _dim(size)) for size in dims)
    tensor = _integer(1, FLOAT) + _message(2, shape)
    return _text(1, name) + _message(2, _message(1, tensor)) + (_text(3, WEIGHT_LEFT_OUT) if is_weight else b"")


def zeros_message(name: str, dims: Sequence[int], size: int) -> bytes:
    """Writes a TensorProto of zeros."""
    return _tensor(FLOAT, dims) + _text(8, name) + _message(9, bytes(4 * size))


def integers_message(numbers: Sequence[int]) -> bytes:
    """Writes a TensorProto of integers on one axis."""
    return _tensor(INT64, [len(numbers)]) + _message(9, struct.pack(f"<{len(numbers)}q", *numbers))


def floats_message(numbers: Sequence[float], dims: Sequence[int]) -> bytes:
    """Writes a TensorProto of floats."""
    return _tensor(FLOAT, dims) + _message(9, struct.pack(f"<{len(numbers)}f", *numbers))


def _tensor(kind: int, dims: Sequence[int]) -> bytes:
    return b"".join(_integer(1, size) for size in dims) + _integer(2, kind)


def _dim(size: Dim) -> bytes:
    if size is None:
        return b""
    return _text(2, size) if isinstance(size, str) else _integer(1, size)


def _attribute(name: str, value: Attribute) -> bytes:
    """Writes an AttributeProto: name, value and type."""
    if isinstance(value, int):
        body, kind = _integer(3, value), _INT
    elif isinstance(value, float):
        body, kind = _tag(2, FIXED32) + struct.pack("<f", value), _FLOAT_ATTRIBUTE
    elif isinstance(value, str):
        body, kind = _text(4, value), _STRING
    elif isinstance(value, bytes):
        body, kind = _message(5, value), _TENSOR
    else:
        body, kind = b"".join(_integer(8, number) for number in value), _INTS
    return _text(1, name) + body + _integer(20, kind)


def _integer(number: int, value: int) -> bytes:
    return _tag(number, VARINT) + _varint(value)


def _text(number: int, text: str) -> bytes:
    return _message(number, text.encode("utf-8", "replace"))


def _message(number: int, data: bytes) -> bytes:
    return _tag(number, BYTES) + _varint(len(data)) + data


def _tag(number: int, wire_type: int) -> bytes:
    return _varint(number << 3 | wire_type)


def _varint(value: int) -> bytes:
    """Writes an integer of 64 bits, seven of them per byte, the lowest first."""
    value &= (1 << 64) - 1
    found = bytearray()
    while value >= 0x80:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
