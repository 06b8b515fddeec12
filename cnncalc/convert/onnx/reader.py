"""Reads ONNX files: the structure and the sizes of weights, never the weights themselves."""

from __future__ import annotations

import mmap
from pathlib import Path

from cnncalc.convert.channels_first.operations import MOST_OPERATIONS, Operation
from cnncalc.convert.channels_first.translate import translate
from cnncalc.convert.graph import Graph, ReadingProblem
from cnncalc.convert.onnx.messages import DEEPEST, Model, read_model, read_node


def read(path: Path) -> Graph:
    """Reads an ONNX file. Raises: ReadingProblem: if it is damaged, or has what no layer says; OSError."""
    return read_bytes(_view(path), path.stem)


def _view(path: Path) -> memoryview:
    """Returns the bytes of a file, of which only those are read that are looked at."""
    with path.open("rb") as file:
        try:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except (OSError, ValueError):  # empty, or no file of the disk
            return memoryview(file.read())


def read_bytes(data: memoryview, name: str) -> Graph:
    """Reads an ONNX model from its bytes."""
    model = read_model(data)
    graph = model.graph
    if model.functions:
        graph.operations = inlined(model, graph.operations)
    graph.name = name
    graph.source = f"ONNX, opset {model.opset}, {model.producer}".rstrip(", ")
    return translate(graph)


def inlined(model: Model, operations: list[Operation]) -> list[Operation]:
    """Puts the operations of the model's own functions in the place of their calls."""
    found: list[Operation] = []
    waiting = [(operation, 0) for operation in reversed(operations)]
    calls = 0
    while waiting:
        operation, depth = waiting.pop()
        domain = operation.attributes.get("domain", "")
        function = model.functions.get((str(domain), operation.kind))
        if function is None:
            found.append(operation)
            continue
        calls += 1
        if depth > DEEPEST or len(found) + len(waiting) > MOST_OPERATIONS:
            raise ReadingProblem("damaged-file", "its functions call each other without end", place=operation.place)
        names = dict(zip(function.inputs, operation.inputs, strict=False))
        names |= dict(zip(function.outputs, operation.outputs, strict=False))
        body = [read_node(node, DEEPEST) for node in function.nodes]
        for inner in body:
            inner.inputs = [names.get(name, name and f"{name}@{calls}") for name in inner.inputs]
            inner.outputs = [names.get(name, name and f"{name}@{calls}") for name in inner.outputs]
            for reference in [key for key in inner.attributes if key.startswith("ref ")]:
                source = str(inner.attributes.pop(reference))
                if source in operation.attributes:
                    inner.attributes[reference.removeprefix("ref ")] = operation.attributes[source]
            inner.path = operation.path + inner.path
            inner.place = f"{operation.place}/{inner.place}"
        waiting += [(inner, depth + 1) for inner in reversed(body)]
    return found
