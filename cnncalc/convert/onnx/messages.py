"""ONNX's messages, as far as a net's structure needs them: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

A tensor's data is read only if it is small; large weights stay where they are, in the file or in another one.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cnncalc.convert.channels_first.operations import (
    MOST_OPERATIONS,
    Constant,
    Dims,
    Operation,
    Scalar,
    TensorGraph,
    too_many_operations,
)  # fmt: skip
from cnncalc.convert.graph import ReadingProblem
from cnncalc.convert.protobuf import (
    as_floats,
    as_integer,
    as_integers,
    as_message,
    as_text,
    damaged,
    read_fields,
)  # fmt: skip

SMALL: Final = 1024
"""Of a tensor with more entries the data is not read."""
DEEPEST: Final = 20
"""Graphs inside graphs, at most."""
MOST_AXES: Final = 64

FLOAT, FLOAT16, STRING, BOOL, BFLOAT16, DOUBLE = 1, 10, 8, 9, 16, 11
_FORMATS: Final = {
    FLOAT: "f", 2: "B", 3: "b", 4: "H", 5: "h", 6: "i", 7: "q", BOOL: "?", FLOAT16: "e", DOUBLE: "d", 12: "I", 13: "Q",
}  # fmt: skip
"""How the entries of each data type are written: `struct`'s letters."""
WEIGHT_LEFT_OUT: Final = "a weight that is left out"
"""What the description of a graph's input says if it stands for a weight: `export --weights none` writes it."""
FLOATS: Final = frozenset({FLOAT, FLOAT16, BFLOAT16, DOUBLE})
_COMPUTED: Final = re.compile(r"onnx::(?!MatMul|Gemm|Conv|[A-Z][A-Za-z]*Norm)[A-Z][A-Za-z]*_\d+$")
"""What PyTorch's older exporter calls a tensor that it has computed ahead, rather than taken from the net."""


@dataclass(slots=True)
class Function:
    """A function of the model's own, which its nodes call as an operation."""

    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    nodes: list[memoryview] = field(default_factory=list)


@dataclass(slots=True)
class Model:
    """A whole file: its graph, the version of the operators, who wrote it, and functions by domain and name."""

    graph: TensorGraph
    opset: int
    producer: str
    functions: dict[tuple[str, str], Function]


def read_model(data: memoryview) -> Model:
    """Reads a ModelProto. Raises: ReadingProblem: if it is damaged or holds no graph."""
    opset, producer, version, graph = 0, "", "", None
    functions: dict[tuple[str, str], Function] = {}
    for number, value in read_fields(data):
        if number == 2:
            producer = as_text(value)
        elif number == 3:
            version = as_text(value)
        elif number == 7:
            graph = as_message(value)
        elif number == 8:
            domain, opset_version = _read_opset(as_message(value))
            if domain in ("", "ai.onnx"):
                opset = opset_version
        elif number == 25:
            key, function = _read_function(as_message(value))
            functions[key] = function
    if graph is None:
        raise ReadingProblem("damaged-file", "the file holds no graph", expected="an ONNX model")
    return Model(read_graph(graph, DEEPEST), opset, f"{producer} {version}".strip(), functions)


def _read_opset(message: memoryview) -> tuple[str, int]:
    domain, version = "", 0
    for number, value in read_fields(message):
        if number == 1:
            domain = as_text(value)
        elif number == 2:
            version = as_integer(value)
    return domain, version


def _read_function(message: memoryview) -> tuple[tuple[str, str], Function]:
    name = domain = ""
    function = Function()
    for number, value in read_fields(message):
        if number == 1:
            name = as_text(value)
        elif number == 4:
            function.inputs.append(as_text(value))
        elif number == 5:
            function.outputs.append(as_text(value))
        elif number == 7:
            function.nodes.append(as_message(value))
        elif number == 10:
            domain = as_text(value)
    return (domain, name), function


def read_graph(message: memoryview, depth: int) -> TensorGraph:
    """Reads a GraphProto; `depth` is how many graphs may be inside each other here."""
    if not depth:
        raise ReadingProblem("damaged-file", f"graphs stand inside each other more than {DEEPEST} deep")
    graph = TensorGraph("", {}, [], [], {})
    nodes = [as_message(value) for number, value in read_fields(message) if number == 1]
    if len(nodes) > MOST_OPERATIONS:
        raise too_many_operations(len(nodes))
    graph.operations = [read_node(node, depth) for node in nodes]
    for number, value in read_fields(message):
        if number == 1:
            continue
        if number == 2:
            graph.name = as_text(value)
        elif number == 5:
            name, constant = read_tensor(as_message(value))
            graph.constants[name] = constant
        elif number == 11:
            name, dims = _read_value_info(as_message(value))
            if dims is not None and None not in dims and _is_weight(as_message(value)):
                size = math.prod(size or 0 for size in dims)
                graph.constants[name] = Constant(dims, sources={name: size})
            else:
                graph.inputs[name] = () if dims is None else dims
        elif number == 12:
            name, dims = _read_value_info(as_message(value))
            graph.outputs.append(name)
            if dims is not None:
                graph.declared[name] = dims
        elif number == 13:
            name, dims = _read_value_info(as_message(value))
            if dims is not None:
                graph.declared[name] = dims
        elif number == 15:
            raise ReadingProblem("unsupported-layer", "the file has sparse weights, whose sizes are not read")
        elif number == 16:
            key, text = _read_entry(as_message(value))
            if key == "pkg.torch.export.ExportedProgram.graph_signature":
                graph.parameters, graph.merges_equal = _trainable(text), True
    computed = 0
    for name, constant in graph.constants.items():
        if graph.parameters is None:
            axes = sum(size != 1 for size in constant.dims)
            is_other = _COMPUTED.match(name) is not None and (axes == 0 or axes > 2)
            computed += is_other and axes > 2 and bool(constant.sources)
        else:
            is_other = name not in graph.parameters
        if is_other:
            constant.sources = {}
    if computed:
        graph.warnings.append(
            f"the exporter has computed {computed} tensors: parameters that they were computed from are not counted"
        )
    for name in graph.constants:  # before IR version 4, every initialiser is an input too
        graph.inputs.pop(name, None)
    return graph


def _trainable(signature: str) -> frozenset[str]:
    """Finds the parameters that PyTorch's signature of an exported program lists."""
    lines = (line.partition(": PARAMETER target='") for line in signature.splitlines())
    return frozenset(target.rstrip("'") for _, mark, target in lines if mark)


def read_node(message: memoryview, depth: int) -> Operation:
    """Reads a NodeProto."""
    node = Operation("", [], [])
    scopes = rules = domain = ""
    for number, value in read_fields(message):
        if number == 1:
            node.inputs.append(as_text(value))
        elif number == 2:
            node.outputs.append(as_text(value))
        elif number == 3:
            node.place = as_text(value)
        elif number == 4:
            node.kind = as_text(value)
        elif number == 5:
            _read_attribute(as_message(value), node, depth)
        elif number == 7:
            domain = as_text(value)
        elif number == 9:
            key, text = _read_entry(as_message(value))
            if key == "pkg.torch.onnx.name_scopes":
                scopes = text
            elif key == "pkg.onnxscript.rewriter.rule_name":
                rules = text
    node.path = _path(node.place, scopes)
    if rules:
        node.attributes["rule_name"] = rules
    if domain not in ("", "ai.onnx", "com.microsoft", "org.pytorch.aten", "pkg.onnxscript.torch_lib"):
        node.attributes["domain"] = domain
    node.place = node.place or (node.outputs[0] if node.outputs else node.kind)
    return node


def _path(name: str, scopes: str) -> tuple[str, ...]:
    """Finds the module that a node belongs to: in the newer exporter's metadata, else in the older one's node names."""
    if scopes:  # "['', 'layer1', 'layer1.0', 'layer1.0.conv1', 'conv2d_1']"
        modules = [part.strip(" '\"") for part in scopes.strip("[]").split(",")]
        return tuple(modules[-2].split(".")) if len(modules) > 1 and modules[-2] else ()
    if name.startswith("/"):  # "/layer1/layer1.0/downsample/downsample.0/Conv"
        path: list[str] = []
        for part in name.strip("/").split("/")[:-1]:
            whole = part.split(".")
            known = next((k for k in range(len(whole) - 1, 0, -1) if path[-k:] == whole[:k]), 0)
            path += whole[known:]
        return tuple(path)
    return ()


def _read_attribute(message: memoryview, node: Operation, depth: int) -> None:
    """Reads an AttributeProto into the node; those of a type that no net's structure needs are left out."""
    name = ""
    found: object = None
    lists: dict[int, list[object]] = {7: [], 8: [], 9: []}
    body: TensorGraph | None = None
    kind = 0
    for number, value in read_fields(message):
        if number == 1:
            name = as_text(value)
        elif number == 2:
            found = as_floats(value)[0]
        elif number == 3:
            found = as_integer(value)
        elif number == 4:
            found = as_text(value)
        elif number == 5:
            found = read_tensor(as_message(value))[1]
        elif number == 6:
            body = read_graph(as_message(value), depth - 1)
        elif number == 7:
            lists[7] += as_floats(value)
        elif number == 8:
            lists[8] += as_integers(value)
        elif number == 9:
            lists[9].append(as_text(value))
        elif number == 20:
            kind = as_integer(value)
        elif number == 21:
            node.attributes[f"ref {name}"] = as_text(value)
    if body is not None:
        node.bodies[name] = body
        return
    listed = next((entries for entries in lists.values() if entries), None)
    if found is None:
        found = listed if listed is not None else {1: 0.0, 2: 0, 3: "", 6: [], 7: [], 8: []}.get(kind)
    if found is not None:
        node.attributes[name] = found


def _read_entry(message: memoryview) -> tuple[str, str]:
    key = text = ""
    for number, value in read_fields(message):
        if number == 1:
            key = as_text(value)
        elif number == 2 and not key.endswith("stack_trace"):
            text = as_text(value)
    return key, text


def _read_value_info(message: memoryview) -> tuple[str, Dims | None]:
    """Reads a ValueInfoProto: a name, and the sizes of its tensor if it is one and they are told."""
    name, dims = "", None
    for number, value in read_fields(message):
        if number == 1:
            name = as_text(value)
        elif number == 2:
            for type_number, type_value in read_fields(as_message(value)):
                if type_number == 1:
                    dims = _read_tensor_type(as_message(type_value))
    return name, dims


def _is_weight(message: memoryview) -> bool:
    """Tells whether a ValueInfoProto stands for a weight that the file leaves out."""
    return any(number == 3 and as_text(value) == WEIGHT_LEFT_OUT for number, value in read_fields(message))


def _read_tensor_type(message: memoryview) -> Dims | None:
    for number, value in read_fields(message):
        if number == 2:
            dims = tuple(
                _read_dim(as_message(dim)) for field_number, dim in read_fields(as_message(value)) if field_number == 1
            )
            if len(dims) > MOST_AXES:
                raise damaged(f"a tensor has {len(dims)} axes")
            return dims
    return None


def _read_dim(message: memoryview) -> int | None:
    for number, value in read_fields(message):
        if number == 1:
            size = as_integer(value)
            return size if size > 0 else None
    return None


def read_tensor(message: memoryview) -> tuple[str, Constant]:
    """Reads a TensorProto: its name and sizes, and its entries if they are few and stand in this file."""
    name, dims, kind, is_elsewhere = "", [], 0, False
    data: dict[int, list[memoryview | int]] = {}
    for number, value in read_fields(message):
        if number == 1:
            dims += as_integers(value)
        elif number == 2:
            kind = as_integer(value)
        elif number == 8:
            name = as_text(value)
        elif number in (4, 5, 7, 9, 10, 11):
            data.setdefault(number, []).append(value)
        elif number in (3, 13, 14):
            is_elsewhere = is_elsewhere or number == 13 or (number == 14 and value == 1)
    if any(size < 0 for size in dims) or len(dims) > MOST_AXES:
        raise damaged(f"the tensor {name} has the sizes {dims[:MOST_AXES]}")
    size = math.prod(dims)
    values = None
    if size <= SMALL and kind != STRING and not is_elsewhere:
        values = [] if size == 0 else _entries(data, kind, size)
    constant = Constant(tuple(dims), values, is_text=kind == STRING)
    if kind in FLOATS and name:
        constant.sources = {name: size}
    return name, constant


_TYPED: Final[dict[int, Callable[[int | memoryview], list[int]]]] = {5: as_integers, 7: as_integers, 11: as_integers}


def _entries(data: dict[int, list[memoryview | int]], kind: int, size: int) -> list[Scalar] | None:
    """Reads a small tensor's entries; None if they are not there, or not in full."""
    entries: list[Scalar] = []
    for number, values in data.items():
        for value in values:
            if number == 9:
                entries += _raw(as_message(value), kind)
            elif number == 4:
                entries += as_floats(value)
            elif number == 10:
                raw = as_message(value)
                entries += struct.unpack(f"<{len(raw) // 8}d", raw[: len(raw) // 8 * 8])
            else:
                numbers = _TYPED[number](value)
                if kind == FLOAT16:  # its bits stand in an integer
                    entries += (struct.unpack("<e", struct.pack("<H", bits & 0xFFFF))[0] for bits in numbers)
                else:
                    entries += numbers
    return entries if len(entries) == size else None


def _raw(raw: memoryview, kind: int) -> list[Scalar]:
    if kind == BFLOAT16:
        halves = struct.unpack(f"<{len(raw) // 2}H", raw[: len(raw) // 2 * 2])
        return [struct.unpack("<f", struct.pack("<I", bits << 16))[0] for bits in halves]
    letter = _FORMATS.get(kind)
    if letter is None:
        return []
    width = struct.calcsize(f"<{letter}")
    count = len(raw) // width
    return list(struct.unpack(f"<{count}{letter}", raw[: count * width]))
