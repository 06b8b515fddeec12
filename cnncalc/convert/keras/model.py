"""The configuration of a Keras model, functional or sequential, becomes a graph; models in it become blocks."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from cnncalc.convert.graph import Block, Graph, ReadingProblem, Reference, check_number
from cnncalc.convert.keras import operations
from cnncalc.convert.keras.emitter import Emitter, Net, resolve
from cnncalc.convert.keras.layers import (
    NO_OPERATION,
    KerasLayer,
    further_outputs,
    is_model,
    kind_arguments,
    model_inside,
    read_layer,
)
from cnncalc.convert.keras.nodes import Call, KerasTensor, read_calls, tensors_in
from cnncalc.convert.names import legal_name, unique_name
from cnncalc.errors import quote
from cnncalc.layers import registry
from cnncalc.tensor import Shape

INPUT: Final = "InputLayer"
MAX_NESTING: Final = 100
"""Models inside each other."""


class ModelReader:
    """Reads a model with all models in it. `graph_of` is its one use."""

    def __init__(self) -> None:
        self.blocks: dict[str, Block] = {}
        self.warnings: list[str] = []
        self.depth = 0
        self.block_of: dict[str, str] = {}
        """The block of each model, by the model's path."""

    def graph_of(self, entry: object, source: str) -> Graph:
        """Reads a model. Raises: ReadingProblem."""
        model = read_layer(entry, "", False)
        model.place = ""
        net, outputs = self.model(model)
        unknown = next((name for name, shape in net.inputs.items() if shape is None), None)
        if unknown is not None:
            raise ReadingProblem(
                "unsupported-layer", "the file does not say which shape the model reads",
                suggestion="build the model, or begin it with an InputLayer, and save it again",
            )  # fmt: skip
        shapes = {name: shape for name, shape in net.inputs.items() if shape is not None}
        name = model.config.get("name")
        return Graph(str(name or ""), shapes, net.layers, outputs, self.blocks, self.warnings, source)

    def model(self, model: KerasLayer) -> tuple[Net, list[Reference]]:
        """Reads the layers of a model and the names of its outputs. Raises: ReadingProblem."""
        entries = model.config.get("layers")
        if not isinstance(entries, list):
            raise ReadingProblem(
                "no-architecture", f"{quote(model.name)} ({model.kind}) does not say which layers it has",
                place=model.place, suggestion="a subclassed model keeps its layers to itself: build it functionally, "
                "or export it to ONNX",
            )  # fmt: skip
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise ReadingProblem("damaged-file", f"more than {MAX_NESTING} models inside each other", place=model.place)
        check_number(len(entries))
        layers = [read_layer(entry, model.place, model.frozen) for entry in entries]
        is_functional = "input_layers" in model.config
        net, outputs = self.functional(model, layers) if is_functional else self.sequential(model, layers)
        self.depth -= 1
        for made, reads in zip(net.layers, net.reads, strict=True):
            made.inputs = [resolve(net, tensor, made.place) for tensor in reads]
        return net, [resolve(net, tensor, model.place) for tensor in outputs]

    def functional(self, model: KerasLayer, layers: list[KerasLayer]) -> tuple[Net, list[KerasTensor]]:
        """Reads a model whose layers say what they read. Raises: ReadingProblem."""
        by_name = {layer.name: layer for layer in layers}
        inputs = model_tensors(model.config.get("input_layers"), by_name, model)
        outputs = model_tensors(model.config.get("output_layers"), by_name, model)
        net = Net({tensor.layer: input_shape(by_name.get(tensor.layer)) for tensor in inputs}, used=set(by_name))
        net.produced |= {tensor: tensor.layer for tensor in inputs}
        calls = {
            layer.name: read_calls(layer.calls, by_name, layer.place)
            for layer in layers
            if layer.name not in net.inputs
        }
        read = [tensor for some in calls.values() for call in some for tensor in call.tensors()] + outputs
        first_node = first_nodes(read)
        for some in calls.values():
            for call in some:
                net.shapes |= call.shapes
        for layer in layers:
            # Calls of a model are counted from 1 by Keras 2: the first call was the one that built it.
            start = first_node.get(layer.name, 0) if is_model(layer) else 0
            net.used.discard(layer.name)
            for number, call in enumerate(calls.get(layer.name, ()), start):
                self.call(net, replace(layer, frozen=layer.frozen), number, call, number - start)
        return net, outputs

    def sequential(self, model: KerasLayer, layers: list[KerasLayer]) -> tuple[Net, list[KerasTensor]]:
        """Reads a model each of whose layers reads the one before it. Raises: ReadingProblem."""
        name = f"{model.name}_input"
        shape = read_shape(model.config.get("build_input_shape"))
        if layers and layers[0].kind == INPUT:
            shape = input_shape(layers[0]) or shape
            name = layers[0].name
            layers = layers[1:]
        elif layers:
            shape = self.first_shape(layers[0]) or shape or read_shape(model.build_shape)
        net = Net({name: shape})
        running = KerasTensor(name, 0, 0)
        net.produced[running] = name
        for layer in layers:
            built = read_shape(layer.build_shape)
            if built is not None and layer.kind != INPUT and not is_model(layer):
                net.shapes.setdefault(running, built)
        for layer in layers:
            if layer.kind != INPUT:
                self.call(net, layer, 0, Call([running], {}), 0)
                running = KerasTensor(layer.name, 0, 0)
        return net, [running]

    def first_shape(self, layer: KerasLayer) -> Shape | None:
        """Finds the shape that a Sequential reads in its first layer, or in the first layer of a model there."""
        found = input_shape(layer)
        entries = layer.config.get("layers")
        if found is None and isinstance(entries, list) and entries and self.depth < MAX_NESTING:
            found = self.first_shape(read_layer(entries[0], layer.place, False))
        return found or read_shape(layer.build_shape)

    def call(self, net: Net, layer: KerasLayer, number: int, call: Call, use: int) -> None:
        """Reads one call of a layer, the `use`th from 0. Raises: ReadingProblem."""
        if not (reads := call.tensors()) and layer.kind == INPUT:
            return
        emitter = Emitter(net, layer, number, call)
        owner = KerasTensor(layer.name, number - use, 0)
        share = net.produced.get(owner) if use else None
        shared = share if isinstance(share, str) else share[0] if isinstance(share, tuple) and len(share) == 2 else None
        if is_model(layer):
            self.call_model(emitter, reads, shared)
        elif operations.is_operation(layer):
            operations.emit(emitter)
        elif layer.kind in NO_OPERATION:
            emitter.pass_on(reads[0])
        elif registry.is_kind(layer.kind):
            inside = model_inside(layer)
            arguments: dict[str, object] = {}
            if inside is None:
                arguments |= kind_arguments(layer)
            else:
                arguments["model"] = self.block_read_alone(inside)
            if call.kwargs.get("initial_state") is not None:
                reads = [tensor for tensor in reads if tensor not in set(tensors_in(call.kwargs["initial_state"]))]
            emitter.emit(layer.kind, arguments, reads, emitter.output(), shared)
            if inside is None:
                emitter.name_outputs(further_outputs(layer.kind, arguments))
        else:
            self.opaque(emitter, reads)

    def call_model(self, emitter: Emitter, reads: list[KerasTensor], share: str | None) -> None:
        """Reads a call of a model: the model becomes a block on its first call. Raises: ReadingProblem."""
        layer = emitter.layer
        if layer.place not in self.block_of:
            self.block_of[layer.place] = self.block(layer)
        kind = self.block_of[layer.place]
        block = self.blocks[kind]
        named = emitter.call.args[0] if emitter.call.args and isinstance(emitter.call.args[0], dict) else None
        if named is not None and set(named) == set(block.inputs):
            reads = [tensor for name in block.inputs for tensor in tensors_in(named[name])]
        if len(reads) != len(block.inputs):
            message = f"{quote(layer.name)} is called with {len(reads)} tensors and reads {len(block.inputs)}"
            raise ReadingProblem("damaged-file", message, place=layer.place)
        to = emitter.emit(kind, {}, reads, emitter.output(), share)
        emitter.net.layers[-1].shape = None
        name = emitter.net.layers[-1].name
        for index in range(len(block.outputs)):
            emitter.net.produced[to._replace(output=index)] = (name, index)

    def block_read_alone(self, layer: KerasLayer) -> str:
        """Returns the name of the block of a model that stands in a wrapper. Raises: ReadingProblem."""
        if layer.place not in self.block_of:
            self.block_of[layer.place] = self.block(layer)
        name = self.block_of[layer.place]
        if len(self.blocks[name].inputs) != 1 or len(self.blocks[name].outputs) != 1:
            raise layer.refuse("stands in a TimeDistributed and reads or gives several tensors")
        return name

    def block(self, layer: KerasLayer) -> str:
        """Makes the block of a model and returns its name. Raises: ReadingProblem."""
        net, outputs = self.model(layer)
        if layer.frozen:  # which is said of the block
            for made in net.layers:
                made.trainable = True
        name = legal_name(layer.name, "model")
        name = f"{name}_model" if registry.is_kind(name) or name == registry.MODEL else name
        name = unique_name(name, self.blocks, {})
        self.blocks[name] = Block(list(net.inputs), net.layers, outputs)
        return name

    def opaque(self, emitter: Emitter, reads: list[KerasTensor]) -> None:
        """Reads a layer that nobody knows, if its output's shape is recorded. Raises: ReadingProblem."""
        layer = emitter.layer
        shape = emitter.shape_of(emitter.output())
        if shape is None:
            raise layer.refuse(
                "is no layer of Keras, and the file does not record the shape of its output",
                "save the model with Keras 3, which records it, or write it with layers of Keras",
            )
        emitter.emit("Opaque", {"output_shape": list(shape)}, reads, emitter.output())
        rest = "" if layer.kind == "Lambda" else ": its parameters, if it has any, are not in the totals"
        self.warnings.append(f"{quote(layer.name)} is a {layer.kind}, of which the file tells only the shape{rest}")


def first_nodes(read: list[KerasTensor]) -> dict[str, int]:
    """Finds the smallest number by which a call of each layer is read."""
    first: dict[str, int] = {}
    for tensor in read:
        first[tensor.layer] = min(tensor.node, first.get(tensor.layer, tensor.node))
    return first


def model_tensors(value: object, by_name: dict[str, KerasLayer], model: KerasLayer) -> list[KerasTensor]:
    """Reads `input_layers` or `output_layers`: one tensor, a list or a dict of them. Raises: ReadingProblem."""
    match value:
        case [str(name), int(node), int(index)]:
            return [KerasTensor(name, node, index)]
        case list() if value:
            return [tensor for entry in value for tensor in model_tensors(entry, by_name, model)]
        case dict() if value:
            return [tensor for entry in value.values() for tensor in model_tensors(entry, by_name, model)]
    raise ReadingProblem("damaged-file", f"the inputs or outputs of {quote(model.name)} are not written as Keras "
                         "writes them", place=model.place, expected='[["input_1", 0, 0]]')  # fmt: skip


def input_shape(layer: KerasLayer | None) -> Shape | None:
    """Returns the shape that a layer says it reads, without the batch."""
    if layer is None:
        return None
    return read_shape(layer.config.get("batch_shape") or layer.config.get("batch_input_shape"))


def read_shape(value: object) -> Shape | None:
    """Reads a shape with its batch, which is dropped; `None` if it is none."""
    if isinstance(value, dict) and isinstance(value.get("items"), list):  # a tuple of Keras 2
        value = value["items"]
    if isinstance(value, list) and value and all(size is None or type(size) is int for size in value):
        return tuple(value[1:])
    return None
