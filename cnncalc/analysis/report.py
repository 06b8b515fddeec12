"""What an analysis says: rows, totals and warnings. Plain data: nothing here computes or prints.

`Report.to_dict` is the JSON of schema `cnncalc.report/1`. What a row and the totals have stands in `FIGURES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, Literal

from cnncalc.analysis.figures import FIGURES, Figure, Form, total_figures
from cnncalc.conventions.convention import CONVENTIONS, NotesBasis
from cnncalc.errors import Diagnostic
from cnncalc.records import record
from cnncalc.tensor import Shape

if TYPE_CHECKING:
    from cnncalc.analysis.memory_figures import LayerMemory, Memory

SCHEMA = "cnncalc.report/1"

Convention = Literal["notes", "exact"]
Extent = tuple[int, ...] | None
"""A receptive field: one length per spatial axis of the input; `None` if there is none to give."""
Json = dict[str, object]


@record
class NotesFigures:
    """A layer's figures in the `notes` convention; `None` is "not counted" or "not known"."""

    receptive_field: Extent
    ops: int | None
    basis: NotesBasis


@record
class ExactFigures:
    """A layer's figures in the `exact` convention. Per spatial axis of the input: receptive field, stride, offset."""

    receptive_field: Extent
    effective_stride: tuple[Fraction | None, ...] | None
    offset: tuple[int | None, ...] | None
    macs: int | None
    flops: int | None
    note: str | None = None


@record
class NotesTotals:
    """A net's figures in the `notes` convention."""

    receptive_field: Extent
    ops: int | None


@record
class ExactTotals:
    """A net's figures in the `exact` convention."""

    receptive_field: Extent
    macs: int | None
    flops: int | None


class _Counts:
    """What a row and the totals have in common: the figures that depend on the chosen convention."""

    __slots__ = ()

    params: int | None
    trainable_params: int | None
    notes: NotesFigures | NotesTotals
    exact: ExactFigures | ExactTotals
    convention: str
    counters: Mapping[str, int | None]
    memory: LayerMemory | Memory | None

    @property
    def non_trainable_params(self) -> int | None:
        if self.params is None or self.trainable_params is None:
            return None
        return self.params - self.trainable_params

    @property
    def receptive_field(self) -> Extent:
        """The chosen convention's."""
        return (
            self.notes.receptive_field if CONVENTIONS[self.convention].side == "notes" else self.exact.receptive_field
        )

    @property
    def ops(self) -> int | None:
        """The chosen convention's: in `exact` the MACs."""
        return self.notes.ops if CONVENTIONS[self.convention].side == "notes" else self.exact.macs


@record
class Row(_Counts):
    """One layer. `path` lists the enclosing block instances, outermost first; `shared_with` the weights' owner."""

    name: str
    type: str
    path: tuple[str, ...]
    inputs: tuple[str, ...]
    output_shape: Shape
    instances: int
    neurons: int | None
    params: int | None
    trainable_params: int | None
    shared_with: str | None
    notes: NotesFigures
    exact: ExactFigures
    convention: str
    counters: Mapping[str, int | None] = field(default_factory=dict)
    """What profilers count for it, by their names: those that were asked for."""
    memory: LayerMemory | None = None
    """If it was asked for."""
    added: Mapping[str, int | None] = field(default_factory=dict)
    """The figures of `FIGURES` that a formula of their own gives."""

    def to_dict(self) -> Json:
        """The layer's entry in the JSON report."""
        return row_writer()(self)


@record
class Totals(_Counts):
    """A net's sums. A weight used in two places counts once; a sum with an unknown part is unknown."""

    neurons: int | None
    params: int | None
    trainable_params: int | None
    notes: NotesTotals
    exact: ExactTotals
    convention: str
    counters: Mapping[str, int | None] = field(default_factory=dict)
    memory: Memory | None = None
    added: Mapping[str, int | None] = field(default_factory=dict)

    def to_dict(self) -> Json:
        """The totals of the JSON report."""
        return _writer(total_figures())(self)


def no_totals(convention: str) -> Totals:
    """The totals of a report that stops at a culprit: there are none to give."""
    return Totals(None, None, None, NotesTotals(None, None), ExactTotals(None, None, None), convention)


@record
class Report:
    """A net's figures. `error` and `culprit` (a layer's name and kind) are set where a shape did not work out."""

    name: str
    convention: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    layers: Sequence[Row]
    totals: Totals
    warnings: tuple[str, ...] = ()
    error: Diagnostic | None = None
    culprit: tuple[str, str] | None = None
    is_chain: bool = True
    """Whether every layer reads the one before it."""

    def to_dict(self) -> Json:
        """The JSON report, of plain lists, dicts, strings, integers and booleans."""
        return {**self.entries(), "layers": list(map(row_writer(), self.layers))}

    def entries(self) -> Json:
        """The same with the rows as they are: as dicts, all those of a long net would take gigabytes."""
        report: Json = {
            "schema": SCHEMA,
            "name": self.name,
            "convention": self.convention,
            "inputs": list(self.inputs),
            "outputs": list(self.outputs),
            "layers": self.layers,
            "totals": self.totals.to_dict(),
            "warnings": list(self.warnings),
        }
        if self.error is not None:
            report["error"] = self.error.to_dict()
        return report

    def _repr_html_(self) -> str | None:
        """Shows the report in a notebook; `None`, if nothing is there that draws it."""
        draw = DISPLAYS.get("html")
        return None if draw is None else draw(self)


DISPLAYS: Final[dict[str, Callable[[Report], str]]] = {}
"""What draws a report in a notebook, by format. `cnncalc.notebook` fills it: a report knows no renderer."""


# JSON ---------------------------------------------------------------------------------------------------------------


def row_writer() -> Callable[[Row], Json]:
    """What makes the JSON of a row. To make it takes as long as a row: it is made once for all rows of a report."""
    return _writer(FIGURES.values())


def _writer(figures: Iterable[Figure]) -> Callable[[Row | Totals], Json]:
    read = _reader(list(figures), "")

    def written(record: Row | Totals) -> Json:
        entry = read(record)
        if record.counters:
            entry["counters"] = dict(record.counters)
        if record.memory is not None:
            entry["memory"] = record.memory.to_dict()
        return entry

    return written


def _reader(figures: Sequence[Figure], group: str) -> Callable[[Row | Totals], Json]:
    """What reads a JSON object off a record: all figures whose keys begin with the group's, in few steps."""
    names: dict[str, str] = {}
    later: list[tuple[str, Callable[[Row | Totals], object]]] = []
    for figure in figures:
        name, dot, _ = figure.key.removeprefix(group).partition(".")
        if name in names:
            continue
        names[name] = group + name if figure.formula is None else "added"
        if dot:
            inner = f"{group}{name}."
            later.append((name, _reader([one for one in figures if one.key.startswith(inner)], inner)))
        elif figure.form in _TO_JSON or figure.formula is not None:
            later.append((name, _converted(figure)))
    values = attrgetter(*names.values())

    def read(record: Row | Totals) -> Json:
        entry: Json = dict(zip(names, values(record), strict=True))
        for name, value in later:
            entry[name] = value(record)
        return entry

    return read


def _converted(figure: Figure) -> Callable[[Row | Totals], object]:
    of, convert = figure.of, _TO_JSON.get(figure.form)
    if convert is None:
        return of
    return lambda record: None if (value := of(record)) is None else convert(value)


def _ratios(values: Sequence[Fraction | None]) -> list[int | str | None]:
    """Whole strides as integers, fractions as strings such as `1/2`."""
    return [
        value
        if value is None
        else value.numerator
        if value.denominator == 1
        else f"{value.numerator}/{value.denominator}"
        for value in values
    ]


_TO_JSON: Final[dict[Form, Callable[[Any], object]]] = {
    **dict.fromkeys(("names", "shape", "sizes", "offsets"), list),
    "strides": _ratios,
}
"""What makes plain data of a figure, by its form; the others are plain."""
