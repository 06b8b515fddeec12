"""Numbers as text: integers of any size, extents, memory sizes."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from cnncalc.digits import digits

MISSING = "-"
"""What a table shows for a figure that is not known or not counted."""


def grouped(value: int | None) -> str:
    """An integer with thousands separators, or `-`."""
    if value is None:
        return MISSING
    try:
        return f"{value:,}"
    except ValueError:
        return f"{_decimal(value):,}"


def _decimal(value: int) -> object:
    """The same number without the limit that Python has on the digits of an integer's text."""
    from decimal import Decimal

    return Decimal(value)


def extent(values: Iterable[int | Fraction | None] | None, missing: str = MISSING) -> str:
    """`5x5` for one entry per axis, an entry that is not known as `?`; `missing` where there are none."""
    if values is None:
        return missing
    return "x".join("?" if value is None else _ratio(value) for value in values)


def _ratio(value: int | Fraction) -> str:
    whole = digits(value.numerator)
    return whole if value.denominator == 1 else f"{whole}/{digits(value.denominator)}"


def memory_size(params: int) -> str:
    """What parameters of 4 bytes take, as Keras prints it: `241.04 KB`, a KB being 1024 bytes."""
    return byte_size(4 * params)


def byte_size(size: int) -> str:
    """A number of bytes as Keras prints it: `241.04 KB`, a KB being 1024 bytes."""
    units = ("B", "KB", "MB", "GB", "TB", "PB")
    power = min((size.bit_length() - 1) // 10, len(units) - 1) if size else 0
    whole, hundredths = divmod(round(Fraction(100 * size, 1024**power)), 100)
    return f"{digits(whole)}.{hundredths:02} {units[power]}"
