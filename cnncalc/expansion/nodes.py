"""A net spelled out: the flat list of nodes that an expansion makes and an analysis computes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cnncalc.errors import Diagnostic, Problem, Span
from cnncalc.layers import registry
from cnncalc.layers.base import Layer
from cnncalc.records import entity
from cnncalc.spec.document import Document, Item
from cnncalc.spec.values import Bindings, Value, is_late, key_of, resolve, waits_for_shape

SHOWN_NAME = 80
"""How much of a name a message repeats, in characters, from its end: that is where the names of blocks differ."""


class Layers:
    """The layers of a net, or of several: those that say the same are one object."""

    def __init__(self) -> None:
        self._built: dict[object, Layer] = {}

    def __len__(self) -> int:
        return len(self._built)

    def build(self, kind: str, values: Mapping[str, Value]) -> Layer:
        """Builds the layer of a kind with these arguments. Raises: Problems: if an argument is missing or wrong."""
        key = (kind, *[(name, key_of(value)) for name, value in values.items()])
        layer = self._built.get(key)
        if layer is None:
            layer = self._built[key] = registry.build(kind, values)
        return layer


@entity
class UnresolvedLayer:
    """A layer some of whose arguments wait for a shape (`$in_channels`) or a var."""

    kind: str
    values: Mapping[str, Value]
    waiting: Mapping[str, Value]
    """The values that wait."""

    @classmethod
    def of(cls, kind: str, values: Mapping[str, Value]) -> UnresolvedLayer:
        """Makes the unresolved layer of a kind."""
        return cls(kind, values, {name: value for name, value in values.items() if is_late(value)})

    @property
    def waits_for_shape(self) -> bool:
        """Whether it waits for a shape, and not for vars alone."""
        return any(map(waits_for_shape, self.waiting.values()))

    def resolved(
        self, channels: Callable[[int], int | None], known: dict[int, Value] | None = None
    ) -> dict[str, Value]:
        """Resolves the arguments once shapes are known, as `resolve` does. Raises: Problem: naming the argument."""
        return {**self.values, **self.resolved_waiting(channels, {} if known is None else known)}

    def resolved_waiting(self, channels: Callable[[int], int | None], known: dict[int, Value]) -> dict[str, Value]:
        """Returns the same of the arguments that wait, without the others."""
        values: dict[str, Value] = {}
        for name, value in self.waiting.items():
            try:
                values[name] = resolve(value, channels, known)
            except Problem as problem:
                problem.argument = name
                raise
        return values


@dataclass(slots=True, eq=False)
class Instance:
    """A block, a model in a model, or the model itself, as one place of the net: what its items have in common."""

    name: str
    path: tuple[str, ...]
    outer: Instance | None
    kind: str
    use: Span | None
    copy: tuple[int, int] | None = None
    identity: str | None = None
    """Which spec, where the instance is a whole model."""
    ignore: frozenset[str] = frozenset()
    """The warnings that are not wanted of what is inside, by the items around it."""
    item: Item | None = None
    """The item that uses the block or includes the model."""
    document: Document | None = None
    """The spec whose items stand in it."""
    bindings: Bindings | None = None
    input: int | None = None
    output: int | None = None
    """The nodes that it reads and that it comes out at."""
    is_cut: bool = False
    """Whether a Model's `until` left some of its layers out."""

    @property
    def prefix(self) -> str:
        return f"{self.name}/" if self.name else ""

    def chain(self) -> tuple[str, ...]:
        """Lists the blocks, repeats and models that lead here, outermost first."""
        phrases: list[str] = []
        instance: Instance | None = self
        while instance is not None and instance.outer is not None:
            line = f" (line {instance.use.line})" if instance.use and instance.use.line else ""
            copy = f", copy {instance.copy[0]:,} of {instance.copy[1]:,}" if instance.copy else ""
            what = "block" if instance.identity is None else "model"
            name = instance.name
            shown = name if len(name) <= SHOWN_NAME else "..." + name[3 - SHOWN_NAME :]
            phrases.append(f'in {what} "{shown}"{copy}{line}')
            instance = instance.outer
        return tuple(reversed(phrases))


@dataclass(slots=True, eq=False)
class Node:
    """One layer of the net. `inputs` and `owner` (of shared weights) are indices of earlier nodes."""

    name: str
    kind: str
    instance: Instance
    inputs: tuple[int, ...]
    layer: Layer | UnresolvedLayer | None
    item: Item | None
    frozen: bool = False
    owner: int | None = None
    owner_written: bool = False
    """Whether `share` stands on the item itself, not on a block around it."""

    def ignores(self, warning: str) -> bool:
        """Tells whether the item, or one around it, does not want a warning."""
        return warning in self.instance.ignore or (self.item is not None and warning in self.item.ignore)

    @property
    def place(self) -> Span | None:
        """Where the item is written."""
        return self.item.span if self.item else None


@entity
class Expansion:
    """The whole net: nodes in the order in which they compute, the indices of inputs and outputs."""

    document: Document
    nodes: list[Node]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    warnings: tuple[str, ...] = ()
    mistakes: tuple[Diagnostic, ...] = ()
