"""Random blocks and defaults of a spec, for maps of some rank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cnncalc.layers import registry
from tests.peers.keras_networks import Block, Computed, Document, Item
from tests.peers.random_arguments import Dice


@dataclass(frozen=True)
class Blocks:
    """What draws blocks for maps with so many spatial axes."""

    dice: Dice
    rank: int

    def defaults(self) -> dict[str, dict[str, object]]:
        choices: dict[str, dict[str, object]] = {
            f"Conv{self.rank}D": {"padding": "same", "use_bias": False},
            "Dense": {"activation": "tanh"},
            "BatchNormalization": {"scale": self.dice.often(), "trainable": False},
            f"MaxPooling{self.rank}D": {"strides": 1, "padding": "same"},
        }
        kinds = [kind for kind in choices if registry.is_kind(kind)]
        return {kind: choices[kind] for kind in self.dice.sample(kinds, self.dice.randint(1, len(kinds)))}

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
