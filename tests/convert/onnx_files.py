"""Writes small ONNX files for tests, straight in protocol buffers' wire format (https://onnx.ai, onnx.proto)."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import NamedTuple

Sizes = Sequence[int | str]
FLOAT, INT64 = 1, 7


def varint(number: int) -> bytes:
    """An integer of seven bits per byte."""
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def field(number: int, value: int | str | bytes) -> bytes:
    """A field: an integer, or a text or message with its length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def attribute(name: str, value: object) -> bytes:
    """An attribute of a node: an integer, a float, a text, integers, a tensor or a graph, which are bytes already."""
    out = field(1, name)
    if isinstance(value, Tensor):
        return out + field(5, value.data) + field(20, 4)
    if isinstance(value, bytes):
        return out + field(6, value) + field(20, 5)
    if isinstance(value, int):
        return out + field(3, value) + field(20, 2)
    if isinstance(value, float):
        return out + varint(2 << 3 | 5) + struct.pack("<f", value) + field(20, 1)
    if isinstance(value, str):
        return out + field(4, value) + field(20, 3)
    assert isinstance(value, list)
    return out + b"".join(field(8, entry) for entry in value) + field(20, 7)


class Tensor(NamedTuple):
    """A TensorProto."""

    data: bytes


def tensor(name: str, sizes: Sequence[int], values: Sequence[int] | Sequence[float] | None = None) -> Tensor:
    """A tensor: integers, floats, or floats whose data is not in the file."""
    is_whole = values is not None and all(isinstance(value, int) for value in values)
    out = b"".join(field(1, size) for size in sizes) + field(2, INT64 if is_whole else FLOAT) + field(8, name)
    if values is not None:
        out += field(9, struct.pack(f"<{len(values)}{'q' if is_whole else 'f'}", *values))
    return Tensor(out)


def node(
    kind: str, inputs: str, outputs: str, metadata: Mapping[str, str] | None = None, **attributes: object
) -> bytes:
    """A node; the names of its inputs and outputs with spaces between them, `-` for one that is left out."""
    names = [field(1, "" if name == "-" else name) for name in inputs.split()]
    names += [field(2, name) for name in outputs.split()]
    entries = [field(9, field(1, key) + field(2, text)) for key, text in (metadata or {}).items()]
    given = [field(5, attribute(name, value)) for name, value in attributes.items()]
    return b"".join([*names, field(3, f"node_{outputs.split()[0]}"), field(4, kind), *given, *entries])


def value(name: str, sizes: Sizes | None) -> bytes:
    """A ValueInfoProto of a tensor of floats; a text is a size that is not known, None a shape that is not told."""
    if sizes is None:
        return field(1, name)
    dims = b"".join(field(1, field(2 if isinstance(size, str) else 1, size)) for size in sizes)
    return field(1, name) + field(2, field(1, field(1, FLOAT) + field(2, dims)))


def graph(
    nodes: Sequence[bytes], inputs: Mapping[str, Sizes], outputs: Mapping[str, Sizes | None],
    weights: Sequence[Tensor] = (), known: Mapping[str, Sizes] | None = None, signature: str = "",
) -> bytes:  # fmt: skip
    """A GraphProto. `known` are the sizes that the file declares of tensors in between."""
    out = [field(1, one) for one in nodes] + [field(5, weight.data) for weight in weights]
    for number, values in ((11, inputs), (12, outputs), (13, known or {})):
        out += [field(number, value(name, sizes)) for name, sizes in values.items()]
    if signature:
        key = "pkg.torch.export.ExportedProgram.graph_signature"
        out.append(field(16, field(1, key) + field(2, signature)))
    return b"".join(out)


def model(graph: bytes, opset: int = 17) -> bytes:
    """A ModelProto."""
    return field(1, 8) + field(2, "pytorch") + field(7, graph) + field(8, field(1, "") + field(2, opset))
