"""Large numbers in messages: in full, or as how many digits they have."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

MAX_SHOWN: Final = 60
"""Digits of a number in a message; of a longer one the message says how many it has."""


def decimals(value: Fraction, places: int) -> str:
    """Writes a fraction for a message, rounded to so many places: a float would not hold a large one."""
    whole, part = divmod(round(abs(value) * 10**places), 10**places)
    if whole >= 10**MAX_SHOWN:
        return shown(whole)
    return f"{'-' if value < 0 else ''}{shown(whole, ',')}.{part:0{places}}"


def shown(value: int, separator: str = "") -> str:
    """Writes an integer for a message, with a separator of thousands; of a long one, how many digits it has."""
    if abs(value) < 10**MAX_SHOWN:
        return f"{value:{separator}}"
    return f"a number of {len(str(abs(value))):,} digits"
