"""Formulas become lines: in symbols, with the numbers put in, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from cnncalc.explaining.explanation import Given, Line
from cnncalc.formula import Formula, Symbol, Symbols
from cnncalc.formula_text import in_numbers, in_symbols, latex_name
from cnncalc.layers.vocabulary import parts, writer


def line(subject: str, formula: Formula, symbols: Symbols) -> Line:
    """Writes a formula in symbols and in numbers and computes its value; equal layers share the line."""
    return _line(subject, formula, tuple((name, symbols[name]) for name in formula.names))


@lru_cache(maxsize=4096)
def _line(subject: str, formula: Formula, values: tuple[tuple[str, Symbol], ...]) -> Line:
    symbols = dict(values)
    lengths = tuple([len(value) if isinstance(value, tuple) else None for _, value in values])
    return Line(
        subject=subject,
        formula=_in_symbols(formula, lengths, False),
        numbers=in_numbers(formula, symbols),
        formula_latex=_in_symbols(formula, lengths, True),
        numbers_latex=in_numbers(formula, symbols, latex=True),
        value=formula.evaluate(symbols),
    )


@lru_cache(maxsize=4096)
def _in_symbols(formula: Formula, lengths: tuple[int | None, ...], latex: bool) -> str:
    """Writes a formula; how its names are written depends on the lengths of the vectors alone."""
    names = zip(formula.names, lengths, strict=True)
    symbols = {name: 0 if length is None else (0,) * length for name, length in names}
    return in_symbols(formula, writer(symbols), latex)


def given(name: str, value: Symbol, origin: str, derivation: str | None = None) -> Given:
    """Says what a symbol stands for; a vector is written entry by entry."""
    symbol, latex, shown = _symbol(name, value)
    return Given(symbol, latex, shown, origin, derivation)


@lru_cache(maxsize=4096)
def _symbol(name: str, value: Symbol) -> tuple[str, str, str]:
    """Writes a symbol as text and as LaTeX, and its value."""
    names = parts(name, len(value)) if isinstance(value, tuple) else (name,)
    values = value if isinstance(value, tuple) else (value,)
    return (
        ", ".join(names),
        ", ".join(latex_name(part) for part in names),
        ", ".join(map(bare_number, values)),
    )


def of_inputs(symbol: str, values: Sequence[str], origins: Sequence[str]) -> tuple[Given, ...]:
    """Says what each input of a merge has: `RF_1`, `RF_2`, ..."""
    names = [f"{symbol}_{number}" for number in range(1, len(values) + 1)]
    return tuple(
        Given(name, latex_name(name), value, origin) for name, value, origin in zip(names, values, origins, strict=True)
    )


def bare_number(value: int | Fraction | None) -> str:
    """Returns a number on its own, `?` where it is not known."""
    if value is None:
        return "?"
    return str(value)


def extent(sizes: Sequence[int | Fraction | None]) -> str:
    """Writes an extent as `5x5`: one entry per axis."""
    return "x".join(map(bare_number, sizes))


def together(names: Sequence[str]) -> str:
    """Lists names: `height`, `height and width`, `depth, height and width`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def some(names: Sequence[str], most: int = 4) -> str:
    """Names in a sentence; of many the first ones."""
    if len(names) <= most:
        return together(names)
    return f"{', '.join(names[: most - 1])} and {len(names) - most + 1:,} more"


def unique(entries: Sequence[Given]) -> tuple[Given, ...]:
    """Returns each symbol once for each value that it has, in the order of the first mention."""
    return tuple(dict.fromkeys(entries))
