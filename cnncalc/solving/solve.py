"""The values with which a net meets its conditions: the largest, the smallest, every one, or the nearest.

By bisection if every figure that a condition is on is proven to grow with the value; else every value is looked at.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from math import prod
from typing import Any, Final, Literal, NamedTuple

from cnncalc.errors import Diagnostic, UsageError, quote
from cnncalc.solving.growth import grows
from cnncalc.solving.requirements import Requirement
from cnncalc.sweeping.axes import Axis, Plain, Point, are_numbers, plain
from cnncalc.sweeping.figures import Column
from cnncalc.sweeping.sweep import Evaluator, Sweep
from cnncalc.sweeping.templates import PointError

Which = Literal["largest", "smallest", "every", "nearest"]

MAX_LOOKED_AT: Final = 200_000
"""Values that are looked at one by one."""

Row = tuple[Plain, ...]
Place = tuple[int, ...]
"""A point by the places of its values on the axes."""


class Solution(NamedTuple):
    """What was found: `rows` have the values, and the figures that conditions are on.

    `beside` are the nearest on both sides, if nothing meets the conditions. `computed` of `total` nets were computed.
    """

    names: tuple[str, ...]
    rows: tuple[Row, ...]
    beside: tuple[Row, ...]
    computed: int
    total: int
    is_met: bool


def solve(sweep: Sweep, requirements: Sequence[Requirement], which: Which = "largest") -> Solution:
    """Finds the values that meet all requirements; the sweep has one axis or two, with numbers in their order.

    Of two axes it gives the front: for each value of the first the best of the second, unless another pair is as
    good in one and better in the other. Raises: UsageError.
    """
    figures = tuple(dict.fromkeys(each.figure for each in requirements))
    if not requirements:
        message = "there is no condition to meet"
        raise UsageError(Diagnostic("bad-option", message, suggestion="--max-params 5M, or --equals params=1,792"))
    if len(sweep.axes) not in (1, 2):
        message = f"{len(sweep.axes)} variables are varied: solve finds one, or two"
        hint = "cnncalc sweep --where takes any number" if sweep.axes else "--vary width=1..4096, or ? in the spec"
        raise UsageError(Diagnostic("bad-option", message, suggestion=hint))
    sweep = replace(sweep, axes=tuple(map(_sorted, sweep.axes)), columns=figures)
    sweep.check()
    search = _Search(sweep, requirements)
    outer = [(index,) for index in range(len(sweep.axes[0].values))] if len(sweep.axes) == 2 else [()]
    found = [place for start in outer for place in search.on_line(start, which)]
    if len(sweep.axes) == 2 and which != "every":
        found = [place for place in found if not any(_is_better(other, place, which) for other in found)]
    if which == "nearest":
        found = found[:1] if len(sweep.axes) == 1 else [search.nearest(found)]
    is_met = any(map(search.meets, found))
    missed = () if is_met else search.beside()
    return Solution(
        (*(axis.name for axis in sweep.axes), *figures),
        tuple(map(search.row, found)),
        tuple(map(search.row, missed)),
        len(search.known),
        len(sweep.points),
        is_met,
    )


def _sorted(axis: Axis) -> Axis:
    """Puts the values of an axis in order. Raises: UsageError: if they have none."""
    values: Any = axis.values
    if axis.is_input:
        return replace(axis, values=sorted(values, key=_elements))
    if not are_numbers(values):
        message = f"{quote(axis.name)} is varied over texts: solve looks for numbers"
        raise UsageError(Diagnostic("bad-option", message, suggestion=f"--vary {axis.name}=1..64, or cnncalc sweep"))
    return replace(axis, values=values if isinstance(values, range) else sorted(values))


def _elements(shape: Any) -> int:
    return prod(size or 1 for size in shape)


def _is_better(other: Place, place: Place, which: Which) -> bool:
    """Says whether one pair is at least as good in both values as another one."""
    pairs = list(zip(other, place, strict=True))
    if which == "smallest":
        return other != place and all(a <= b for a, b in pairs)
    return other != place and all(a >= b for a, b in pairs)


class _NotProvenError(Exception):
    """A figure may not grow with the value: every value has to be looked at."""


class _Search:
    """Looks at points; `known` has the figures of those that were computed, `None` for one that does not work out."""

    def __init__(self, sweep: Sweep, requirements: Sequence[Requirement]) -> None:
        self.evaluator, self.requirements = Evaluator(sweep), requirements
        self.axes = sweep.axes
        self.known: dict[Place, dict[str, object] | None] = {}

    def on_line(self, start: Place, which: Which) -> Sequence[Place]:
        """Finds the best values of the last axis, the other one as `start` says; nothing if none meets all."""
        try:
            if which == "every":
                raise _NotProvenError
            return self._bisected(start, which)
        except _NotProvenError:
            return self._searched(start, which)

    def _bisected(self, start: Place, which: Which) -> Sequence[Place]:
        """Returns the same if every figure grows with the value. Raises: _NotProvenError."""
        count = len(self.axes[-1].values)
        self._prove(start)
        first, last = 0, count - 1
        for requirement in self.requirements:
            value = partial(self._value, requirement, start)
            above = bisect_left(range(count), requirement.amount, key=value)  # the first that is large enough
            over = bisect_right(range(count), requirement.amount, key=value)  # the first that is too large
            if requirement.sign != "<=":
                first = max(first, above)
            if requirement.sign != ">=":
                last = min(last, over - 1)
            for index in {above - 1, above, over - 1, over} & set(range(count)):
                value(index)
        if which == "nearest":
            if len(self.requirements) > 1:
                raise _NotProvenError
            return [self.nearest([place for place in self.known if place[:-1] == start])]
        if first > last:
            return []
        return [(*start, last if which == "largest" else first)]

    def _value(self, requirement: Requirement, start: Place, index: int) -> Fraction:
        """Returns what a requirement compares. Raises: _NotProvenError: if it is not known."""
        figures = self._figures((*start, index))
        value = None if figures is None else requirement.value(figures[requirement.figure])
        if value is None:
            raise _NotProvenError
        return Fraction(value)

    def _searched(self, start: Place, which: Which) -> Sequence[Place]:
        count = len(self.axes[-1].values)
        if count > MAX_LOOKED_AT:
            message = (
                f"{count:,} values would have to be looked at, as it is not proven that the figures grow with them"
            )
            expected = f"at most {MAX_LOOKED_AT:,}"
            raise UsageError(Diagnostic("bad-option", message, None, expected, suggestion="narrow the range"))
        places = [(*start, index) for index in range(count)]
        met = [place for place in places if self.meets(place)]
        if which == "nearest":
            return [self.nearest(places)]
        return met if which == "every" or not met else [met[-1] if which == "largest" else met[0]]

    def _prove(self, start: Place) -> None:
        """Raises: _NotProvenError: if a figure may not grow with the last axis."""
        axis = self.axes[-1]
        nets = []
        for index in (0, len(axis.values) - 1):
            try:
                nets.append(self.evaluator.net(self._point((*start, index))))
            except PointError:
                raise _NotProvenError from None
        smallest, largest = nets
        variable = self.evaluator.templates.open_var(axis.name)
        if variable is None or smallest.expansion is not largest.expansion:
            raise _NotProvenError
        if not all(grows(each.figure, smallest, largest, variable) for each in self.requirements):
            raise _NotProvenError

    def _point(self, place: Place) -> Point:
        return tuple(axis.values[index] for axis, index in zip(self.axes, place, strict=True))

    def _figures(self, place: Place) -> dict[str, object] | None:
        if place not in self.known:
            try:
                self.known[place] = self.evaluator.figures(self._point(place))
            except PointError:
                self.known[place] = None
        return self.known[place]

    def meets(self, place: Place) -> bool:
        """Says whether a point meets all requirements."""
        figures = self._figures(place)
        return figures is not None and all(each.is_met(figures[each.figure]) for each in self.requirements)

    def row(self, place: Place) -> Row:
        """Shows a point with its figures."""
        figures = self._figures(place) or {}
        return (*map(plain, self._point(place)), *(column.plain(figures.get(column.name)) for column in self._columns))

    @property
    def _columns(self) -> Sequence[Column]:
        return self.evaluator.shown

    def nearest(self, places: Sequence[Place]) -> Place:
        """Returns the point that is nearest to meeting all requirements, the shares by which it misses them added
        up.
        """

        def miss(place: Place) -> tuple[bool, Fraction | int]:
            figures = self._figures(place)
            shares = [] if figures is None else [each.miss(figures[each.figure]) for each in self.requirements]
            known = [share for share in shares if share is not None]
            return not known or len(known) < len(shares), sum(known)

        return min(places, key=miss)

    def beside(self) -> Sequence[Place]:
        """Finds, of the points that were computed, for each requirement the nearest below its amount and above it."""
        found: set[Place] = set()
        for requirement in self.requirements:
            values = {
                place: value
                for place, figures in self.known.items()
                if figures is not None and (value := requirement.value(figures[requirement.figure])) is not None
            }
            below = [place for place, value in values.items() if value < requirement.amount]
            above = [place for place, value in values.items() if value > requirement.amount]
            found |= {max(below, key=lambda place: (values[place], place))} if below else set()
            found |= {min(above, key=lambda place: (values[place], place))} if above else set()
        return sorted(found)
