"""A graph becomes the items of a spec: sorted, named, `from` only where it is needed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from cnncalc.convert.graph import Block, Graph, GraphLayer, ReadingProblem, Reference, check_number
from cnncalc.convert.names import automatic_name, copy_names, legal_name, legal_names, unique_name
from cnncalc.convert.order import in_order
from cnncalc.convert.short_forms import short_arguments
from cnncalc.expansion.scopes import snake_case
from cnncalc.layers import registry
from cnncalc.layers.base import Layer
from cnncalc.spec.names import ITEM_OPTIONS
from cnncalc.tensor import Shape


@dataclass(slots=True)
class SpecItem:
    """One entry of a list of layers: its kind, its options, and what a diagnostic calls its place."""

    kind: str
    options: dict[str, object]
    place: str


@dataclass(slots=True)
class SpecBlock:
    """A block of a spec: its parameters with their defaults, and its items."""

    params: dict[str, object]
    layers: list[SpecItem]


@dataclass(slots=True)
class SpecParts:
    """What a spec says, as plain data."""

    name: str
    source: str
    input: Shape | dict[str, Shape]
    layers: list[SpecItem]
    outputs: list[str] | None
    blocks: dict[str, SpecBlock] = field(default_factory=dict)
    layer_of: dict[str, GraphLayer] = field(default_factory=dict)
    """The layers by the names that their rows have, those in repeated blocks apart."""


def spec_parts(graph: Graph) -> SpecParts:
    """Writes a graph as the parts of a spec.

    Raises: ReadingProblem: two layers have one name, one reads what is not there, a cycle, no layer at all.
    """
    check_number(len(graph.layers))
    return _Writer(graph).parts()


class _List:
    """One list of layers, of the model or of a block: its order, its names, and what its references are called."""

    def __init__(self, writer: _Writer, layers: Sequence[GraphLayer], inputs: dict[str, str]) -> None:
        self.writer = writer
        self.layers = in_order(layers, inputs)
        self.inputs = inputs
        """What each input is called inside: `input`, a name, or `$name`."""
        self.by_name = {layer.name: layer for layer in layers}
        self.names = legal_names(self.by_name, {name for name in inputs.values() if name[0] != "$"})

    def text(self, reference: Reference) -> str:
        """Returns what a reference is called in this list: `conv1`, `input`, `block/inner`."""
        name, index = (reference, 0) if isinstance(reference, str) else reference
        if name in self.inputs:
            return self.inputs[name]
        layer = self.by_name[name]
        block = self.writer.graph.blocks.get(layer.kind)
        if block is None:
            return f"{self.names[name]}/{layer.outputs[index - 1]}" if index else self.names[name]
        return self.block_output(layer, block, index)

    def block_output(self, layer: GraphLayer, block: Block, index: int) -> str:
        """Returns what an output of a block is called for who reads it."""
        inner = self.writer.lists[layer.kind]
        if not 0 <= index < len(block.outputs):
            raise ReadingProblem("dangling-reference", f'"{layer.name}" has no output {index}', place=layer.place)
        output = block.outputs[index]
        name = output if isinstance(output, str) else output[0]
        if name in block.inputs:
            return self.text(layer.inputs[block.inputs.index(name)])
        text = inner.text(output)
        return self.names[layer.name] if text == inner.last else f"{self.names[layer.name]}/{text}"

    @cached_property
    def written(self) -> list[GraphLayer]:
        """The layers that become items: all but uses of blocks without layers."""
        return [layer for layer in self.layers if not self.writer.is_empty(layer.kind)]

    @cached_property
    def last(self) -> str | None:
        """The name of the last item, which is what comes out of the list."""
        return self.names[self.written[-1].name] if self.written else None

    def items(self) -> list[SpecItem]:
        """Writes the items. A name is left out if it is the automatic one."""
        automatic: Counter[str] = Counter()
        given: set[str] = set()
        items: list[SpecItem] = []
        previous = self.inputs_text()
        for layer in self.written:
            name = self.names[layer.name]
            options: dict[str, object] = short_arguments(layer.kind, layer.arguments)
            base, before = snake_case(layer.kind), automatic.copy()
            unnamed = automatic_name(base, automatic)
            while unnamed in given:
                unnamed = automatic_name(base, automatic)
            if name != unnamed or layer.repeat > 1:
                automatic = before
                options["name"] = name
            given.update([*copy_names(layer), *([] if "name" in options else [name])])
            options |= self.wiring(layer, previous)
            if layer.repeat > 1:
                options["repeat"] = layer.repeat
            if layer.first:
                options["first"] = short_arguments(layer.kind, layer.first)
            if not layer.trainable and not layer.share and self.has_weights(layer.kind):
                options["trainable"] = False
            if layer.share and self.has_weights(layer.kind):
                options["share"] = self.names[layer.share]
            items.append(SpecItem(layer.kind, options, layer.place or layer.name))
            previous = name
        return items

    def inputs_text(self) -> str | None:
        """Returns what the first item reads without `from`: the one input, or a block's first."""
        return "input" if "input" in self.inputs.values() else None

    def wiring(self, layer: GraphLayer, previous: str | None) -> dict[str, object]:
        """Writes what a layer reads, if it is not just the item before it; of a block also the further inputs."""
        texts = [self.text(reference) for reference in layer.inputs]
        block = self.writer.graph.blocks.get(layer.kind)
        if block is not None:
            further: dict[str, object] = dict(zip(self.writer.parameters(layer.kind), texts[1:], strict=True))
            return ({} if texts[0] == previous else {"from": texts[0]}) | further
        if not texts:
            return {}
        if len(texts) == 1 and registry.layer_class(layer.kind).fewest_inputs == 1:
            return {} if texts == [previous] else {"from": texts[0]}
        return {"from": ["prev" if text == previous != "input" else text for text in texts]}

    def has_weights(self, kind: str) -> bool:
        return not registry.is_kind(kind) or registry.layer_class(kind).weights is not Layer.weights


class _Writer:
    """Writes the lists of a graph: the model's, and one for each block."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.lists: dict[str, _List] = {}
        for kind, block in graph.blocks.items():
            names = dict(zip(block.inputs, ["input", *(f"${name}" for name in self.parameters(kind))], strict=True))
            self.lists[kind] = _List(self, block.layers, names)

    def parameters(self, kind: str) -> list[str]:
        """Names the parameters by which a block gets its further inputs."""
        block = self.graph.blocks[kind]
        taken = {*ITEM_OPTIONS, *block.params}
        names: list[str] = []
        for name in block.inputs[1:]:
            plain = re.sub(r"\W", "_", legal_name(name, "other").replace("-", "_").replace(".", "_"))
            names.append(unique_name(plain if plain[0].isalpha() else f"x{plain}", taken, {}))
            taken.add(names[-1])
        return names

    def is_empty(self, kind: str) -> bool:
        """Tells whether a kind is a block from which no item is written."""
        return kind in self.lists and not self.lists[kind].written

    def parts(self) -> SpecParts:
        graph = self.graph
        several = len(graph.inputs) > 1
        inputs = legal_names(graph.inputs) if several else dict.fromkeys(graph.inputs, "input")
        model = _List(self, graph.layers, inputs)
        if model.last is None:
            raise ReadingProblem("no-architecture", "the model has no layers", suggestion="is this the right file?")
        outputs = list(dict.fromkeys(model.text(reference) for reference in graph.outputs))
        shapes = {inputs[name]: shape for name, shape in graph.inputs.items()}
        blocks = {}
        for kind, block in graph.blocks.items():
            if not self.is_empty(kind):
                params = block.params | dict.fromkeys(self.parameters(kind))
                blocks[kind] = SpecBlock(params, self.lists[kind].items())
        return SpecParts(
            graph.name, graph.source, shapes if several else shapes["input"], model.items(),
            None if outputs == [model.last] else outputs, blocks, dict(self.rows(model, "")),
        )  # fmt: skip

    def rows(self, items: _List, prefix: str) -> list[tuple[str, GraphLayer]]:
        """Lists the layers with the names of their rows."""
        found: list[tuple[str, GraphLayer]] = []
        for layer in items.written:
            name = prefix + items.names[layer.name]
            if layer.kind not in self.lists:
                found.append((name, layer))
            elif layer.repeat == 1:
                found.extend(self.rows(self.lists[layer.kind], f"{name}/"))
        return found
