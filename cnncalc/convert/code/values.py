"""What names in code stand for, beside Python's plain data."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cnncalc.convert.graph import ReadingProblem


@dataclass(frozen=True, slots=True)
class Tensor:
    """What a layer gives out: of its call number `call`, the output number `output`."""

    layer: str
    call: int = 0
    output: int = 0


@dataclass(frozen=True, slots=True)
class Dotted:
    """A name of a library's, such as `torch.nn.Conv2d`."""

    name: str

    @property
    def last(self) -> str:
        return self.name.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a value: `x.view`, `self.make_layer`, `layers.append`."""

    owner: object
    name: str


class Scope(dict[str, object]):
    """Names of a function while it is followed; those of the functions around it are behind them."""

    def __init__(self, around: Scope | None = None) -> None:
        super().__init__()
        self.around = around

    def holder(self, name: str) -> Scope | None:
        """Finds the scope that has a name; None if none has."""
        scope: Scope | None = self
        while scope is not None and name not in scope:
            scope = scope.around
        return scope


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the file, with the names that it sees."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope

    @property
    def name(self) -> str:
        return "lambda" if isinstance(self.node, ast.Lambda) else self.node.name


@dataclass(slots=True)
class Instance:
    """An object of a class of the file."""

    kind: ast.ClassDef
    attributes: dict[str, object] = field(default_factory=dict)
    path: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that can't be found: why, and where. Who needs it raises this problem."""

    problem: ReadingProblem


def method_of(kind: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    """Finds a method of a class; None if it has none of that name."""
    return next((part for part in kind.body if isinstance(part, ast.FunctionDef) and part.name == name), None)


def class_constant(kind: ast.ClassDef, name: str) -> ast.expr | None:
    """Finds what a class gives a name outside its methods."""
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
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
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
LONGEST: Final = 10_000
"""Characters of a text that code puts together."""
_NUMBERS: Final[dict[type[ast.operator], Callable[[int | float, int | float], int | float]]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
}  # fmt: skip


def arithmetic(op: ast.operator, left: int | float, right: int | float) -> int | float | None:
    """Computes with two numbers; None if the result is not known, or larger than any size."""
    if isinstance(op, ast.Pow):
        small = abs(left) < 10**6 and 0 <= right <= 60 and (left or right)
        number = left**right if small else LARGEST
        return number if abs(number) < LARGEST else None
    function = _NUMBERS.get(type(op))
    if function is None or (right == 0 and isinstance(op, (ast.Div, ast.FloorDiv, ast.Mod))):
        return None
    number = function(left, right)
    return number if abs(number) < LARGEST else None


def text_arithmetic(op: ast.operator, left: str, right: object) -> str | None:
    """Computes `"conv" + "1"`, `"x" * 2` and `"block_%d" % 3`; None if the result is not known, or too long."""
    text: str | None = None
    if isinstance(op, ast.Add) and isinstance(right, str):
        text = left + right
    elif isinstance(op, ast.Mod) and len(left) < 100:
        values = tuple(right) if isinstance(right, list) else (right,)
        if all(isinstance(value, (str, int, float)) for value in values) and "*" not in left:
            try:
                text = left % values if max(map(len, left.split("%")[1:]), default=0) < 50 else None
            except (TypeError, ValueError):
                text = None
    return text if text is not None and len(text) < LONGEST else None
