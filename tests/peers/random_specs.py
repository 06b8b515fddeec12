"""Random specs as text, and beside each the network that Keras makes of it, grown together item by item.

    made = random_network(7)
    made.files["random.yaml"]     # the spec; other files are models in the model
    made.network.rows             # what it has to come to

They use all of the language: blocks inside blocks with parameters, defaults and conditions, copies, branches, names,
shared and frozen weights, models in the model, several inputs, sizes that are unknown, and every way to write a value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cnncalc.layers import registry
from cnncalc.tensor import Shape
from tests.peers.keras_networks import Computed, Document, Item, Name, Network, Place, Refused, Row, Spelled
from tests.peers.random_arguments import KINDS, Dice
from tests.peers.random_blocks import Blocks
from tests.peers.random_sequences import ALL_KINDS, arguments, may_read
from tests.peers.spec_features import Feature, features
from tests.peers.spec_text import spec_text

MAX_ROWS = 60


@dataclass(frozen=True)
class RandomNetwork:
    """A spec, `random.yaml`, with the files that it names, and what it comes to."""

    files: dict[str, str]
    network: Network
    features: frozenset[Feature]


def random_network(seed: int) -> RandomNetwork:
    """The network of a number: the same one each time."""
    return _Growth(Dice(f"network {seed}"), ALL_KINDS[seed % len(ALL_KINDS)]).network()


# Growth -----------------------------------------------------------------------------------------------------------


class _Growth:
    """Adds items to a file as long as Keras takes them; layers of one kind more often than others."""

    def __init__(self, dice: Dice, favourite: str) -> None:
        self.dice = dice
        self.favourite = favourite
        self.source: str | None = None
        """What the next item reads, where it is not the item before it."""
        ranks = [0] if favourite in ("Maxout", "RepeatVector", "CategoryEncoding") else [0, 1, 1, 2, 2, 3]
        if registry.MODULE_OF[favourite] in ("attention", "recurrent", "wrappers", "products"):
            ranks = [1, 1, 1, 2, 3]
        if registry.MODULE_OF[favourite] == "augmentation":
            ranks = [2]
        self.rank = registry.layer_class(favourite).rank or dice.choice(ranks)
        if favourite.startswith("ConvLSTM"):
            self.rank = min(self.rank + 1, 3)  # its steps are an axis besides
        self.blocks = Blocks(dice, self.rank)
        self.names = iter(f"{dice.choice('abcdefgh')}{count}" for count in range(1_000))
        self.inner = self.document("inner", {"input": self.shape(self.rank)})
        self.inner.items = self.blocks.block_items(self.inner, {}, depth=1, blocks=[])
        self.outer = self.document("random", self.inputs())
        self.built = Network(self.outer, {"inner.yaml": self.inner})

    def network(self) -> RandomNetwork:
        steps: list[tuple[Callable[[], Item], int]] = [
            (self.any_layer, 12), (self.block_use, 5), (self.branches, 3), (self.merge_of_names, 3),
            (self.inner_model, 2), (self.shared, 4), (self.pair, 3),
        ]  # fmt: skip
        for _ in range(10):
            self.extend(self.any_layer if _reads_one(self.favourite) or self.dice.often() else self.pair)
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
        return RandomNetwork(files, self.built, frozenset(features(self.outer, self.inner, self.built.rows)))

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
            document.defaults = self.blocks.defaults()
        for name in self.dice.sample(["unit", "stage", "cell"], self.dice.randint(0, 3)):
            document.blocks[name] = self.blocks.block(name, document)
        return document

    # Blocks in use ---------------------------------------------------------------------------------------------

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
        fitting = [kind for kind in ALL_KINDS if may_read(kind, x)]
        favoured = self.favourite in fitting and dice.random() < (0.8 if len(self.outer.items) < 5 else 0.3)
        kind = self.favourite if favoured else dice.choice(fitting)
        dice.generosity = 0.85 if favoured else 0.6
        values = arguments(kind, dice, x)
        if kind != "Parameter":  # it reads nothing whose channels could be meant
            values = {name: self.spelled(value) for name, value in values.items()}
        item = Item(kind, values)
        item.bare = self.can_be_bare(item, registry.layer_class(kind).primary) and dice.often()
        # A reduction may take the axis away that its next copy would need.
        repeatable = not item.bare and not kind.startswith("Reduce") and dice.rarely()
        if repeatable and kind not in ("EinsumDense", "TimeDistributed"):
            item.repeat = dice.choice([1, 2, 3, Computed("4 - 2")])
            item.first = {
                name: value for name, value in arguments(kind, dice, x).items()
                if name in registry.layer_class(kind).arguments() and dice.often()
            }  # fmt: skip
            if kind == "Expand":  # it has one argument or the other
                item.first = {}
        return item

    def can_be_bare(self, item: Item, primary: str) -> bool:
        """Whether `Kind: value` says it all; null would say nothing."""
        if self.source is not None or list(item.arguments) != [primary]:
            return False
        return item.arguments[primary] is not None and not isinstance(item.arguments[primary], dict)

    def with_options(self, item: Item) -> Item:
        """The item with a name, a source, a condition, frozen weights, or none of them."""
        dice = self.dice
        if item.bare:
            return item
        is_layer = registry.is_kind(item.kind)
        if item.name is None and dice.random() < (0.4 if is_layer else 0.8):
            item.name = next(self.names)
        if self.source is not None and not item.sources and item.kind != "Parameter":
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
            branch = self.blocks.block_items(self.outer, {}, depth=2, blocks=[]) if rank == self.rank else []
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

    def pair(self) -> Item:
        """What reads the running tensor twice, or one like it besides."""
        dice, x = self.dice, self.current_shape()
        kind = self.favourite if self.favourite in PAIRS and dice.often() else dice.choice(PAIRS)
        if len(x) == 1 and kind not in ("Stack", "Dot"):
            raise Refused("a vector has no positions")
        alike = [name for name in self.readable() if (row := self.row(name)) is not None and row.shape == x]
        first = self.source or "prev"
        second = dice.choice(alike) if alike and dice.rarely() else first
        more = [second] if kind.endswith("Attention") and dice.rarely() else []
        return Item(kind, arguments(kind, dice, x), sources=[first, second, *more])

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


def _reads_one(kind: str) -> bool:
    """Whether a layer may read a single tensor."""
    return registry.layer_class(kind).fewest_inputs <= 1


PAIRS = ("Stack", "MatMul", "Einsum", "Dot", "Attention", "AdditiveAttention", "MultiHeadAttention")
"""What reads a tensor and itself, or another one like it."""


def _per_channel(kind: str) -> bool:
    """Whether a layer's weights depend on the channels that it reads only."""
    return kind in KINDS and kind not in ("PReLU", "LayerNormalization", "RMSNormalization", "Normalization", "Flatten")
