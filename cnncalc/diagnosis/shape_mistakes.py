"""Every mistake in a net's shapes that does not follow from another one; the analysis stops at the first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cnncalc.diagnosis.misfits import diagnose
from cnncalc.diagnosis.trials import MISTAKEN
from cnncalc.errors import Collector, Diagnostic, Problem, SpecError, in_order
from cnncalc.expansion.nodes import Expansion, Node, UnresolvedLayer
from cnncalc.layers import registry
from cnncalc.layers.base import Layer
from cnncalc.layers.input import InputLayer
from cnncalc.spec.values import Value
from cnncalc.tensor import Tensor

MAX_NODES: Final = 20_000
"""Layers that are looked through: errors must come at once."""


def shape_mistakes(expansion: Expansion, known: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Finds every mistake in the shapes of a net: at most ten, with those that are known, as they follow in the spec.

    An item has one of them, however many copies of it do not fit.
    """
    search = _Search(expansion, known)
    for node in expansion.nodes[:MAX_NODES]:
        if search.found.full:
            break
        search.go_through(node)
    return in_order(search.found.diagnostics, expansion.document.source)


class _MistakenError(Exception):
    """An argument waits for the channels of something with a mistake, so that nothing is known of its layer."""


class _Search:
    def __init__(self, expansion: Expansion, known: Sequence[Diagnostic]) -> None:
        self.expansion = expansion
        self.found = Collector(diagnostics=list(known))
        self.layers: list[Layer] = []
        self.outputs: list[Tensor] = []
        self.known: dict[int, Value] = {}
        self.items: set[int] = set()
        """Those with a mistake, by their `id`."""

    def go_through(self, node: Node) -> None:
        layer: Layer = InputLayer(shape=())
        output = MISTAKEN
        inputs = tuple([self.output(index) for index in node.inputs])
        if node.layer is not None and MISTAKEN not in inputs:
            made: Layer | None = None
            try:
                made = layer = self.layer(node.layer)
                output = Tensor(layer.shape) if isinstance(layer, InputLayer) else layer.output(inputs)
            except _MistakenError:
                pass
            except Problem as problem:
                if id(node.item) not in self.items:
                    self.items.add(id(node.item))
                    self.found.add(SpecError(diagnose(problem, self.expansion, self.layers, self.outputs, made)))
        self.layers.append(layer)
        self.outputs.append(output)

    def layer(self, layer: Layer | UnresolvedLayer) -> Layer:
        if isinstance(layer, Layer):
            return layer
        values = layer.resolved(self.channels, self.known)
        return registry.build(layer.kind, values)

    def output(self, index: int) -> Tensor:
        """Returns what comes out of a node; that of an item that the expansion lost has no index of its own."""
        return self.outputs[index] if index >= 0 else MISTAKEN

    def channels(self, index: int) -> int | None:
        """Returns the channels of a node's output. Raises: _MistakenError."""
        output = self.output(index)
        if output is MISTAKEN:
            raise _MistakenError
        return output.channels
