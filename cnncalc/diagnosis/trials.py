"""Trying a change before it is suggested: the shapes behind it are computed anew, and it helps where they then fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from cnncalc.errors import Problem
from cnncalc.expansion.nodes import Node, UnresolvedLayer
from cnncalc.layers.base import Layer
from cnncalc.tensor import Tensor

MAX_NODES: Final = 2_000
"""In a longer net nothing is tried: an error must come at once."""

MISTAKEN: Final = Tensor(())
"""What comes out of a node with a mistake, and of those behind it."""

Change = Callable[[Sequence[Tensor]], Tensor]
"""What a node makes of its inputs in place of what it does."""


class Trials:
    """The shapes of a net up to its culprit, the first node that does not fit, and what changes make of them."""

    def __init__(self, nodes: Sequence[Node], layers: Sequence[Layer], outputs: Sequence[Tensor]) -> None:
        """Takes the `layers` and `outputs` of the nodes before the culprit, and the culprit's own layer as the last."""
        self.nodes, self.layers, self.outputs = nodes, layers, outputs
        self.culprit = len(outputs)
        self._known: dict[tuple[Layer, tuple[Tensor, ...]], Tensor] = {}

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """What the culprit reads."""
        return tuple(self.outputs[source] for source in self.nodes[self.culprit].inputs)

    def fits(self, changes: Mapping[int, Change]) -> bool:
        """Tells whether the culprit fits once the nodes with these indices make something else of their inputs."""
        if self.culprit > MAX_NODES:
            return False
        new: dict[int, Tensor] = {}
        channels_differ = False
        for index in range(min(changes), self.culprit + 1):
            node = self.nodes[index]
            if index < self.culprit and self.outputs[index] is MISTAKEN:
                continue
            if index not in changes and not any(source in new for source in node.inputs):
                continue
            if channels_differ and isinstance(node.layer, UnresolvedLayer):
                return False  # its arguments would have to be computed anew
            inputs = tuple(new.get(source, self.outputs[source]) for source in node.inputs)
            try:
                output = changes[index](inputs) if index in changes else self._output(self.layers[index], inputs)
            except Problem:
                return False
            if index == self.culprit:
                return True
            if output != self.outputs[index]:
                new[index] = output
                channels_differ = channels_differ or output.channels != self.outputs[index].channels
        return False  # nothing that the culprit reads has changed

    def _output(self, layer: Layer, inputs: tuple[Tensor, ...]) -> Tensor:
        key = (layer, inputs)
        if key not in self._known:
            self._known[key] = layer.output(inputs)
        return self._known[key]

    def varied(self, index: int, **arguments: object) -> Change:
        """Makes the node's layer with other values, in the form in which the layer holds them."""
        return self.layers[index].model_copy(update=arguments).output

    def ancestors(self, index: int, limit: int = 200) -> list[int]:
        """Lists the nodes that lead to one, itself included, the nearest first: at most `limit` of them."""
        found = [index]
        seen = {index}
        for near in found:
            for source in self.nodes[near].inputs:
                if source not in seen and len(found) < limit:
                    seen.add(source)
                    found.append(source)
        return found
