"""Operations that make each entry of a constant from one entry of each input, as ONNX defines them.

`None` is an entry that is not known: also what a division by 0 or an overflow would give.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Final

from cnncalc.convert.channels_first.operations import Scalar


def _divide(a: int | float, b: int | float) -> Scalar:
    if not b:
        return None
    if isinstance(a, int) and isinstance(b, int):
        return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
    return a / b


def _power(a: float, b: float) -> Scalar:
    if abs(b) > 64 or not (a or b > 0) or (a < 0 and b != int(b)) or abs(a) > 1e30:
        return None
    power: float = a**b
    return power


def _guarded(function: Callable[[float], float]) -> Callable[[float], Scalar]:
    def guarded(value: float) -> Scalar:
        try:
            return function(value)
        except (OverflowError, ValueError):
            return None

    return guarded


ENTRYWISE: Final[dict[str, Callable[..., Scalar]]] = {
    "Add": operator.add, "Sub": operator.sub, "Mul": operator.mul, "Div": _divide, "Pow": _power,
    "Mod": lambda a, b: a % b if b else None, "Min": min, "Max": max,
    "Equal": operator.eq, "Less": operator.lt, "LessOrEqual": operator.le, "Greater": operator.gt,
    "GreaterOrEqual": operator.ge, "Not": operator.not_, "And": lambda a, b: bool(a and b),
    "Or": lambda a, b: bool(a or b), "Xor": lambda a, b: bool(a) != bool(b),
    "Where": lambda test, a, b: a if test else b,
    "Neg": operator.neg, "Abs": abs, "Sign": lambda a: (a > 0) - (a < 0),
    "Floor": _guarded(lambda a: float(math.floor(a))), "Ceil": _guarded(lambda a: float(math.ceil(a))),
    "Round": _guarded(lambda a: float(round(a))), "Sqrt": _guarded(math.sqrt), "Exp": _guarded(math.exp),
    "Log": _guarded(math.log), "Reciprocal": _guarded(lambda a: 1 / a if a else math.inf),
}  # fmt: skip
"""Functions of one entry of each input."""
