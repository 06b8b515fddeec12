"""The marks of an axis: round numbers from 0 to a largest value."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from cnncalc.plotting.curves import Unit
from cnncalc.render.numbers import byte_size

_PREFIXES: Final = ("", " k", " M", " G", " T", " P", " E")


def ticks(top: int, most: int, unit: Unit) -> list[int]:
    """Returns round numbers from 0 up to the largest value, at most so many."""
    base = 1
    if unit == "bytes":
        base = 1024 ** min((top.bit_length() - 1) // 10, 5)
    step = next(step for power in range(60) for step in _steps(base, power) if top // step < most)
    return list(range(0, top + 1, step))


def _steps(base: int, power: int) -> list[int]:
    """Yields 1, 2 and 5 times a power of ten, in units of `base`; of bytes also its halves and quarters."""
    smaller = [max(base // 4, 1), max(base // 2, 1)] if power == 0 else []
    return [*smaller, *(digit * 10**power * base for digit in (1, 2, 5))]


def exact(value: int, unit: Unit) -> str:
    """Returns a number in full; bytes as a size that people read."""
    return short(value, unit) if unit == "bytes" else f"{value:,}"


def short(value: int, unit: Unit) -> str:
    """Returns a number in few characters: `25.6 M`, `1.5 MB`."""
    if unit == "bytes":
        number, _, name = byte_size(value).partition(" ")
        return f"{number.rstrip('0').rstrip('.') if '.' in number else number} {name}"
    if unit == "positions" or value < 10_000:
        return f"{value:,}"
    power = min((len(str(value)) - 1) // 3, len(_PREFIXES) - 1)
    tenths = round(Fraction(10 * value, 1000**power))
    whole, tenth = divmod(tenths, 10)
    return f"{whole:,}{f'.{tenth}' if tenth and whole < 100 else ''}{_PREFIXES[power]}"
