"""Whether copies of steps are alike, so that a loop can stand for all of them."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.exporting.program.expressions import Code, Symbol
from cnncalc.exporting.program.steps import (
    Channels,
    CopyStep,
    IfStep,
    Index,
    LayerStep,
    LoopStep,
    Name,
    Step,
    UseStep,
    Value,
    Variable,
)


def are_alike(first: Sequence[Step], other: Sequence[Step], variable: Variable, loop: int) -> bool:
    """Tells whether two copies of an item do the same, each with its own number and its own variables.

    `variable` is the one that both read and change; `loop` tells which numbers in names are those of the copies.
    """
    return _Comparison({variable: variable}, loop).steps(first, other)


class _Comparison:
    """Which variable of the other copy stands for each one of the first."""

    def __init__(self, variables: dict[Variable, Variable], loop: int) -> None:
        self.variables = variables
        self.loop = loop

    def steps(self, first: Sequence[Step], other: Sequence[Step]) -> bool:
        return len(first) == len(other) and all(map(self.step, first, other))

    def step(self, a: Step, b: Step) -> bool:
        if isinstance(a, LayerStep) and isinstance(b, LayerStep):
            return (
                a.kind == b.kind
                and a.is_frozen == b.is_frozen
                and self.names(a.name, b.name)
                and self.values(a.inputs, b.inputs)
                and self.arguments(a.arguments, b.arguments)
                and self.target(a.target, b.target)
            )
        if isinstance(a, UseStep) and isinstance(b, UseStep):
            return (
                a.function is b.function
                and self.names(a.name, b.name)
                and self.values(a.inputs, b.inputs)
                and self.arguments(a.arguments, b.arguments)
                and self.target(a.target, b.target)
            )
        if isinstance(a, CopyStep) and isinstance(b, CopyStep):
            return self.values([a.source], [b.source]) and self.target(a.target, b.target)
        if isinstance(a, IfStep) and isinstance(b, IfStep):
            return self.code(a.condition, b.condition) and self.steps(a.steps, b.steps)
        if isinstance(a, LoopStep) and isinstance(b, LoopStep):
            return a.start == b.start and self.code(a.stop, b.stop) and self.steps(a.steps, b.steps)
        return False

    def names(self, a: Name, b: Name) -> bool:
        def without_number(name: Name) -> list[object]:
            return ["number" if isinstance(part, Index) and part.loop == self.loop else part for part in name]

        return without_number(a) == without_number(b)

    def values(self, a: Sequence[Value], b: Sequence[Value]) -> bool:
        return len(a) == len(b) and all(
            self.variables.get(one.variable, one.variable) is other.variable for one, other in zip(a, b, strict=True)
        )

    def target(self, a: Value, b: Value) -> bool:
        return self.variables.setdefault(a.variable, b.variable) is b.variable

    def arguments(self, a: dict[str, Code], b: dict[str, Code]) -> bool:
        return list(a) == list(b) and all(self.code(a[name], b[name]) for name in a)

    def code(self, a: Code, b: Code) -> bool:
        if a.symbol is not None or b.symbol is not None:
            return self.symbol(a.symbol, b.symbol)
        return (
            a.head == b.head
            and a.constant == b.constant
            and type(a.constant) is type(b.constant)
            and len(a.operands) == len(b.operands)
            and all(map(self.code, a.operands, b.operands))
        )

    def symbol(self, a: Symbol | None, b: Symbol | None) -> bool:
        if isinstance(a, Channels) and isinstance(b, Channels):
            return self.values([a.of], [b.of])
        return a is b
