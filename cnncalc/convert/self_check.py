"""An import checks itself: what a file declares of its layers, and what cnncalc computes, must be the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cnncalc.analysis.report import Row
from cnncalc.convert.graph import GraphLayer, ReadingProblem
from cnncalc.errors import quote
from cnncalc.tensor import Shape, shown_shape


def check_declared(rows: Iterable[Row], layer_of: Mapping[str, GraphLayer]) -> None:
    """Compares rows with what the file declares of them.

    Raises: ReadingProblem: at the first layer that differs in shape or parameters.
    """
    for row in rows:
        layer = layer_of.get(row.name)
        if layer is None:
            continue
        if layer.shape is not None and not _fits(row.output_shape, layer.shape):
            raise _differs(layer, "its output is", shown_shape(layer.shape), shown_shape(row.output_shape))
        if layer.params is not None and row.params is not None and layer.params != row.params:
            raise _differs(layer, "it has", f"{layer.params:,} parameters", f"{row.params:,} parameters")


def _fits(shape: Shape, declared: Shape) -> bool:
    """Tells whether two shapes are the same where both are known."""
    return len(shape) == len(declared) and all(
        size is None or other is None or size == other for size, other in zip(shape, declared, strict=True)
    )


def _differs(layer: GraphLayer, what: str, declared: str, computed: str) -> ReadingProblem:
    return ReadingProblem(
        "declared-otherwise", f"the file says of {quote(layer.name)}: {what} {declared}; but it comes to {computed}",
        place=layer.place or layer.name, expected=declared, found=computed,
        suggestion=f"the file and cnncalc understand {layer.kind} in two ways; which is right, and tell us",
    )  # fmt: skip
