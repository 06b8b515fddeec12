"""Numbers as text: integers, extents, memory sizes."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

MISSING = "-"
"""What a table shows for a figure that is not known or not counted."""


def grouped(value: int | None) -> str:
    """Returns an integer with thousands separators, or `-`."""
    return MISSING if value is None else f"{value:,}"


def extent(values: Iterable[int | Fraction | None] | None, missing: str = MISSING) -> str:
    """Writes `5x5`, one entry per axis and `?` for one that is not known; `missing` if there are none."""
    if values is None:
        return missing
    return "x".join("?" if value is None else _ratio(value) for value in values)


def _ratio(value: int | Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


def memory_size(params: int) -> str:
    """Returns what parameters of 4 bytes take, as Keras prints it: `241.04 KB`, a KB being 1024 bytes."""
    return byte_size(4 * params)


def byte_size(size: int) -> str:
    """Returns a number of bytes as Keras prints it: `241.04 KB`, a KB being 1024 bytes."""
    units = ("B", "KB", "MB", "GB", "TB", "PB")
    power = min((size.bit_length() - 1) // 10, len(units) - 1) if size else 0
    whole, hundredths = divmod(round(Fraction(100 * size, 1024**power)), 100)
    return f"{whole}.{hundredths:02} {units[power]}"
