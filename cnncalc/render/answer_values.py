"""Figures as they are written in answer sheets and shown beside answers."""

from __future__ import annotations

from cnncalc.formula import Number
from cnncalc.marking.quantities import Value
from cnncalc.render.numbers import MISSING, extent, grouped


def shown(value: Value | str) -> str:
    """Returns a figure for people: `61,706`, `28x28x6`, `-` for what is not counted."""
    if isinstance(value, int):
        return grouped(value)
    return written(value)


def written(value: Value | str) -> str:
    """Returns a figure as a sheet holds it: the same without separators."""
    if isinstance(value, tuple):
        return extent(value)
    if value is None:
        return MISSING
    return str(value)


def points(value: Number) -> str:
    """Points: whole, or with up to two decimals."""
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.2f}".rstrip("0").rstrip(".")
