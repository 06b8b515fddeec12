"""How many layers a spec comes to, before any of them is made: forty blocks that each use the next one twice are 2^40.

Structure depends on parameters only, so that a block with the same parameters comes to the same number everywhere and
is counted once. What is wrong in a spec counts as nothing here: the expansion says what it is.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Final, NamedTuple

from cnncalc.errors import Problem
from cnncalc.layers.arguments import Boolean, Integer
from cnncalc.spec.document import Arguments, Block, Document, Item
from cnncalc.spec.values import Bindings, Channels, Late, Value, evaluate
from cnncalc.spec.yaml_nodes import Sequence

MAX_COUNTED: Final = 20_000
"""Items that are gone through; beyond it nothing is foreseen, and the expansion itself meets the limit."""

MOST: Final = 10**18
"""Counting ends here: no spec may come to as much."""

_BOOLEAN: Final = Boolean()
_COUNT: Final = Integer(1)
_SHAPE: Final = Channels(0)


class Extent(NamedTuple):
    """What an item comes to: layers, and what else is gone through (dropped items, uses of blocks, merges' inputs)."""

    layers: int
    passed: int

    def and_then(self, other: Extent) -> Extent:
        return Extent(min(self.layers + other.layers, MOST), min(self.passed + other.passed, MOST))

    def times(self, copies: int) -> Extent:
        return Extent(min(self.layers * copies, MOST), min(self.passed * copies, MOST))


Counting = Generator["Counting", Extent, Extent]
"""A part of the counting; it yields the parts that it waits for."""

NOTHING: Final = Extent(0, 0)


class _TooManyItems(Exception):
    """The counting itself would take too long."""


def foresee(document: Document, variables: Mapping[str, Value]) -> list[Extent]:
    """What the items of the top-level list come to, each at least: a Model counts as one layer.

    Empty where it would take too long to say.
    """
    forecast = _Forecast(document)
    bindings = Bindings(variables, variables)
    try:
        return [_run(forecast.item(item, bindings)) for item in document.items]
    except _TooManyItems:
        return []


def _run(counting: Counting) -> Extent:
    """Runs a part and all that it waits for, with a stack of our own: blocks may stand hundreds deep in each other."""
    stack = [counting]
    result: Extent | None = None
    while stack:
        try:
            waited_for = next(stack[-1]) if result is None else stack[-1].send(result)
            stack.append(waited_for)
            result = None
        except StopIteration as done:
            stack.pop()
            result = done.value
    assert result is not None
    return result


class _Forecast:
    def __init__(self, document: Document) -> None:
        self.blocks = document.blocks
        self.visited = 0
        self.known: dict[object, Extent] = {}

    def items(self, items: tuple[Item, ...], bindings: Bindings) -> Counting:
        total = NOTHING
        for item in items:
            total = total.and_then((yield self.item(item, bindings)))
        return total

    def item(self, item: Item, bindings: Bindings) -> Counting:
        block = self.blocks.get(item.kind)
        if block is None and item.branches is None and item.from_ is None and item.if_ is None and item.repeat is None:
            return Extent(1, 0)
        self.visited += 1
        if self.visited > MAX_COUNTED:
            raise _TooManyItems
        try:
            if item.if_ is not None and not _BOOLEAN.read(evaluate(item.if_.tree, bindings, None), 0):
                return Extent(0, 1)
            copies = 1 if item.repeat is None else _COUNT.read(evaluate(item.repeat.tree, bindings, None), 0)
        except Problem:
            return NOTHING
        if block is None:
            return (yield self.layer(item, bindings)).times(copies)
        each = yield self.block(block, item.arguments, bindings)
        if not item.first:
            return each.times(copies)
        first = yield self.block(block, {**item.arguments, **item.first}, bindings)
        return first.and_then(each.times(copies - 1))

    def layer(self, item: Item, bindings: Bindings) -> Counting:
        """One layer, of a merge with its branches."""
        total, inputs = Extent(1, 0), 2
        if item.branches is not None:
            inputs = len(item.branches)
            for branch in item.branches.values():
                total = total.and_then((yield self.items(branch, bindings)))
        elif item.from_ is not None and isinstance(item.from_.tree, Sequence):
            inputs = len(item.from_.tree.items)
        return total.and_then(Extent(0, max(0, inputs - 2)))

    def block(self, block: Block, given: Arguments, bindings: Bindings) -> Counting:
        """One use of a block."""
        named = {next(iter(block.params), "") if name == "" else name: written for name, written in given.items()}
        values: dict[str, Value] = {}
        own = Bindings(values, bindings.vars)
        try:
            for name, default in block.params.items():
                written, scope = (named[name], bindings) if name in named else (default, own)
                values[name] = evaluate(written.tree, scope, _SHAPE)
        except Problem:
            return NOTHING
        key = (block.name, *map(_key, values.values()))
        if key not in self.known:
            self.known[key] = NOTHING  # for a block that contains itself
            self.known[key] = (yield self.items(block.items, own)).and_then(Extent(0, 1))
        return self.known[key]


def _key(value: Value) -> object:
    """A value to find a block's extent by: what waits for a shape decides nothing about structure."""
    if isinstance(value, list):
        return tuple(map(_key, value))
    if isinstance(value, (Channels, Late)):
        return None
    return type(value).__name__, value
