"""An evaluator of printed formulas that shares nothing with the one that computes: Python's own parser, and fractions.

evaluate("floor((14 - 5)/1) + 1") == 10
evaluate(from_latex(r"\\left\\lfloor \\frac{14 - 5}{1} \\right\\rfloor + 1")) == 10
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction

Number = int | Fraction

OPERATORS: dict[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda a, b: Fraction(a) / Fraction(b),
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
FUNCTIONS: dict[str, Callable[..., Number]] = {"floor": math.floor, "ceil": math.ceil, "min": min, "max": max}


def evaluate(text: str, names: Mapping[str, Number] | None = None) -> Number:
    """What a formula comes to. Names may have primes, as H'."""
    values = {name.replace("'", "_prime"): value for name, value in (names or {}).items()}
    return _value(ast.parse(text.replace("'", "_prime"), mode="eval").body, values)


def _value(node: ast.expr, names: Mapping[str, Number]) -> Number:
    match node:
        case ast.Constant(value=int() as value):
            return value
        case ast.Name(id=name):
            return names[name]
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATORS[type(op)](_value(left, names), _value(right, names))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, names)
        case ast.Call(func=ast.Name(id=function), args=arguments):
            return FUNCTIONS[function](*(_value(argument, names) for argument in arguments))
    raise AssertionError(f"{ast.unparse(node)} is not arithmetic")


def from_latex(latex: str) -> str:
    """The formula of a LaTeX text, numbers put in, as `evaluate` reads it."""
    text = latex
    while match := re.search(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", text):
        text = f"{text[: match.start()]}(({match[1]})/({match[2]})){text[match.end() :]}"
    for mark, plain in (
        (r"\left\lfloor", "floor("),
        (r"\right\rfloor", ")"),
        (r"\left\lceil", "ceil("),
        (r"\right\rceil", ")"),
        (r"\left(", "("),
        (r"\right)", ")"),
        (r"\min", "min"),
        (r"\max", "max"),
        (r"\cdot", "*"),
        (r"\bmod", "%"),
    ):
        text = text.replace(mark, plain)
    assert "\\" not in text, text
    return text.strip()
