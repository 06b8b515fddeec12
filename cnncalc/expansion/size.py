"""How many layers a spec comes to, before any of them is made: forty blocks that each use the next one twice are 2^40.

Structure depends on parameters only, so that a block with the same parameters comes to the same number everywhere and
is counted once. What is wrong in a spec counts as nothing here: the expansion says what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from cnncalc.errors import Problem, SpecError
from cnncalc.expansion.item_options import boolean, count
from cnncalc.expansion.state import INPUTS_PER_LAYER, MAX_DEPTH, State, too_many_layers
from cnncalc.layers import registry
from cnncalc.spec.document import Arguments, Block, Document, Item
from cnncalc.spec.values import Bindings, Channels, Value, evaluate, key_of

MAX_COUNTED: Final = 20_000
"""Items that are gone through; beyond it nothing is known, and the expansion itself meets the limit."""

MOST: Final = 10**18
"""Counting ends here: no spec may come to as much."""

_SHAPE: Final = Channels(0)


class Size(NamedTuple):
    """What an item comes to: layers, and what else is gone through (dropped items, uses of blocks, merges' inputs)."""

    layers: int
    others: int

    def and_then(self, other: Size) -> Size:
        return Size(min(self.layers + other.layers, MOST), min(self.others + other.others, MOST))

    def times(self, copies: int) -> Size:
        return Size(min(self.layers * copies, MOST), min(self.others * copies, MOST))


NOTHING: Final = Size(0, 0)
ONE: Final = Size(1, 0)


class _TooManyItems(Exception):
    """The counting itself would take too long."""


def check_size(document: Document, variables: Mapping[str, Value], state: State) -> None:
    """Counts the layers of a spec. Raises: ExpansionStopped: if they are too many."""
    bindings = Bindings(variables, variables)
    counter = _Counter(state)
    try:
        sizes = [counter.item(item, document, bindings) for item in document.spec.layers]
    except _TooManyItems:
        return
    total = max(sum(size.layers for size in sizes), sum(size.others for size in sizes))
    if total > state.max_expanded:
        largest = document.spec.layers[max(range(len(sizes)), key=lambda index: max(sizes[index]))]
        span = largest.repeat.span if largest.repeat else largest.span
        found = f"{total:,} in all" if total < MOST else f"{MOST:,} or more"
        state.stop(too_many_layers(state.max_expanded, span, (), found))


class _Counter:
    def __init__(self, state: State) -> None:
        self.state = state
        self.visited = 0
        self.depth = 0
        self.known: dict[object, Size] = {}

    def items(self, items: list[Item], document: Document, bindings: Bindings) -> Size:
        total = NOTHING
        self.depth += 1
        for item in items if self.depth <= MAX_DEPTH else ():
            total = total.and_then(self.item(item, document, bindings))
        self.depth -= 1
        return total

    def item(self, item: Item, document: Document, bindings: Bindings) -> Size:
        block = document.spec.blocks.get(item.kind)
        if (
            block is None
            and item.kind != registry.MODEL
            and not (item.branches or item.from_ or item.if_ or item.repeat)
        ):
            return ONE
        self.visited += 1
        if self.visited > MAX_COUNTED:
            raise _TooManyItems
        try:
            if item.if_ is not None and not boolean(item.if_, bindings, "if"):
                return Size(0, 1)
            copies = 1 if item.repeat is None else count(item.repeat, bindings, "repeat")
            if block is None:
                one = self.model if item.kind == registry.MODEL else self.layer
                return one(item, document, bindings).times(copies)
            each = self.block(item.kind, block, item.arguments, document, bindings)
            if not item.first:
                return each.times(copies)
            first = self.block(item.kind, block, {**item.arguments, **item.first}, document, bindings)
            return first.and_then(each.times(copies - 1))
        except (Problem, SpecError):
            return NOTHING

    def layer(self, item: Item, document: Document, bindings: Bindings) -> Size:
        """Counts one layer, of a merge with its branches."""
        inputs, total = 0, ONE
        if item.branches is not None:
            inputs = len(item.branches)
            for branch in item.branches.values():
                total = total.and_then(self.items(branch, document, bindings))
        elif item.from_ is not None and isinstance(item.from_.value, list):
            inputs = len(item.from_.value)
        return total.and_then(Size(0, inputs // INPUTS_PER_LAYER))

    def block(self, name: str, block: Block, given: Arguments, document: Document, bindings: Bindings) -> Size:
        """Counts one use of a block. Raises: Problem: if a parameter has no value."""
        self.visited += len(block.params)
        named = {key or next(iter(block.params), ""): written for key, written in given.items()}
        values: dict[str, Value] = {}
        own = Bindings(values, bindings.vars)
        for parameter, default in block.params.items():
            written, scope = (named[parameter], bindings) if parameter in named else (default, own)
            values[parameter] = evaluate(written, scope, _SHAPE)
        key = (document.identity, name, *map(key_of, values.values()))
        if key not in self.known:
            self.known[key] = self.items(block.layers, document, own).and_then(Size(0, 1))
        return self.known[key]

    def model(self, item: Item, document: Document, bindings: Bindings) -> Size:
        """Counts one use of another spec. Of one that is cut with `until`, nothing is known but that it is there."""
        written = item.arguments.get("spec")
        if written is None or "until" in item.arguments:
            return Size(0, 1)
        inner = self.state.load(str(evaluate(written, bindings, None)), document)
        if inner.identity not in self.known:
            self.known[inner.identity] = NOTHING  # for a spec that contains itself
            values: dict[str, Value] = {}
            for name, var in inner.spec.vars.items():
                values[name] = evaluate(var, Bindings(values), None)
            own = Bindings(values, values)
            self.known[inner.identity] = self.items(inner.spec.layers, inner, own).and_then(Size(0, 1))
        return self.known[inner.identity]
