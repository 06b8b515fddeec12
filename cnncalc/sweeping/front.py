"""Which rows are wanted, and in which order: the best by some figures, or those that nothing beats."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from cnncalc.sweeping.figures import number
from cnncalc.sweeping.sweep import Found, Row


class Objective(NamedTuple):
    """A figure, or a varied value, that is to be small, or large."""

    name: str
    is_maximized: bool = False

    def cost(self, value: object) -> Fraction | int | None:
        """Returns what is to be small; `None` if the figure is not known, or is no number."""
        comparable = number(value)
        if not isinstance(comparable, (int, Fraction)):
            return None
        return -comparable if self.is_maximized else comparable


class Front:
    """The Pareto front of the rows so far: those that no other row beats in one objective and equals in the others.

    It holds these rows and no others. A point that broke is on no front.
    """

    def __init__(self, objectives: Sequence[Objective]) -> None:
        self.objectives = objectives
        self._best: list[tuple[tuple[Fraction | int, ...], Row]] = []

    def add(self, found: Found) -> None:
        """Looks whether a row belongs to the front, and drops those that it beats."""
        costs = costs_of(found, self.objectives)
        if costs is None or any(_beats(other, costs) for other, _ in self._best):
            return
        self._best = [(other, row) for other, row in self._best if not _beats(costs, other)]
        self._best.append((costs, found.row))

    def rows(self) -> list[Row]:
        """Returns the rows of the front in the order of the first objective, and of the next where rows are equal in
        it.
        """
        return [row for _, row in sorted(self._best, key=lambda pair: pair[0])]


def _beats(costs: Sequence[Fraction | int], others: Sequence[Fraction | int]) -> bool:
    return costs != others and all(ours <= theirs for ours, theirs in zip(costs, others, strict=True))


def costs_of(found: Found, objectives: Sequence[Objective]) -> tuple[Fraction | int, ...] | None:
    """Returns what is to be small, for each objective; `None` if the point broke, or one of its figures is not
    known.
    """
    if found.compared is None:
        return None
    costs = [objective.cost(found.compared[objective.name]) for objective in objectives]
    known = [cost for cost in costs if cost is not None]
    return tuple(known) if len(known) == len(costs) else None


def in_order(found: Iterable[Found], objectives: Sequence[Objective]) -> list[Row]:
    """Rows in the order of the first objective, then of the next; those that can't be compared come last."""
    compared = [(costs_of(each, objectives), each.row) for each in found]
    best = sorted((pair for pair in compared if pair[0] is not None), key=lambda pair: pair[0] or ())
    return [row for _, row in best] + [row for costs, row in compared if costs is None]
