"""What a solution has to meet: limits as `summary` has them, and figures that are to have one value."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Final, Literal

from cnncalc.errors import Diagnostic, Problem, UsageError, quote
from cnncalc.numbers_as_written import read_amount
from cnncalc.records import record
from cnncalc.spec.limits import Limit
from cnncalc.sweeping.figures import column, number

Sign = Literal["<=", ">=", "="]

_FIGURES: Final = {
    "max_params": "params", "max_trainable_params": "trainable_params", "max_macs": "exact.macs",
    "max_flops": "exact.flops", "max_layers": "layers", "min_rf": "exact.receptive_field",
    "max_rf": "exact.receptive_field",
}  # fmt: skip
"""The figure that each limit is on; that of memory depends on what it is for."""


@record
class Requirement:
    """A figure that is at most, at least or exactly an amount."""

    figure: str
    sign: Sign
    amount: Fraction

    def value(self, figure: object) -> int | Fraction | None:
        """Returns what is compared: of a receptive field the axis that counts, for an upper limit the largest."""
        if isinstance(figure, tuple) and self.sign == "<=" and None not in figure:
            return max(figure, default=None)
        value = number(figure)
        return value if isinstance(value, (int, Fraction)) else None

    def is_met(self, figure: object) -> bool:
        """Says whether a figure meets it; one that is not known does not."""
        value = self.value(figure)
        if value is None:
            return False
        return {"<=": value <= self.amount, ">=": value >= self.amount, "=": value == self.amount}[self.sign]

    def miss(self, figure: object) -> Fraction | int | None:
        """Returns by which share of the amount a figure misses it: 0 if it is met, `None` if it is not known."""
        value = self.value(figure)
        if value is None or self.is_met(figure):
            return None if value is None else 0
        return abs(Fraction(value) - self.amount) / (self.amount or 1)


def of_limits(limits: Iterable[Limit], training: bool) -> list[Requirement]:
    """Makes the requirements of limits; `training`: one on memory is on that of training."""
    found = []
    for limit in limits:
        memory = "memory.training" if training else "memory.inference"
        figure = _FIGURES.get(limit.name, memory)
        found.append(Requirement(figure, ">=" if limit.name.startswith("min_") else "<=", limit.amount))
    return found


def of_equals(texts: Iterable[str]) -> list[Requirement]:
    """Reads `params=1,792`. Raises: UsageError."""
    found = []
    for text in texts:
        name, equals, amount = (part.strip() for part in text.partition("="))
        try:
            if not equals:
                raise Problem("bad-option", f"{quote(text)} is no figure with a value")
            found.append(Requirement(column(name).name, "=", read_amount(amount).value))
        except Problem as problem:
            message = f"--equals: {problem.message}"
            raise UsageError(Diagnostic("bad-option", message, None, "FIGURE=AMOUNT, such as params=1,792")) from None
    return found
