"""Integers as text, however large: Python's own text of one ends at 4300 digits."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

MAX_SHOWN: Final = 60
"""Digits of a number in a message; of a longer one the message says how many it has."""


def digits(value: int) -> str:
    """All decimal digits of an integer."""
    try:
        return str(value)
    except ValueError:
        from decimal import Decimal

        return str(Decimal(value))


def decimals(value: Fraction, places: int) -> str:
    """A fraction for a message, rounded to so many places: a float would not hold a large one."""
    whole, part = divmod(round(abs(value) * 10**places), 10**places)
    if whole >= 10**MAX_SHOWN:
        return shown(whole)
    return f"{'-' if value < 0 else ''}{shown(whole, ',')}.{part:0{places}}"


def shown(value: int, separator: str = "") -> str:
    """An integer for a message: its digits, with a separator of thousands, or how many digits there are."""
    if abs(value) < 10**MAX_SHOWN:
        return f"{value:{separator}}"
    return f"a number of {len(digits(abs(value))):,} digits"
