"""A net as the bytes of an ONNX model: operators with the layers' names, tensors with our shapes, channels first."""

from __future__ import annotations

import math
from typing import Final, Literal

from cnncalc.analysis.analyze import Analysis
from cnncalc.errors import Diagnostic, UsageError
from cnncalc.exporting.onnx.calls import Call, Lacking, Net, Tensor
from cnncalc.exporting.onnx.kinds import TRANSLATORS
from cnncalc.exporting.onnx.messages import graph_message, model_message, value_message, zeros_message
from cnncalc.exporting.refusals import Refusals
from cnncalc.layers.input import InputLayer
from cnncalc.tensor import Shape

Weights = Literal["none", "zeros"]
LARGEST: Final = 2**31 - 1
"""The most bytes that a message may have."""


def onnx_model(analysis: Analysis, name: str, weights: Weights) -> bytes:
    """Writes the model. `none` leaves weights out: they are inputs of the graph, with their shapes; `zeros` are there.

    Raises: SpecError: if ONNX has no operator for a layer; UsageError: if zeros would be more than a file may hold.
    """
    net, tensors = _written(analysis)
    sizes = {weight: math.prod(dims) for weight, dims in net.weights.items()}
    if weights == "zeros" and 4 * sum(sizes.values()) > LARGEST - 2**20:
        raise UsageError(
            Diagnostic(
                "file-too-large",
                f"{sum(sizes.values()):,} weights are more than an ONNX file may hold",
                expected="less than 2 GiB",
                suggestion="--weights none",
            )
        )
    expansion = analysis.expansion
    read = {source for node in expansion.nodes for source in node.inputs}
    # What nothing reads is an output too: who reads the file may drop it otherwise.
    last = [i for i in range(len(tensors)) if i not in read and i not in expansion.outputs + expansion.inputs]
    inputs = [value_message(tensors[i].name, tensors[i].dims()) for i in expansion.inputs]
    outputs = [value_message(tensors[i].name, tensors[i].dims()) for i in (*expansion.outputs, *last)]
    ends = {*expansion.inputs, *expansion.outputs, *last}
    values = [value_message(x.name, x.dims()) for i, x in enumerate(tensors) if i not in ends]
    initializers: list[bytes] = []
    if weights == "zeros":
        initializers = [zeros_message(weight, dims, sizes[weight]) for weight, dims in net.weights.items()]
    else:
        inputs += [value_message(weight, dims, is_weight=True) for weight, dims in net.weights.items()]
    return model_message(graph_message(name, net.operations, inputs, outputs, values, initializers))


def _written(analysis: Analysis) -> tuple[Net, list[Tensor]]:
    """Writes all layers; returns the operations and each node's tensor. Raises: SpecError."""
    net, tensors = Net(), list[Tensor]()
    nodes, refusals = analysis.expansion.nodes, Refusals("ONNX")
    for node in nodes:
        net.unique(node.name)
    # A sequence of vectors, as transformers and recurrent layers read it, has its channels at the end.
    as_maps = {source for node in nodes if node.kind.endswith("1D") for source in node.inputs}
    for index, node in enumerate(nodes):
        layer, figures = analysis.layers[index], analysis.figures[index]
        tensor = Tensor(node.name, figures.output.shape, _is_map(figures.output.shape) or index in as_maps)
        if not isinstance(layer, InputLayer):
            owner = index
            while (shared := nodes[owner].owner) is not None:
                owner = shared
            call = Call(net, node.name, nodes[owner].name, layer, figures, [tensors[i] for i in node.inputs])
            try:
                if node.kind not in TRANSLATORS:
                    raise Lacking("there are no operators for this kind")
                tensor = call.finish(TRANSLATORS[node.kind](call), index in analysis.expansion.outputs)
            except Lacking as lacking:
                refusals.note(node, str(lacking))
        tensors.append(tensor)
    refusals.stop()
    return net, tensors


def _is_map(shape: Shape) -> bool:
    return len(shape) > 2
