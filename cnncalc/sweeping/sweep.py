"""A sweep: what is varied, which figures are wanted, and which points are kept.

A `Sweep` is plain data that can be sent to another process; `Evaluator` computes chunks of its points.
"""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from cnncalc.analysis.memory_figures import Setting
from cnncalc.analysis.net_counts import NetCounts
from cnncalc.collector import paused_collector
from cnncalc.errors import Diagnostic, SpecError, UsageError, quote
from cnncalc.expansion.state import MAX_EXPANDED
from cnncalc.spec.document import Document
from cnncalc.spec.inner_specs import InnerSpecs
from cnncalc.spec.values import Value
from cnncalc.sweeping.axes import Axis, Plain, Point, Type, are_numbers, plain, type_of
from cnncalc.sweeping.conditions import Condition, figure_names, meets_all
from cnncalc.sweeping.figures import columns_of
from cnncalc.sweeping.points import Points
from cnncalc.sweeping.templates import PointError, Templates
from cnncalc.tensor import Shape

CHUNK: Final = 200
"""Points that are computed together and written together."""
ERROR: Final = ("error", "layer")
"""The last columns: the id of what is wrong, and the layer at which the point stops."""
NOT_OF_POINTS: Final = ("unknown-variable", "unknown-input")
"""Errors of what is the same in all points."""
UNKNOWN: Final = "unknown-limit"
"""The error of a point that can't be held against a condition."""

Row = tuple[Plain, ...]
"""A point's values, its figures, and its error, as the columns name them."""


class Found(NamedTuple):
    """A row, and the figures that rows are compared by; `None` in their place if the point broke."""

    row: Row
    compared: dict[str, object] | None


@dataclass(frozen=True)
class Sweep:
    """What a sweep is over. `fixed` and `inputs` are values of vars and shapes that are the same in all points."""

    document: Document
    axes: tuple[Axis, ...]
    columns: tuple[str, ...]
    where: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    """The figures, or names of axes, that rows are compared by."""
    sample: int | None = None
    seed: int = 0
    convention: str = "notes"
    fixed: Mapping[str, Value] = field(default_factory=dict)
    inputs: Mapping[str, Shape] = field(default_factory=dict)
    max_expanded: int = MAX_EXPANDED
    setting: Setting = field(default_factory=Setting)
    inner_specs: InnerSpecs = field(default_factory=InnerSpecs)

    @property
    def types(self) -> tuple[Type, ...]:
        """What each entry of a row holds."""
        return (*map(type_of, self.axes), *(column.type for column in columns_of(self.columns)), "text", "text")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of a row's entries."""
        return (*(axis.name for axis in self.axes), *self.columns, *ERROR)

    @property
    def points(self) -> Points:
        return Points(self.axes, self.sample, self.seed)

    def check(self) -> None:
        """Refuses what no point can have. Raises: UsageError; SpecError: if the spec itself is wrong."""
        if self.document.mistakes:
            raise SpecError(self.document.mistakes)
        if len(set(self.names)) < len(self.names):
            name = next(name for name in self.names if self.names.count(name) > 1)
            message = f"two columns would be called {quote(name)}"
            raise UsageError(Diagnostic("bad-option", message, suggestion="give the var of this name another one"))
        Evaluator(self).check_layers()


class Evaluator:
    """Computes the points of a sweep."""

    def __init__(self, sweep: Sweep) -> None:
        """Raises: UsageError: if a column or a condition names what is not there."""
        self.sweep, self.points = sweep, sweep.points
        self.axes = [axis.name for axis in sweep.axes]
        self.shown = columns_of(sweep.columns)
        self.conditions = [Condition(text, self.axes) for text in sweep.where]
        compared = [name for name in sweep.compared if name not in self.axes]
        self.wanted = columns_of([*sweep.columns, *figure_names(self.conditions), *compared])
        self.templates = Templates(
            sweep.document, self.wanted, sweep.convention, sweep.max_expanded, sweep.inner_specs, sweep.setting
        )
        self.templates.fix([axis.name for axis in sweep.axes if not axis.is_input and not are_numbers(axis.values)])
        self.templates.fix([name for name in sweep.fixed if name not in self.axes])

    def chunk(self, start: int) -> list[Found]:
        """Computes the points from a number on; those that no condition drops."""
        stop = min(start + CHUNK, len(self.points))
        with paused_collector():
            found = (self.found(self.points[index]) for index in range(start, stop))
            return [each for each in found if each is not None]

    def found(self, point: Point) -> Found | None:
        """Computes a point; `None` if it does not meet the conditions."""
        shown = tuple(map(plain, point))
        values = dict(zip(self.axes, point, strict=True))
        try:
            figures = self.figures(point)
        except PointError as error:
            return Found((*shown, *(None for _ in self.shown), error.id, error.layer), None)
        kept = meets_all(self.conditions, values, figures)
        if kept is False:
            return None
        row = (*shown, *(column.plain(figures[column.name]) for column in self.shown))
        if kept is None:
            return Found((*row, UNKNOWN, None), None)
        compared = {name: values[name] if name in values else figures[name] for name in self.sweep.compared}
        return Found((*row, None, None), compared)

    def figures(self, point: Point) -> dict[str, object]:
        """Computes the figures of a point, by their names. Raises: PointError."""
        return self.templates.figures(*self._settings(point))

    def net(self, point: Point) -> NetCounts:
        """Counts the net of a point. Raises: PointError."""
        return self.templates.net(*self._settings(point))

    def check_layers(self) -> None:
        """Refuses names of layers that neither the first nor the last point has. Raises: UsageError, SpecError."""
        asked = [column for column in self.wanted if column.part == "layer"]
        ends = [self._settings(self.points[0]), self._settings(self.points[len(self.points) - 1])]
        try:
            templates = [self.templates.expanded(*settings) for settings in ends]
        except SpecError as error:
            if error.diagnostics[0].id in NOT_OF_POINTS:
                raise
            return  # the rows say so
        for column in asked:
            if all(template.find(column.layer) is None for template in templates):
                message = f"there is no layer {quote(column.layer)}, for {column.name}"
                hint = "`cnncalc summary SPEC` lists the names of the layers"
                raise UsageError(Diagnostic("no-such-layer", message, suggestion=hint))

    def _settings(self, point: Point) -> tuple[dict[str, Value], dict[str, Shape]]:
        """Returns the values of vars and the shapes of inputs at a point."""
        values, inputs = dict(self.sweep.fixed), dict(self.sweep.inputs)
        for axis, value in zip(self.sweep.axes, point, strict=True):
            if not axis.is_input:
                values[axis.name] = value  # type: ignore[assignment]
            else:
                assert isinstance(value, tuple)
                is_only = axis.name == "input"
                inputs["" if is_only else axis.name] = value
        return values, inputs


def packed(sweep: Sweep) -> bytes:
    """Makes a text of bytes of a sweep, for other processes."""
    return zlib.compress(pickle.dumps(sweep))


@lru_cache(maxsize=2)
def _unpacked(sweep: bytes) -> Evaluator:
    """Returns each process prepares a sweep once for all its chunks."""
    return Evaluator(pickle.loads(zlib.decompress(sweep)))


def compute_chunk(sweep: bytes, start: int) -> list[Found]:
    """Computes a chunk of a packed sweep: what another process is asked for."""
    return _unpacked(sweep).chunk(start)


def chunks_of(sweep: Sweep, first: int = 0) -> Iterator[list[Found]]:
    """Computes all points from a number on, chunk by chunk, in this process."""
    evaluator = Evaluator(sweep)
    return map(evaluator.chunk, range(first, len(evaluator.points), CHUNK))
