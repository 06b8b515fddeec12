"""How many layers a spec comes to, before any of them is made: forty blocks that each use the next one twice are 2^40.

Structure depends on parameters only, so that a block with the same parameters comes to the same number everywhere and
is counted once. What is wrong in a spec counts as nothing here: the expansion says what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Final, NamedTuple

from cnncalc.errors import Problem, SpecError
from cnncalc.layers import registry
from cnncalc.layers.arguments import Boolean, Integer
from cnncalc.spec.document import Arguments, Block, Document, Item
from cnncalc.spec.values import Bindings, Channels, Value, evaluate, key_of
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


Loader = Callable[[str, Document], Document]
"""Finds the document that `Model: {spec: ...}` names in a document. Raises: Problem, SpecError."""
Counting = Generator["Counting", Extent, Extent]
"""A part of the counting; it yields the parts that it waits for."""

NOTHING: Final = Extent(0, 0)
ONE: Final = Extent(1, 0)


class _TooManyItems(Exception):
    """The counting itself would take too long."""


def foresee(document: Document, variables: Mapping[str, Value], load: Loader) -> list[Extent]:
    """What the items of the top-level list come to, each at least; empty where it would take too long to say."""
    forecast = _Forecast(load)
    bindings = Bindings(variables, variables)
    try:
        return [
            ONE if _is_plain(item, document) else _run(forecast.item(item, document, bindings))
            for item in document.items
        ]
    except _TooManyItems:
        return []


def _is_plain(item: Item, document: Document) -> bool:
    """Whether an item is one layer, whatever the parameters are."""
    made_of_others = item.kind == registry.MODEL or item.kind in document.blocks or item.branches is not None
    return not made_of_others and item.from_ is None and item.if_ is None and item.repeat is None


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
    def __init__(self, load: Loader) -> None:
        self.load = load
        self.visited = 0
        self.known: dict[object, Extent] = {}

    def items(self, items: tuple[Item, ...], document: Document, bindings: Bindings) -> Counting:
        total = NOTHING
        for item in items:
            total = total.and_then(ONE if _is_plain(item, document) else (yield self.item(item, document, bindings)))
        return total

    def item(self, item: Item, document: Document, bindings: Bindings) -> Counting:
        self.visited += 1
        if self.visited > MAX_COUNTED:
            raise _TooManyItems
        try:
            if item.if_ is not None and not _BOOLEAN.read(evaluate(item.if_.tree, bindings, None), 0):
                return Extent(0, 1)
            copies = 1 if item.repeat is None else _COUNT.read(evaluate(item.repeat.tree, bindings, None), 0)
        except Problem:
            return NOTHING
        block = document.blocks.get(item.kind)
        if block is None:
            made = self.model if item.kind == registry.MODEL else self.layer
            return (yield made(item, document, bindings)).times(copies)
        each = yield self.block(block, item.arguments, document, bindings)
        if not item.first:
            return each.times(copies)
        first = yield self.block(block, {**item.arguments, **item.first}, document, bindings)
        return first.and_then(each.times(copies - 1))

    def layer(self, item: Item, document: Document, bindings: Bindings) -> Counting:
        """One layer, of a merge with its branches."""
        total, inputs = ONE, 2
        if item.branches is not None:
            inputs = len(item.branches)
            for branch in item.branches.values():
                total = total.and_then((yield self.items(branch, document, bindings)))
        elif item.from_ is not None and isinstance(item.from_.tree, Sequence):
            inputs = len(item.from_.tree.items)
        return total.and_then(Extent(0, max(0, inputs - 2)))

    def block(self, block: Block, given: Arguments, document: Document, bindings: Bindings) -> Counting:
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
        key = (document.identity, block.name, *map(key_of, values.values()))
        if key not in self.known:
            self.known[key] = (yield self.items(block.items, document, own)).and_then(Extent(0, 1))
        return self.known[key]

    def model(self, item: Item, document: Document, bindings: Bindings) -> Counting:
        """One use of another spec. Of one that is cut with `until`, nothing is foreseen but that it is there."""
        written = item.arguments.get("spec")
        if written is None or "until" in item.arguments:
            return Extent(0, 1)
        try:
            inner = self.load(str(evaluate(written.tree, bindings, None)), document)
            if inner.identity not in self.known:
                self.known[inner.identity] = NOTHING  # for a spec that contains itself
                values: dict[str, Value] = {}
                for name, var in inner.vars.items():
                    values[name] = evaluate(var.tree, Bindings(values), None)
                own = Bindings(values, values)
                self.known[inner.identity] = (yield self.items(inner.items, inner, own)).and_then(Extent(0, 1))
        except (Problem, SpecError):
            return NOTHING
        return self.known[inner.identity]
