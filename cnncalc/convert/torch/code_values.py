"""What names in PyTorch code stand for, beside Python's plain data."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Tensor:
    """What a layer gives out."""

    layer: str


@dataclass(frozen=True, slots=True)
class Dotted:
    """A name of PyTorch's, such as `torch.nn.Conv2d`."""

    name: str


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a value: `x.view`, `self.make_layer`, `layers.append`."""

    owner: object
    name: str


@dataclass(slots=True)
class Container:
    """nn.Sequential, nn.ModuleList or nn.ModuleDict: modules by name."""

    entries: dict[str, object]
    path: str = ""


@dataclass(slots=True)
class Instance:
    """An object of a class of the file."""

    kind: ast.ClassDef
    attributes: dict[str, object] = field(default_factory=dict)
    path: str = ""


def class_constant(kind: ast.ClassDef, name: str) -> ast.expr | None:
    """What a class gives a name outside its methods."""
    for part in kind.body:
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name) and part.targets[0].id == name:
            return part.value
    return None


_COMPARISONS: Final[dict[type[ast.cmpop], Callable[[object, object], object]]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Is: operator.is_, ast.IsNot: operator.is_not,
}  # fmt: skip
_ORDERINGS: Final[dict[type[ast.cmpop], Callable[[int | float, int | float], bool]]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip


def compare(op: ast.cmpop, left: object, right: object) -> bool | None:
    """Compares two values; None if what comes out is not known."""
    if isinstance(op, (ast.Is, ast.IsNot)) and right is None:
        return (left is None) == isinstance(op, ast.Is)
    plain = _COMPARISONS.get(type(op))
    if plain is not None and not isinstance(left, Tensor) and not isinstance(right, Tensor):
        return bool(plain(left, right))
    ordering = _ORDERINGS.get(type(op))
    if ordering is not None and isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return ordering(left, right)
    if isinstance(op, (ast.In, ast.NotIn)) and isinstance(right, (list, dict)):
        return (left in right) == isinstance(op, ast.In)
    return None


LARGEST: Final = 10**18
_NUMBERS: Final[dict[type[ast.operator], Callable[[int | float, int | float], int | float]]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
}  # fmt: skip


def arithmetic(op: ast.operator, left: int | float, right: int | float) -> int | float | None:
    """Computes with two numbers; None if the result is not known, or larger than any size."""
    function = _NUMBERS.get(type(op))
    if function is None or (right == 0 and isinstance(op, (ast.Div, ast.FloorDiv, ast.Mod))):
        return None
    number = function(left, right)
    return number if abs(number) < LARGEST else None
