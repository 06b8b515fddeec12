"""What a format can't say: an error before anything is written, with the names of the layers."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.errors import Collector, Diagnostic, SpecError, quote
from cnncalc.expansion.nodes import Node

OTHERS = {
    "Keras": "--to torch may know it; --to onnx writes the structure",
    "PyTorch": "--to keras may know it; --to onnx writes the structure",
    "ONNX": "--to keras or --to torch may know it",
}
"""What to try in place of each format."""


class Refusals:
    """Gathers the layers that a format can't say."""

    def __init__(self, framework: str) -> None:
        self.framework = framework
        self._found = Collector()

    def note(self, node: Node, reason: str) -> None:
        """Keeps a layer with the reason, a clause."""
        self._found.note(
            Diagnostic(
                "not-exportable",
                f"{self.framework} can't say the layer {quote(node.name)} ({node.kind}): {reason}",
                node.item.span if node.item is not None else None,
                chain=node.instance.chain(),
                suggestion=OTHERS[self.framework],
            )
        )

    def note_further_outputs(self, nodes: Sequence[Node]) -> None:
        """Keeps the nodes that are no layers: the states of recurrent layers, read by their names."""
        for node in nodes:
            if node.kind == "Output":
                self.note(node, "only the first output of a layer is written")

    def stop(self) -> None:
        """Raises: SpecError: if there is a layer that can't be said."""
        if self._found.diagnostics:
            raise SpecError(self._found.diagnostics)
