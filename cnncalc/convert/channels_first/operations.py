"""A graph of operations on tensors, with the names, attributes and rules of ONNX.

https://onnx.ai/onnx/operators/ — readers of other formats translate their operations into these.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from cnncalc.convert.graph import ReadingProblem
from cnncalc.errors import quote

MOST_OPERATIONS: Final = 200_000
"""Of a graph with more, none are read: it would have more layers than cnncalc analyses."""

Dims = tuple[int | None, ...]
"""A tensor's sizes as the file has them, the batch among them; None is a size that is not known."""

Scalar = int | float | bool | None
"""An entry of a constant; None is one that is not known, such as an unknown size."""

Value = TypeVar("Value")


@dataclass(slots=True)
class Constant:
    """A tensor that does not depend on the net's input: weights, or arithmetic with shapes.

    `values` are its entries, the last axis fastest; None if they are not known, as large weights are. `sources` are the
    sizes of the parameters that it is made from, by name. `is_copy`: whether an Identity made it, as PyTorch's older
    exporter does for weights whose entries happen to be equal.
    """

    dims: Dims
    values: list[Scalar] | None = None
    sources: Mapping[str, int] = field(default_factory=dict)
    is_text: bool = False
    is_copy: bool = False

    @property
    def size(self) -> int:
        """The number of entries."""
        return math.prod(size or 0 for size in self.dims)


@dataclass(slots=True)
class Operation:
    """One operation. `path` names the module that it is in, outermost first; `place` is what diagnostics call it."""

    kind: str
    inputs: list[str]
    outputs: list[str]
    attributes: dict[str, object] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    place: str = ""
    bodies: dict[str, TensorGraph] = field(default_factory=dict)
    """The branches of an If, the body of a Loop: by the attribute's name."""

    def attribute(self, name: str, kind: type[Value], default: Value) -> Value:
        """Looks up an attribute. Raises: ReadingProblem: if it has another type."""
        found = self.attributes.get(name, default)
        if kind is float and isinstance(found, int):
            found = float(found)
        if not isinstance(found, kind):
            raise self.problem("damaged-file", f"its attribute {quote(name)} is {quote(str(found))}")
        return found

    def integers(self, name: str, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        """Looks up an attribute that is a list of integers. Raises: ReadingProblem: if it is something else."""
        found = self.attributes.get(name)
        if found is None:
            return default
        if not isinstance(found, (list, tuple)) or not all(isinstance(entry, int) for entry in found):
            raise self.problem("damaged-file", f"its attribute {quote(name)} is no list of integers")
        return tuple(found)

    def problem(self, id: str, message: str, suggestion: str | None = None) -> ReadingProblem:
        """Makes a problem with this operation as its place."""
        return ReadingProblem(
            id, f"the operation {self.kind}, {quote(self.place)}: {message}", place=self.place, suggestion=suggestion
        )


@dataclass(slots=True)
class TensorGraph:
    """Operations with the constants and inputs that they read.

    `declared` are the sizes that the file says tensors have; `parameters` the names of the trainable tensors, if the
    file tells them from other constants.
    """

    name: str
    inputs: dict[str, Dims]
    outputs: list[str]
    operations: list[Operation]
    constants: dict[str, Constant]
    declared: dict[str, Dims] = field(default_factory=dict)
    parameters: frozenset[str] | None = None
    merges_equal: bool = False
    """Whether the file keeps one of several tensors whose entries happen to be equal."""
    warnings: list[str] = field(default_factory=list)
    source: str = ""


def too_many_operations(count: int) -> ReadingProblem:
    """Makes the problem of a graph that is too large."""
    return ReadingProblem(
        "file-too-large",
        f"the graph has {count:,} operations",
        expected=f"at most {MOST_OPERATIONS:,}",
        found=f"{count:,}",
        suggestion="export a smaller net, or one part of it",
    )
