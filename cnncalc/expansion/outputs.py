"""The outputs of a layer that has several: each is a node of its own once something reads it, as `NAME/output`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cnncalc.expansion.nodes import Node
from cnncalc.expansion.scopes import NodeWithOutputs
from cnncalc.expansion.state import State
from cnncalc.layers.base import Layer
from cnncalc.layers.further_output import Output


def with_outputs(state: State, index: int) -> int:
    """Gives the reference to a node its further outputs, if its layer has any."""
    node = state.nodes[index]
    names = node.layer.further_outputs() if isinstance(node.layer, Layer) else ()
    outputs: Mapping[str, Callable[[], int]] = {name: _Reader(state, index, name) for name in names}
    return NodeWithOutputs(index, outputs) if outputs else index


class _Reader:
    """Makes the node of an output when it is first read."""

    def __init__(self, state: State, of: int, output: str) -> None:
        self.state, self.of, self.output = state, of, output
        self.made: Node | None = None

    def __call__(self) -> int:
        """Returns the index of the node."""
        nodes = self.state.nodes
        if self.made is not None and self.made in nodes[self.of :]:  # a cut may have dropped it
            return nodes.index(self.made, self.of)
        node = nodes[self.of]
        assert isinstance(node.layer, Layer), "only a layer that is known has outputs"
        layer = Output(of=node.layer, output_name=self.output)
        self.made = Node(f"{node.name}/{self.output}", "Output", node.instance, (self.of,), layer, None)
        return self.state.add(self.made, node.place)
