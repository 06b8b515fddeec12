"""A random network spelled out by hand and built in Keras: what its report has to say, row by row.

The expansion here knows nothing of cnncalc's: it follows the description of the language (blocks, copies, names,
defaults, sharing) with the simplest means, computes with Python's own arithmetic and asks Keras for every shape and
weight. PyTorch answers where Keras lacks a layer or an argument.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras

from cnncalc.layers.registry import layer_class
from cnncalc.tensor import Shape
from tests.peers.keras_layers import called, keras_layer

LARGEST = 20_000
"""Elements of a tensor: what PyTorch judges is computed."""


class Refused(Exception):
    """Keras, or PyTorch, does not take a layer here; or it would be large."""


# A spec as data ---------------------------------------------------------------------------------------------------


class Computed(str):
    """An expression: `2*$filters`."""


class Spelled(str):
    """A value in a form of its own: `3x5` for [3, 5]."""

    value: object

    def __new__(cls, text: str, value: object) -> Spelled:
        made = super().__new__(cls, text)
        made.value = value
        return made


class Name(str):
    """The name of an item, passed as a parameter."""


Arguments = Mapping[str, object]
"""Values as they stand in a spec."""


@dataclass
class Item:
    """An item, as in LANGUAGE: a layer, a block's use, a merge or a Model."""

    kind: str
    arguments: dict[str, object] = field(default_factory=dict)
    name: str | None = None
    sources: list[str] = field(default_factory=list)
    trainable: bool | None = None
    repeat: int | Computed | None = None
    first: dict[str, object] = field(default_factory=dict)
    condition: bool | Computed | None = None
    share: str | None = None
    branches: dict[str, list[Item]] | None = None
    bare: bool = False
    """Whether it is written as `Kind: value`."""


@dataclass
class Block:
    """A block; a parameter without a default is `None`."""

    name: str
    parameters: dict[str, object]
    items: list[Item]
    defaults: dict[str, dict[str, object]] = field(default_factory=dict)


@dataclass
class Document:
    """A spec file."""

    stem: str
    inputs: dict[str, Shape]
    items: list[Item] = field(default_factory=list)
    variables: dict[str, object] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    defaults: dict[str, dict[str, object]] = field(default_factory=dict)
    outputs: list[str] | None = None


# The network ------------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class Row:
    """One layer of the network, and the Keras layer that says what it comes to."""

    name: str
    kind: str
    inputs: tuple[str, ...]
    tensor: Any
    layer: keras.layers.Layer
    instances: int = 1
    owner: Row | None = None
    arguments: Arguments = field(default_factory=dict)

    @property
    def shape(self) -> Shape:
        return tuple(self.tensor.shape[1:])

    @property
    def shared_with(self) -> str | None:
        return self.owner.name if self.owner is not None and self.layer.weights else None

    @property
    def trainable(self) -> int:
        return elements(self.layer.trainable_weights)

    @property
    def non_trainable(self) -> int:
        return elements(self.layer.non_trainable_weights)


def elements(weights: Iterable[Any]) -> int:
    return sum(math.prod(weight.shape) for weight in weights)


@dataclass(eq=False)
class Place:
    """The whole, a block instance or a model in a model: whatever has names and parameters of its own."""

    document: Document
    parameters: dict[str, object]
    prefix: str = ""
    block: Block | None = None
    input: Row | None = None
    shared: Place | None = None
    names: dict[str, Row | Place] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    """Names of items in branches: behind the merge nobody in the place can read them."""
    automatic: set[str] = field(default_factory=set)
    counters: dict[str, int] = field(default_factory=dict)
    output: Row | None = None

    def automatic_name(self, base: str) -> str:
        while True:
            count = self.counters.get(base, 0)
            self.counters[base] = count + 1
            name = f"{base}_{count}" if count else base
            if name not in self.automatic:
                self.automatic.add(name)
                return name

    def find(self, name: str, current: Row | None) -> Row:
        if name.startswith("$"):
            found = self.parameters[name[1:]]
            assert isinstance(found, Row)
            return found
        node: Row | Place | None = {"prev": current, "input": self.input}.get(name)
        if node is None:
            head, *rest = name.split("/")
            node = self.names[head]
            for part in rest:
                assert isinstance(node, Place)
                node = node.names[part]
        row = node.output if isinstance(node, Place) else node
        assert row is not None
        return row

    def copy(self) -> Place:
        """What the names are now, to come back to."""
        made = Place(**vars(self))
        made.names, made.hidden = dict(self.names), set(self.hidden)
        made.automatic, made.counters = set(self.automatic), dict(self.counters)
        return made


class Network:
    """The rows so far; `add` spells one more item of the file out."""

    def __init__(self, document: Document, files: Mapping[str, Document]) -> None:
        self.files = files
        self.rows: list[Row] = []
        self.place = Place(document, dict(document.variables))
        self.current: Row | None = None
        for name, shape in document.inputs.items():
            tensor = keras.Input(shape)
            own = name if len(document.inputs) > 1 else "input"
            row = Row(own, "InputLayer", (), tensor, tensor._keras_history.operation)
            self.rows.append(row)
            if len(document.inputs) > 1:
                self.place.names[name] = row
            else:
                self.place.input = self.current = row

    def add(self, item: Item) -> None:
        """One more item. Raises: Refused: where it does not fit; all is as before."""
        place, count = self.place.copy(), len(self.rows)
        try:
            self.current = self.item(item, self.place, self.current, False)
        except Refused:
            self.place = place
            del self.rows[count:]
            raise

    def items(self, items: Sequence[Item], place: Place, current: Row | None, frozen: bool) -> Row | None:
        for item in items:
            current = self.item(item, place, current, frozen)
        return current

    def item(self, item: Item, place: Place, current: Row | None, frozen: bool) -> Row | None:
        if item.condition is not None and not evaluate(item.condition, place.parameters):
            return current
        frozen = frozen or item.trainable is False
        if item.repeat is None:
            own = item.name or place.automatic_name(self.base(item))
            current = place.names[own] = self.copy(item, own, item.sources, item.arguments, place, current, frozen)
            return current.output if isinstance(current, Place) else current
        copies = evaluate(item.repeat, place.parameters)
        base = self.base(item)
        own = item.name or (base if place.counters.get(base) else place.automatic_name(base))
        names = [f"{own}_{index}" for index in range(1, copies + 1)]
        if item.name is None:  # copies take the next numbers
            names = [place.automatic_name(base) for _ in names]
        place.automatic.update(names)
        is_new = own not in place.names
        for index, name in enumerate(names, 1):
            arguments = {**item.arguments, **(item.first if index == 1 else {})}
            sources = item.sources if index == 1 else []
            made = place.names[name] = self.copy(item, name, sources, arguments, place, current, frozen)
            current = made.output if isinstance(made, Place) else made
            if is_new:
                place.names[own] = made
        return current

    def base(self, item: Item) -> str:
        if item.kind == "Model":
            return self.files[str(item.arguments["spec"])].stem
        return keras.src.utils.naming.to_snake_case(item.kind)

    def copy(
        self, item: Item, name: str, sources: Sequence[str], arguments: Arguments, place: Place,
        current: Row | None, frozen: bool,
    ) -> Row | Place:  # fmt: skip
        inputs = [place.find(source, current) for source in sources]
        if not inputs and current is not None:
            inputs = [current]
        if item.branches is not None:
            before = set(place.names)
            outs = [self.items(branch, place, current, frozen) for branch in item.branches.values()]
            place.hidden |= set(place.names) - before
            inputs = [out for out in outs if out is not None]
        if not inputs:
            raise Refused("nothing to read")
        if item.kind == "Model":
            return self.model(item, name, arguments, place, inputs[0], frozen)
        if item.kind in place.document.blocks:
            return self.block(item, name, arguments, place, inputs[0], current, frozen)
        return self.layer(item, name, arguments, place, inputs, frozen)

    # Blocks and models --------------------------------------------------------------------------------------------

    def block(
        self, item: Item, name: str, arguments: Arguments, place: Place, start: Row, current: Row | None, frozen: bool
    ) -> Place:
        block = place.document.blocks[item.kind]
        values: dict[str, object] = {}
        channels = {"in_channels": start.shape[-1]}
        for parameter, default in block.parameters.items():
            if parameter in arguments:
                value = evaluate(arguments[parameter], place.parameters | channels)
                values[parameter] = place.find(value, current) if isinstance(value, Name) else value
            else:
                values[parameter] = evaluate(default, place.document.variables | values | channels)
        scope = place.document.variables | values
        inner = Place(place.document, scope, f"{place.prefix}{name}/", block, start, self.shared(item, name, place))
        inner.output = self.items(block.items, inner, start, frozen)
        return inner

    def shared(self, item: Item, name: str, place: Place) -> Place | None:
        found = place.names[item.share] if item.share else place.shared.names.get(name) if place.shared else None
        return found if isinstance(found, Place) else None

    def model(self, item: Item, name: str, arguments: Arguments, place: Place, start: Row, frozen: bool) -> Place:
        document = self.files[str(arguments["spec"])]
        inner = Place(document, dict(document.variables), f"{place.prefix}{name}/", None, start)
        inner.shared = self.shared(item, name, place)
        before = len(self.rows)
        inner.output = self.items(document.items, inner, start, frozen)
        if "frozen_until" in arguments:
            last = self.rows.index(inner.find(str(arguments["frozen_until"]), None))
            for row in self.rows[before : last + 1]:
                if row.owner is None:
                    row.layer.trainable = False
        if "until" in arguments:
            inner.output = inner.find(str(arguments["until"]), None)
            del self.rows[self.rows.index(inner.output) + 1 :]
        elif document.outputs is not None and len(document.outputs) == 1:
            inner.output = inner.find(document.outputs[0], None)
        return inner

    # Layers -------------------------------------------------------------------------------------------------------

    def layer(
        self, item: Item, name: str, arguments: Arguments, place: Place, inputs: Sequence[Row], frozen: bool
    ) -> Row:
        defaults = {
            **place.document.defaults.get(item.kind, {}),
            **(place.block.defaults.get(item.kind, {}) if place.block else {}),
        }
        if item.trainable is None and defaults.get("trainable") is False:
            frozen = True
        scope = place.parameters | {"in_channels": inputs[0].shape[-1]}
        merged = {**defaults, **arguments}
        values = {key: evaluate(value, scope) for key, value in merged.items() if key != "trainable"}
        if "model" in values:  # its items have the file's defaults
            values["model"] = [
                {kind: {**place.document.defaults.get(kind, {}), **own} for kind, own in inner.items()}
                for inner in values["model"]
            ]
        owner = self.owner(item, name, place)
        instances = inputs[0].instances if layer_class(item.kind).most_inputs != 0 else 1
        if any(row.instances != inputs[0].instances for row in inputs) or (
            item.kind.startswith("RoI") and instances > 1
        ):
            raise Refused("regions of regions")
        try:
            own = owner is None or not owner.layer.weights
            layer = keras_layer(item.kind, values, inputs[0].shape) if owner is None or own else owner.layer
            tensor = called(item.kind, layer, [row.tensor for row in inputs])
        except Exception as error:  # whatever stops Keras or PyTorch is their refusal
            raise Refused(str(error)) from error
        sizes = [size for size in tensor.shape[1:] if size is not None]
        if any(size < 1 for size in sizes) or math.prod(sizes) > LARGEST or len(tensor.shape) > 5:
            raise Refused("a shape that no map has, or a large one")
        if frozen and own:
            layer.trainable = False
        if item.kind.startswith("RoI"):
            instances = values["regions"]
        reads = () if layer_class(item.kind).most_inputs == 0 else tuple(row.name for row in inputs)
        row = Row(place.prefix + name, item.kind, reads, tensor, layer, instances, owner, values)
        self.rows.append(row)
        return row

    def owner(self, item: Item, name: str, place: Place) -> Row | None:
        if item.share is not None:
            found: Row | Place | None = place.find(item.share, None)
        else:
            found = place.shared.names[name] if place.shared is not None else None
        if not isinstance(found, Row):
            return None
        return found if found.owner is None else found.owner


def evaluate(value: Any, scope: Mapping[str, object]) -> Any:
    """A value of a spec; an expression by Python's arithmetic, which on whole numbers is the spec's."""
    if isinstance(value, list):
        return [evaluate(entry, scope) for entry in value]
    if isinstance(value, Computed):
        return eval(value.replace("$", ""), {"min": min, "max": max}, {"true": True, "false": False, **scope})
    return value.value if isinstance(value, Spelled) else value
