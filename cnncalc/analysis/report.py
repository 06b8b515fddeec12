"""What an analysis says: rows, totals and warnings. Plain data: nothing here computes or prints.

`Report.to_dict` is the JSON of schema `cnncalc.report/1`. What a row and the totals have stands in `FIGURES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from cnncalc.analysis.figures import FIGURES, Figure, Form, total_figures
from cnncalc.conventions.convention import CONVENTIONS, ConventionName, NotesBasis
from cnncalc.digits import shown
from cnncalc.errors import Diagnostic, nearest, quote
from cnncalc.optional_packages import optional_package
from cnncalc.records import record
from cnncalc.results import Result
from cnncalc.tensor import Shape
from cnncalc.warnings.warning import Warning

if TYPE_CHECKING:
    from pandas import DataFrame

    from cnncalc.analysis.memory_figures import LayerMemory, Memory

SCHEMA = "cnncalc.report/1"

Convention = ConventionName
Extent = tuple[int, ...] | None
"""A receptive field: one length per spatial axis of the input; `None` if there is none to give."""
Json = dict[str, object]


@record
class NotesFigures:
    """A layer's figures in the `notes` convention; `None` is "not counted" or "not known"."""

    receptive_field: Extent
    ops: int | None
    basis: NotesBasis
    carried: Extent = None
    """The receptive field that what follows goes on from, also if the layer has no entry of its own."""


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

    def asked_for(self) -> Json:
        """Returns the entries of its JSON that are there only if they were asked for."""
        entries: Json = {}
        if self.counters:
            entries["counters"] = dict(self.counters)
        if self.memory is not None:
            entries["memory"] = self.memory.to_dict()
        return entries


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
        """Returns the layer's entry in the JSON report."""
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
        """Returns the totals of the JSON report."""
        return _writer(total_figures())(self)


def no_totals(convention: str) -> Totals:
    """Returns the totals of a report that stops at a culprit: there are none to give."""
    return Totals(None, None, None, NotesTotals(None, None), ExactTotals(None, None, None), convention)


@record
class Report(Result):
    """A net's figures. `error` and `culprit` (a layer's name and kind) are set where a shape did not work out.

    `report["conv2d"]` is the row of the layer of that name.
    """

    name: str
    convention: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    layers: Sequence[Row]
    totals: Totals
    warnings: tuple[Warning, ...] = ()
    error: Diagnostic | None = None
    culprit: tuple[str, str] | None = None
    is_chain: bool = True
    """Whether every layer reads the one before it."""
    _by_name: dict[str, Row] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __getitem__(self, name: str) -> Row:
        """Finds a layer's row. Raises: KeyError."""
        if not self._by_name:
            self._by_name.update((row.name, row) for row in self.layers)
        if name not in self._by_name:
            hint = nearest(str(name), self._by_name)
            raise KeyError(f"there is no layer {quote(str(name))}" + (f": {hint}" if hint else ""))
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return any(row.name == name for row in self.layers)

    def _ipython_key_completions_(self) -> list[str]:
        """Lists the names for tab completion behind `report[`."""
        return [row.name for row in self.layers]

    def __repr__(self) -> str:
        layers = len(self.layers) - len(self.inputs)
        params = "stopped by an error"
        if self.error is None and self.totals.params is not None:
            params = f"{shown(self.totals.params, ',')} parameters"
        return f"<cnncalc.Report {self.name!r}, {self.convention}: {layers:,} layers, {params}>"

    def to_dataframe(self) -> DataFrame:
        """Makes a pandas frame: a row for each layer, a column for each figure, called as in CSV (`exact.macs`).

        Counts are exact (`Int64`, or Python's integers if they are longer), unknown ones `<NA>`; shapes are tuples.
        Raises: UsageError: if pandas is not installed.
        """
        pandas = optional_package("pandas", "to_dataframe()")
        columns = {}
        for key, figure in FIGURES.items():
            values = [figure.of(row) for row in self.layers]
            is_short = figure.form in ("count", "number") and all(abs(value or 0) < 2**63 for value in values)
            columns[key] = pandas.Series(values, dtype="Int64" if is_short else "object")
        frame: DataFrame = pandas.DataFrame(columns)
        return frame

    def to_dict(self) -> Json:
        """Returns the JSON report, of plain lists, dicts, strings, integers and booleans."""
        return {**self.entries(), "layers": list(map(row_writer(), self.layers))}

    def entries(self) -> Json:
        """Returns the same with the rows as they are: as dicts, all those of a long net would take gigabytes."""
        report: Json = {
            "schema": SCHEMA,
            "name": self.name,
            "convention": self.convention,
            "inputs": list(self.inputs),
            "outputs": list(self.outputs),
            "layers": self.layers,
            "totals": self.totals.to_dict(),
            "warnings": list(map(str, self.warnings)),
        }
        if self.error is not None:
            report["error"] = self.error.to_dict()
        return report


# JSON ---------------------------------------------------------------------------------------------------------------


def row_writer() -> Callable[[Row], Json]:
    """Returns what makes the JSON of a row. To make it takes as long as a row: it is made once for all rows of a
    report.
    """
    return _writer(FIGURES.values())


def _writer(figures: Iterable[Figure]) -> Callable[[Row | Totals], Json]:
    read = _reader(list(figures), "")

    def written(record: Row | Totals) -> Json:
        return {**read(record), **record.asked_for()}

    return written


def _reader(figures: Sequence[Figure], group: str) -> Callable[[Row | Totals], Json]:
    """Returns what reads a JSON object off a record: all figures whose keys begin with the group's, in few steps."""
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
        elif figure.form in PLAIN or figure.formula is not None:
            later.append((name, _converted(figure)))
    values = attrgetter(*names.values())

    def read(record: Row | Totals) -> Json:
        entry: Json = dict(zip(names, values(record), strict=True))
        for name, value in later:
            entry[name] = value(record)
        return entry

    return read


def _converted(figure: Figure) -> Callable[[Row | Totals], object]:
    of, convert = figure.of, PLAIN.get(figure.form)
    if convert is None:
        return of
    return lambda record: None if (value := of(record)) is None else convert(value)


def _ratios(values: Sequence[Fraction | None]) -> list[int | str | None]:
    """Writes whole strides as integers, fractions as strings such as `1/2`."""
    return [
        value
        if value is None
        else value.numerator
        if value.denominator == 1
        else f"{value.numerator}/{value.denominator}"
        for value in values
    ]


PLAIN: Final[dict[Form, Callable[[Any], object]]] = {
    **dict.fromkeys(("names", "shape", "sizes", "offsets"), list),
    "strides": _ratios,
}
"""What makes plain data of a figure, by its form; the others are plain."""
