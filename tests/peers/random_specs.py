"""Random specs as text, and beside each the network that Keras makes of it, grown together item by item.

    made = random_network(7)
    made.files["random.yaml"]     # the spec; other files are models in the model
    made.network.rows             # what it has to come to

They use all of the language: blocks inside blocks with parameters, defaults and conditions, copies, branches, names,
shared and frozen weights, models in the model, several inputs, sizes that are unknown, and every way to write a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from cnncalc.layers import registry
from cnncalc.tensor import Shape
from tests.peers.keras_networks import Block, Computed, Document, Item, Name, Network, Place, Refused, Row, Spelled
from tests.peers.random_arguments import KINDS, Dice, arguments

Feature = tuple[str, str]
"""What a spec makes use of: a kind with one of its arguments, or a part of the language."""

MAX_ROWS = 60


@dataclass(frozen=True)
class RandomNetwork:
    """A spec, `random.yaml`, with the files that it names, and what it comes to."""

    files: dict[str, str]
    network: Network
    features: frozenset[Feature]


def random_network(seed: int) -> RandomNetwork:
    """The network of a number: the same one each time."""
    kinds = [*KINDS]
    return _Growth(Dice(f"network {seed}"), kinds[seed % len(kinds)]).network()


# Text -------------------------------------------------------------------------------------------------------------


def spec_text(document: Document) -> str:
    """The YAML of a document, an item a line."""
    lines = [f"name: {document.stem}"]
    shapes = {name: _flow(list(shape)) for name, shape in document.inputs.items()}
    lines.append(f"input: {shapes['input'] if list(shapes) == ['input'] else _flow_mapping(shapes)}")
    if document.variables:
        lines.append(f"vars: {_flow(document.variables)}")
    if document.defaults:
        lines.append(f"defaults: {_flow(document.defaults)}")
    if document.blocks:
        lines.append("blocks:")
    for block in document.blocks.values():
        lines += [f"  {block.name}:", f"    params: {_flow(block.parameters)}", "    layers:"]
        lines += [f"      - {item_text(item)}" for item in block.items]
        if block.defaults:
            lines.append(f"    defaults: {_flow(block.defaults)}")
    lines += ["layers:", *(f"  - {item_text(item)}" for item in document.items)]
    if document.outputs is not None:
        lines.append(f"outputs: {_flow(document.outputs)}")
    return "\n".join(lines) + "\n"


def item_text(item: Item) -> str:
    """An item in one line."""
    options = {name: _flow(value) for name, value in item.arguments.items()}
    if item.bare:
        return f"{item.kind}: {next(iter(options.values()))}"
    if item.name is not None:
        options["name"] = item.name
    if item.sources:
        options["from"] = item.sources[0] if len(item.sources) == 1 else f"[{', '.join(item.sources)}]"
    for option, value in (("trainable", item.trainable), ("repeat", item.repeat), ("if", item.condition)):
        if value is not None:
            options[option] = _flow(value)
    if item.first:
        options["first"] = _flow(item.first)
    if item.share is not None:
        options["share"] = item.share
    if item.branches is not None:
        branches = {name: f"[{', '.join(map(item_text, branch))}]" for name, branch in item.branches.items()}
        options["branches"] = _flow_mapping(branches)
    return f"{item.kind}: {_flow_mapping(options)}" if options else item.kind


def _flow(value: object) -> str:
    if isinstance(value, Mapping):
        return _flow_mapping({str(name): _flow(entry) for name, entry in value.items()})
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    text = str(value)
    return f'"{text}"' if re.search(r"[,:(]|^[^\w$.-]", text) else text


def _flow_mapping(entries: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name}: {text}" for name, text in entries.items()) + "}"


# Growth -----------------------------------------------------------------------------------------------------------


class _Growth:
    """Adds items to a file as long as Keras takes them; layers of one kind more often than others."""

    def __init__(self, dice: Dice, favourite: str) -> None:
        self.dice = dice
        self.favourite = favourite
        self.source: str | None = None
        """What the next item reads, where it is not the item before it."""
        ranks = [0] if favourite in ("Maxout", "RepeatVector") else [0, 1, 1, 2, 2, 3]
        self.rank = registry.layer_class(favourite).rank or dice.choice(ranks)
        self.names = iter(f"{dice.choice('abcdefgh')}{count}" for count in range(1_000))
        self.inner = self.document("inner", {"input": self.shape(self.rank)})
        self.inner.items = self.block_items(self.inner, {}, depth=1, blocks=[])
        self.outer = self.document("random", self.inputs())
        self.built = Network(self.outer, {"inner.yaml": self.inner})

    def network(self) -> RandomNetwork:
        steps: list[tuple[Callable[[], Item], int]] = [
            (self.any_layer, 12), (self.block_use, 5), (self.branches, 3), (self.merge_of_names, 3),
            (self.inner_model, 2), (self.shared, 4),
        ]  # fmt: skip
        for _ in range(10):
            self.extend(self.any_layer)
            if len(self.outer.items) == 5:
                break
        wanted = len(self.outer.items) + self.dice.randint(5, 14)
        for _ in range(4 * wanted):
            (step,) = self.dice.choices([step for step, _ in steps], [weight for _, weight in steps])
            self.extend(step)
            if len(self.outer.items) >= wanted or len(self.built.rows) > MAX_ROWS:
                break
        if self.dice.often():
            named = [name for name, made in self.built.place.names.items() if isinstance(made, Row)]
            if named:
                self.outer.outputs = self.dice.sample(named, self.dice.randint(1, min(3, len(named))))
        files = {"random.yaml": spec_text(self.outer), "inner.yaml": spec_text(self.inner)}
        return RandomNetwork(files, self.built, frozenset(self.features()))

    def extend(self, step: Callable[[], Item]) -> None:
        """One more item, unless Keras refuses it."""
        self.source = None
        if self.built.current is None or self.dice.rarely():
            names = ["input", "prev"] if self.built.place.input else []
            self.source = self.dice.choice([*self.readable(), *names])
        try:
            item = self.with_options(step())
            self.built.add(item)
        except Refused:
            return
        self.outer.items.append(item)

    # Files ------------------------------------------------------------------------------------------------------

    def shape(self, rank: int) -> Shape:
        unknown = self.dice.rarely()
        sizes = [
            None if unknown and self.dice.often() else self.dice.randint(4, 12 if rank < 3 else 8) for _ in range(rank)
        ]
        if rank == 3 and sizes[0] is None and None not in sizes[1:]:
            sizes = [None] * rank  # the first alone would be taken for the batch
        return (*sizes, self.dice.choice([1, 2, 3, 4, 6, 8]))

    def inputs(self) -> dict[str, Shape]:
        shape = self.shape(self.rank)
        if self.dice.random() < 0.8:
            return {"input": shape}
        return {"left": shape, "right": shape, "other": self.shape(self.dice.randint(0, 2))}

    def document(self, stem: str, inputs: dict[str, Shape]) -> Document:
        """A file with vars, defaults and blocks, and no items yet."""
        document = Document(stem, inputs)
        if self.dice.often():
            document.variables = {"width": self.dice.randint(1, 6), "wide": self.dice.choice([True, False])}
        if self.dice.often():
            document.defaults = self.defaults()
        for name in self.dice.sample(["unit", "stage", "cell"], self.dice.randint(0, 3)):
            document.blocks[name] = self.block(name, document)
        return document

    def defaults(self) -> dict[str, dict[str, object]]:
        choices: dict[str, dict[str, object]] = {
            f"Conv{self.rank}D": {"padding": "same", "use_bias": False},
            "Dense": {"activation": "tanh"},
            "BatchNormalization": {"scale": self.dice.often(), "trainable": False},
            f"MaxPooling{self.rank}D": {"strides": 1, "padding": "same"},
        }
        kinds = [kind for kind in choices if registry.is_kind(kind)]
        return {kind: choices[kind] for kind in self.dice.sample(kinds, self.dice.randint(1, len(kinds)))}

    # Blocks -----------------------------------------------------------------------------------------------------

    def block(self, name: str, document: Document) -> Block:
        """A block that fits any map of the file's rank: it keeps sizes but where it is told to stride."""
        parameters: dict[str, object] = {
            "filters": self.dice.choice([None, 4, Computed("2*2")]),
            "kernel": self.dice.randint(1, 3),
            "stride": self.dice.choice([1, 1, 1, 2]),
            "deep": self.dice.often(),
            "half": Computed("max($filters // 2, 1)"),
            "seen": Computed("$in_channels"),
        }
        if "width" in document.variables and self.dice.often():
            parameters["filters"] = Computed("$width")
        usable = [block.name for block in document.blocks.values() if "skip" not in block.parameters]
        items = self.block_items(document, parameters, depth=0, blocks=usable)
        if self.dice.rarely():
            parameters = {"skip": None} | parameters
            items.append(Item("Concatenate", sources=["prev", "$skip"]))
        defaults = self.defaults() if self.dice.rarely() else {}
        return Block(name, parameters, items, defaults)

    def block_items(
        self, document: Document, parameters: Mapping[str, object], depth: int, blocks: list[str]
    ) -> list[Item]:
        made = [self.block_item(parameters, depth, blocks) for _ in range(self.dice.randint(1, 4))]
        if parameters and self.dice.rarely():
            # A layer, and one that reuses its weights: both read and give as many channels as the block reads.
            kind = f"Conv{self.rank}D" if self.rank else "Dense"
            square: dict[str, object] = {"filters" if self.rank else "units": Computed("$seen")}
            square |= {"kernel_size": 1} if self.rank else {}
            first, again = Item(kind, square, name="first"), Item(kind, square, share="first", sources=["input"])
            made = [replace(first, sources=["input"]), again, *made]
        if depth == 1:
            made = [replace(item, name=f"item{index}") for index, item in enumerate(made)]
        return made

    def block_item(self, parameters: Mapping[str, object], depth: int, blocks: list[str]) -> Item:
        """An item that fits every map of the rank; in terms of the parameters, where there are some."""
        dice, rank = self.dice, self.rank
        if blocks and dice.rarely():
            return Item(dice.choice(blocks), {"filters": Computed("$filters")})
        if depth < 2 and dice.rarely():
            inner = [self.block_item(parameters, 2, []) for _ in range(dice.randint(1, 2))]
            return Item("Concatenate", branches={"main": inner, "shortcut": []})
        filters: object = dice.filters()
        condition: Computed | bool | None = None
        if parameters:
            filters = dice.choice([filters, Computed("$filters"), Computed("2*$half"), Computed("$in_channels")])
            condition = dice.choice([None] * 6 + [Computed("$deep"), Computed("$kernel > 1 or not $deep")])
        plain = ["BatchNormalization", "ReLU", "LayerNormalization", "Dropout"]
        kind = dice.choice([*plain, *(["Dense"] if rank == 0 else ["Conv", "Conv", "MaxPooling", "SeparableConv"])])
        if kind in plain:
            return Item(kind, {"rate": 0.5} if kind == "Dropout" else {}, condition=condition)
        if kind == "Dense":
            return Item(kind, {"units": filters}, condition=condition)
        window: dict[str, object] = {"padding": "same"}
        if kind == "MaxPooling":
            return Item(f"MaxPooling{rank}D", {"pool_size": 2, "strides": 1} | window)
        window["kernel_size"] = Computed("$kernel") if parameters else dice.randint(1, 3)
        if parameters and dice.rarely():
            window["strides"] = Computed("$stride")
        kind = "Conv" if rank == 3 else kind
        return Item(f"{kind}{rank}D", {"filters": filters} | window, condition=condition)

    def block_use(self) -> Item:
        if not self.outer.blocks:
            return self.any_layer()
        block = self.dice.choice(list(self.outer.blocks.values()))
        choices: dict[str, object] = {
            "filters": self.spelled(self.dice.filters()),
            "kernel": self.dice.randint(1, 3),
            "stride": self.dice.randint(1, 2),
            "deep": self.dice.choice([True, Computed("1 > 2")]),
        }
        needed = {name for name, default in block.parameters.items() if default is None}
        given = {name: value for name, value in choices.items() if name in needed or self.dice.rarely()}
        if "skip" in needed:
            given["skip"] = Name(self.dice.choice([*self.readable(), *(["prev"] if self.built.current else [])]))
        item = Item(block.name, given)
        item.bare = self.can_be_bare(item, next(iter(block.parameters))) and self.dice.often()
        if not item.bare and self.dice.rarely():
            item.repeat = self.dice.choice([1, 2, Computed("1 + 2")])
            item.first = self.dice.some({"deep": True, "kernel": 1})
        return item

    # Items ------------------------------------------------------------------------------------------------------

    def current_shape(self) -> Shape:
        """The shape that the next item reads."""
        row = self.built.current if self.source is None else self.row(self.source)
        assert row is not None
        return row.shape

    def any_layer(self) -> Item:
        """A layer of any kind that may fit, whatever its arguments."""
        dice, x = self.dice, self.current_shape()
        fitting = [
            kind for kind in KINDS
            if registry.layer_class(kind).rank in (0, len(x) - 1) and not registry.layer_class(kind).merges
            and not (kind == "Reshape" and None in x)  # an error here, where Keras leaves sizes open
        ]  # fmt: skip
        favoured = self.favourite in fitting and dice.random() < (0.8 if len(self.outer.items) < 5 else 0.3)
        kind = self.favourite if favoured else dice.choice(fitting)
        dice.generosity = 0.85 if favoured else 0.6
        values = {name: self.spelled(value) for name, value in arguments(kind, dice, x).items()}
        item = Item(kind, values)
        item.bare = self.can_be_bare(item, registry.layer_class(kind).primary) and dice.often()
        # A reduction may take the axis away that its next copy would need.
        if not item.bare and not kind.startswith("Reduce") and dice.rarely():
            item.repeat = dice.choice([1, 2, 3, Computed("4 - 2")])
            item.first = {
                name: value for name, value in arguments(kind, dice, x).items()
                if name in registry.layer_class(kind).arguments() and dice.often()
            }  # fmt: skip
        return item

    def can_be_bare(self, item: Item, primary: str) -> bool:
        """Whether `Kind: value` says it all; null would say nothing."""
        return self.source is None and list(item.arguments) == [primary] and item.arguments[primary] is not None

    def with_options(self, item: Item) -> Item:
        """The item with a name, a source, a condition, frozen weights, or none of them."""
        dice = self.dice
        if item.bare:
            return item
        is_layer = registry.is_kind(item.kind)
        if item.name is None and dice.random() < (0.4 if is_layer else 0.8):
            item.name = next(self.names)
        if self.source is not None and not item.sources:
            item.sources = [self.source]
        if item.share is None and dice.rarely():
            item.trainable = dice.random() < 0.3
        if dice.random() < 0.05:
            conditions: list[bool | Computed] = [True, False, Computed("2 < 1"), Computed("3 >= 2 and not 1 == 2")]
            wide = [Computed("$wide")] if "wide" in self.outer.variables else []
            item.condition = dice.choice([*conditions, *wide])
        return item

    def readable(self) -> list[str]:
        """Names that an item of the file may read, some of them inside of finished blocks."""
        names = []
        for name, made in self.built.place.names.items():
            names.append(name)
            if isinstance(made, Place):
                inside = [inner for inner, row in made.names.items() if isinstance(row, Row) and row in self.built.rows]
                names += [f"{name}/{inner}" for inner in inside]
        hidden = self.built.place.hidden
        return [name for name in names if name not in hidden and self.row(name) is not None]

    def row(self, name: str) -> Row | None:
        try:
            return self.built.place.find(name, self.built.current)
        except (AssertionError, KeyError):
            return None

    def branches(self) -> Item:
        """A merge whose branches end alike. They start at the running tensor."""
        self.source = None
        if self.built.current is None:
            raise Refused("nothing to branch from")
        dice, x = self.dice, self.current_shape()
        kind = self.merge_kind()
        rank = len(x) - 1
        channels = dice.choice([x[-1], dice.filters()])
        made: dict[str, list[Item]] = {}
        for name in ["main", "side", "third"][: 2 if kind == "Subtract" else dice.randint(2, 3)]:
            branch = self.block_items(self.outer, {}, depth=2, blocks=[]) if rank == self.rank else []
            if kind != "Concatenate" and (branch or channels != x[-1]):
                last: dict[str, object] = {"filters": channels, "kernel_size": 1}
                branch.append(Item(f"Conv{rank}D", last) if rank in (1, 2, 3) else Item("Dense", {"units": channels}))
            made[name] = branch
        if dice.rarely() and kind in ("Multiply", "Add") and rank == 2:
            made["side"] = [Item("GlobalAveragePooling2D", {"keepdims": True}), Item("Dense", {"units": channels})]
        item = Item(kind, arguments(kind, dice, x), branches=made)
        if dice.rarely():
            item.repeat = 2
        return item

    def merge_of_names(self) -> Item:
        """A merge of tensors that have names and shapes that may fit."""
        dice, x = self.dice, self.current_shape()
        kind = self.merge_kind()
        fitting = [name for name in self.readable() if self.fits(kind, x, name)]
        if not fitting:
            raise Refused("nothing to merge with")
        count = 1 if kind == "Subtract" else dice.randint(1, 2)
        values = arguments(kind, dice, x)
        if kind == "Concatenate" and dice.often():
            values = {"axis": dice.axis(x)}
        return Item(kind, values, sources=[self.source or "prev", *(dice.choice(fitting) for _ in range(count))])

    def merge_kind(self) -> str:
        kinds = registry.MODULES["merging"]
        return self.favourite if self.favourite in kinds and self.dice.often() else self.dice.choice(kinds)

    def fits(self, kind: str, x: Shape, name: str) -> bool:
        row = self.row(name)
        if row is None:
            return False
        if kind == "Concatenate":
            return len(row.shape) == len(x)
        return all(a == b or 1 in (a, b) for a, b in zip(row.shape[::-1], x[::-1], strict=False))

    def inner_model(self) -> Item:
        """A model in the model, cut or frozen at one of its items."""
        dice = self.dice
        at = [name for item in self.inner.items if (name := item.name) is not None]
        cuts: dict[str, object] = {"until": Name(dice.choice(at)), "frozen_until": Name(dice.choice(at))}
        item = Item("Model", {"spec": "inner.yaml"} | dice.some(cuts))
        if dice.rarely():
            item.repeat = 2
        return item

    def shared(self) -> Item:
        """An item that reuses the weights of an earlier one."""
        candidates = [item for item in self.outer.items if item.name is not None and not item.first]
        candidates = [item for item in candidates if item.branches is None and item.name in self.built.place.names]
        if not candidates:
            raise Refused("nothing to share")
        larger = [item for item in candidates if not registry.is_kind(item.kind)]
        owner = self.dice.choice(larger if larger and self.dice.often() else candidates)
        made = self.built.place.names[owner.name or ""]
        rows = [made] if isinstance(made, Row) else []
        if isinstance(made, Place):
            rows = [row for row in self.built.rows if row.name.startswith(made.prefix)]
        x = self.current_shape()
        reads = [self.built_row(name) for name in rows[0].inputs] if rows else []
        if not reads or any(row.owner for row in rows) or not any(row.layer.weights for row in rows):
            raise Refused("no weights of its own")
        if reads[0].shape[-1] != x[-1] or (not _per_channel(owner.kind) and reads[0].shape != x):
            raise Refused("weights of another shape")
        return Item(owner.kind, dict(owner.arguments), share=owner.name)

    def built_row(self, name: str) -> Row:
        return next(row for row in self.built.rows if row.name == name)

    # Values -----------------------------------------------------------------------------------------------------

    def spelled(self, value: object) -> object:
        """A value in one of the ways in which it may be written."""
        dice = self.dice
        if isinstance(value, bool):
            return dice.choice([value] * 4 + [Computed("2 > 1" if value else "2 < 1")])
        if isinstance(value, int) and value >= 0:
            numbers = [value, value, Computed(f"{value + 1} - 1"), Computed(f"min({value}, {value + 2})")]
            width = self.outer.variables.get("width")
            if value == width:
                numbers += [Computed("$width")] * 4
            if value == self.current_shape()[-1]:
                numbers += [Computed("$in_channels")] * 4
            return dice.choice(numbers)
        if isinstance(value, list) and value and all(isinstance(entry, int) and entry > 0 for entry in value):
            ways: list[object] = [value, [self.spelled(entry) for entry in value]]
            if len(value) > 1:
                ways += [Spelled("x".join(map(str, value)), value), Spelled(f"({', '.join(map(str, value))})", value)]
            return dice.choice(ways)
        return value

    # What was used ----------------------------------------------------------------------------------------------

    def features(self) -> Iterator[Feature]:
        for row in self.built.rows:
            yield row.kind, ""
            yield from ((row.kind, argument) for argument in row.arguments)
        yield from _features_of(self.outer.items, self.outer.blocks)
        if any(row.name.startswith("inner") for row in self.built.rows):
            yield from _features_of(self.inner.items, self.inner.blocks)
        document = self.outer
        parts = {"vars": document.variables, "defaults": document.defaults, "outputs": document.outputs}
        yield from (("spec", part) for part, value in parts.items() if value)
        if len(document.inputs) > 1:
            yield "spec", "several inputs"
        if any(None in row.shape for row in self.built.rows):
            yield "spec", "unknown sizes"
        if any(row.instances > 1 and row.kind != "RoIAlign" for row in self.built.rows):
            yield "spec", "regions"


def _per_channel(kind: str) -> bool:
    """Whether a layer's weights depend on the channels that it reads only."""
    return kind in KINDS and kind not in ("PReLU", "LayerNormalization", "RMSNormalization", "Normalization", "Flatten")


def _features_of(items: Iterable[Item], blocks: Mapping[str, Block]) -> Iterator[Feature]:
    for item in items:
        what = "block" if item.kind in blocks else item.kind if item.kind == "Model" else "layer"
        if what == "block":
            block = blocks[item.kind]
            yield from _features_of(block.items, blocks)
            yield "block", "of a block" if any(inner.kind in blocks for inner in block.items) else "used"
            if block.defaults:
                yield "block", "defaults"
        if what == "Model":
            yield from (("Model", argument) for argument in item.arguments)
        options = {
            "name": item.name, "from": item.sources, "repeat": item.repeat, "first": item.first, "share": item.share,
            "branches": item.branches, "bare value": item.bare,
        }  # fmt: skip
        yield from ((what, option) for option, value in options.items() if value)
        if item.trainable is not None:
            yield what, f"trainable: {_flow(item.trainable)}"
        if item.condition is not None:
            yield what, "if"
        for branch in (item.branches or {}).values():
            yield from _features_of(branch, blocks)
            if not branch:
                yield "layer", "empty branch"
        for value in (*item.arguments.values(), *item.first.values()):
            for entry in value if isinstance(value, list) else [value]:
                if isinstance(entry, Computed):
                    yield "value", "$in_channels" if "$in_channels" in entry else "$" if "$" in entry else "arithmetic"
                if isinstance(entry, Spelled):
                    yield "value", "3x3" if "x" in entry else "(3, 3)"
                if isinstance(entry, Name) and what == "block":
                    yield "value", "name as a parameter"
