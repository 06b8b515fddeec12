"""Python's own functions, of plain values."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Sequence
from typing import Final

from cnncalc.convert.code.text import Code
from cnncalc.convert.code.values import LARGEST, Function, Instance

MOST_STEPS: Final = 200_000
"""Steps of a program, entries of a list."""
NAMES: Final = frozenset(
    {"range", "len", "list", "tuple", "enumerate", "zip", "int", "float", "str", "bool", "super", "print", "min", "max",
     "reversed", "sum", "abs", "round", "dict", "isinstance", "map", "sorted", "hasattr", "callable", "pow", "set"}
)  # fmt: skip
_CONVERSIONS: Final[dict[str, Callable[[float], object]]] = {
    "int": int, "float": float, "bool": bool, "round": round, "abs": abs,
}  # fmt: skip
_SUMS: Final[dict[str, Callable[[list[int | float]], int | float]]] = {"min": min, "max": max, "sum": sum}
_MATH: Final[dict[str, Callable[[float], float]]] = {
    "ceil": math.ceil, "floor": math.floor, "sqrt": math.sqrt, "log2": math.log2, "log": math.log, "exp": math.exp,
}  # fmt: skip
_MATH_MODULES: Final = ("math", "np", "numpy")


def builtin(
    code: Code, node: ast.expr, name: str, positional: Sequence[object], entries: Callable[[object], list[object]]
) -> object:
    """Calls one of Python's functions, or of the module math. Raises: ReadingProblem: if it is not known here."""
    module, _, last = name.rpartition(".")
    if module:
        return _math(code, node, module, last, positional, entries)
    numbers = [value for value in positional if isinstance(value, (int, float))]
    are_numbers = len(numbers) == len(positional) > 0
    first = positional[0] if positional else None
    match name:
        case "range":
            return _range(code, node, positional)
        case "min" | "max" | "sum" if positional:
            given = numbers if are_numbers and len(numbers) > 1 else entries(first)
            plain = [value for value in given if isinstance(value, (int, float))]
            if len(plain) == len(given) and (plain or name == "sum"):
                return _SUMS[name](plain)
        case "int" | "float" | "bool" | "round" | "abs" if are_numbers and math.isfinite(numbers[0]):
            return _CONVERSIONS[name](numbers[0])
        case "int" | "float" if isinstance(first, str) and first.strip().isdecimal() and len(first) < 18:
            return int(first)
        case "str" if isinstance(first, (str, int, float)):
            return str(first)
        case "pow" if are_numbers and len(numbers) == 2 and abs(numbers[0]) < 10**6 and 0 <= numbers[1] <= 60:
            power = numbers[0] ** numbers[1]
            return power if abs(power) < LARGEST else code.stop(node, "this number is too large")
        case "print" | "hasattr" | "callable":
            return None
        case "dict" if not positional:
            return {}
        case "isinstance" if len(positional) == 2:
            return isinstance(first, (list, tuple)) if not isinstance(first, (Function, Instance)) else False
        case "list" | "tuple" | "set" | "sorted":
            return entries(first) if positional else []
        case "len" | "reversed" | "enumerate" | "zip" if positional:
            return _of_lists(name, [entries(value) for value in positional])
    return code.stop(node, f"{name} is not followed")


def _range(code: Code, node: ast.expr, positional: Sequence[object]) -> list[object]:
    whole = [value for value in positional if isinstance(value, int)]
    if len(whole) != len(positional) or len(whole) not in (1, 2, 3) or (len(whole) == 3 and not whole[2]):
        code.stop(node, "the bounds of this range are not known")
    counted = range(*whole)
    return list(counted) if len(counted) < MOST_STEPS else code.stop(node, "this range is too long")


def _of_lists(name: str, lists: list[list[object]]) -> object:
    if name == "len":
        return len(lists[0])
    if name == "reversed":
        return lists[0][::-1]
    if name == "enumerate":
        return [[place, entry] for place, entry in enumerate(lists[0])]
    return [list(entries) for entries in zip(*lists, strict=False)]


def _math(
    code: Code,
    node: ast.expr,
    module: str,
    name: str,
    positional: Sequence[object],
    entries: Callable[[object], list[object]],
) -> object:
    """Calls a function of math or NumPy on numbers."""
    first = positional[0] if positional else None
    if module in _MATH_MODULES and name in _MATH and isinstance(first, (int, float)) and 0 < first < LARGEST:
        return _MATH[name](first) if name != "exp" or first < 40 else code.stop(node, "this number is too large")
    if module in _MATH_MODULES and name in ("prod", "product") and isinstance(first, list):
        factors = [value for value in entries(first) if isinstance(value, int)]
        product = math.prod(factors[:30])
        if len(factors) == len(first) and abs(product) < LARGEST:
            return product
    return code.stop(node, f"what {module}.{name} gives is not known")
