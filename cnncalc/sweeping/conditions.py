"""Conditions on a point: an expression over its values and its figures, such as `params < 5M and exact.macs < 300M`.

The language is that of the arithmetic in specs; nothing is executed. An amount is written as in limits: 5M, 1.5G.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from cnncalc.errors import Diagnostic, Problem, UsageError, nearest, quote
from cnncalc.formula import ExpressionError, compiled
from cnncalc.numbers_as_written import read_amount
from cnncalc.sweeping.figures import NAME, column, number

_KEYWORDS: Final = frozenset({"and", "or", "not", "true", "false", "min", "max"})
_AMOUNT: Final = r"(?<![\w.])\d[\d_]*(?:\.\d+)?\s?(?:[kKMGBTP]i?B?)(?!\w)"
_PART: Final = re.compile(rf"(?P<amount>{_AMOUNT})|(?P<name>(?<![\w.]){NAME.pattern})")
EXPECTED: Final = "a condition such as params < 5M and exact.macs < 300M"


class Condition:
    """One expression that is true or false for a point. `figures` are the names of the figures that it reads."""

    def __init__(self, text: str, variables: Iterable[str]) -> None:
        """Reads a condition; `variables` are the names of what is varied. Raises: UsageError: if it is none."""
        self.text = text
        self._variables = {f"${name}": name for name in variables}
        self._names: dict[str, str] = {}
        """What the names in the expression stand for: an expression's names have no points and no slashes."""
        expression = _PART.sub(self._simple, text)
        try:
            names, self._evaluator = compiled(expression)
        except ExpressionError as error:
            raise self._refused(str(error)) from None
        if unknown := [name for name in names if name not in self._names]:
            raise self._refused(f"{quote(unknown[0])} is no figure")
        self.figures = tuple(name for name in self._names.values() if name not in self._variables)

    def _simple(self, match: re.Match[str]) -> str:
        if match["amount"]:
            try:
                amount = read_amount(match["amount"]).value
            except Problem as problem:
                raise self._refused(problem.message) from None
            return f"({amount})" if amount.denominator != 1 else str(amount)
        name = match["name"]
        if name in _KEYWORDS:
            return name
        if f"${name}" in self._variables:
            name = f"${name}"
        elif name not in self._variables:
            try:
                column(name)
            except UsageError as error:
                hint = nearest(name, self._variables.values()) or error.diagnostics[0].suggestion
                raise self._refused(f"{quote(name)} is neither a figure nor varied", hint) from None
        short = f"_{list(self._names.values()).index(name) if name in self._names.values() else len(self._names)}"
        self._names[short] = name
        return short

    def holds(self, values: Mapping[str, object], figures: Mapping[str, object]) -> bool | None:
        """Says whether a point meets it; `None` if a figure that decides it is not known. Raises: UsageError."""
        symbols = {
            short: values[self._variables[name]] if name in self._variables else number(figures[name])
            for short, name in self._names.items()
        }
        try:
            result = self._evaluator(symbols)
        except ExpressionError as error:
            if None in symbols.values():
                return None
            raise self._refused(self._in_words(str(error))) from None
        if not isinstance(result, bool):
            raise self._refused(f"it comes to {result}, and not to true or false")
        return result

    def _in_words(self, message: str) -> str:
        return re.sub(r"_\d+", lambda match: self._names.get(match[0], match[0]), message)

    def _refused(self, why: str, hint: str | None = None) -> UsageError:
        message = f"the condition {quote(self.text)} can't be computed: {self._in_words(why)}"
        return UsageError(Diagnostic("bad-expression", message, None, EXPECTED, suggestion=hint))


def meets_all(
    conditions: Iterable[Condition], values: Mapping[str, object], figures: Mapping[str, object]
) -> bool | None:
    """Says whether a point meets all conditions; `None` if that depends on a figure that is not known."""
    results = [condition.holds(values, figures) for condition in conditions]
    return False if False in results else None if None in results else True


def figure_names(conditions: Iterable[Condition]) -> Iterator[str]:
    """Yields the names of all figures that conditions read."""
    for condition in conditions:
        yield from condition.figures
