"""What an analysis says: rows, totals and warnings. Plain data: nothing here computes or prints.

`Report.to_dict` is the JSON of schema `cnncalc.report/1`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from cnncalc.digits import digits
from cnncalc.errors import Diagnostic
from cnncalc.records import record
from cnncalc.tensor import Shape

if TYPE_CHECKING:
    from cnncalc.memory.figures import LayerMemory, Memory

SCHEMA = "cnncalc.report/1"

Convention = Literal["notes", "exact"]
Basis = Literal["documented", "extension"]
Extent = tuple[int, ...] | None
"""A receptive field: one length per spatial axis of the input; `None` where there is none to give."""
Json = dict[str, object]


@record
class NotesBasis:
    """Whether the course notes give a figure's formula, or an extension of them does."""

    neurons: Basis
    receptive_field: Basis
    ops: Basis

    def to_dict(self) -> Json:
        return {"neurons": self.neurons, "receptive_field": self.receptive_field, "ops": self.ops}


@record
class NotesFigures:
    """A layer's figures in the `notes` convention; `None` is "not counted" or "not known"."""

    receptive_field: Extent
    ops: int | None
    basis: NotesBasis

    def to_dict(self) -> Json:
        return {"receptive_field": _list(self.receptive_field), "ops": self.ops, "basis": self.basis.to_dict()}


@record
class ExactFigures:
    """A layer's figures in the `exact` convention. Per spatial axis of the input: receptive field, stride, offset."""

    receptive_field: Extent
    effective_stride: tuple[Fraction | None, ...] | None
    offset: tuple[int | None, ...] | None
    macs: int | None
    flops: int | None
    note: str | None = None

    def to_dict(self) -> Json:
        return {
            "receptive_field": _list(self.receptive_field),
            "effective_stride": None if self.effective_stride is None else list(map(_ratio, self.effective_stride)),
            "offset": _list(self.offset),
            "macs": self.macs,
            "flops": self.flops,
            "note": self.note,
        }


@record
class NotesTotals:
    """A net's figures in the `notes` convention."""

    receptive_field: Extent
    ops: int | None

    def to_dict(self) -> Json:
        return {"receptive_field": _list(self.receptive_field), "ops": self.ops}


@record
class ExactTotals:
    """A net's figures in the `exact` convention."""

    receptive_field: Extent
    macs: int | None
    flops: int | None

    def to_dict(self) -> Json:
        return {"receptive_field": _list(self.receptive_field), "macs": self.macs, "flops": self.flops}


class _Counts:
    """What a row and the totals have in common: the figures that depend on the chosen convention."""

    __slots__ = ()

    params: int | None
    trainable_params: int | None
    notes: NotesFigures | NotesTotals
    exact: ExactFigures | ExactTotals
    convention: Convention
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
        return self.notes.receptive_field if self.convention == "notes" else self.exact.receptive_field

    @property
    def ops(self) -> int | None:
        """The chosen convention's: in `exact` the MACs."""
        return self.notes.ops if self.convention == "notes" else self.exact.macs

    def _by_convention(self) -> Json:
        """The part of the JSON that depends on it; counters and memory only where they were asked for."""
        found: Json = {
            "receptive_field": _list(self.receptive_field),
            "ops": self.ops,
            "notes": self.notes.to_dict(),
            "exact": self.exact.to_dict(),
        }
        if self.counters:
            found["counters"] = dict(self.counters)
        if self.memory is not None:
            found["memory"] = self.memory.to_dict()
        return found


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
    convention: Convention
    counters: Mapping[str, int | None] = field(default_factory=dict)
    """What profilers count for it, by their names: those that were asked for."""
    memory: LayerMemory | None = None
    """Where it was asked for."""

    def to_dict(self) -> Json:
        return {
            "name": self.name,
            "type": self.type,
            "path": list(self.path),
            "inputs": list(self.inputs),
            "output_shape": list(self.output_shape),
            "instances": self.instances,
            "neurons": self.neurons,
            "params": self.params,
            "trainable_params": self.trainable_params,
            "non_trainable_params": self.non_trainable_params,
            "shared_with": self.shared_with,
            **self._by_convention(),
        }


@record
class Totals(_Counts):
    """A net's sums. A weight used in two places counts once; a sum with an unknown part is unknown."""

    neurons: int | None
    params: int | None
    trainable_params: int | None
    notes: NotesTotals
    exact: ExactTotals
    convention: Convention
    counters: Mapping[str, int | None] = field(default_factory=dict)
    memory: Memory | None = None

    def to_dict(self) -> Json:
        return {
            "neurons": self.neurons,
            "params": self.params,
            "trainable_params": self.trainable_params,
            "non_trainable_params": self.non_trainable_params,
            **self._by_convention(),
        }


def no_totals(convention: Convention) -> Totals:
    """The totals of a report that stops at a culprit: there are none to give."""
    return Totals(None, None, None, NotesTotals(None, None), ExactTotals(None, None, None), convention)


@record
class Report:
    """A net's figures. `error` and `culprit` (a layer's name and kind) are set where a shape did not work out."""

    name: str
    convention: Convention
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    layers: Sequence[Row]
    totals: Totals
    warnings: tuple[str, ...] = ()
    error: Diagnostic | None = None
    culprit: tuple[str, str] | None = None
    is_chain: bool = field(default=True)
    """Whether every layer reads the one before it."""

    def to_dict(self) -> Json:
        """The JSON report, of plain lists, dicts, strings, integers and booleans."""
        return {**self.entries(), "layers": [row.to_dict() for row in self.layers]}

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

    def _repr_html_(self) -> str:
        from cnncalc.render.html import render_html

        return render_html(self)


def _list(values: Sequence[int | None] | None) -> list[int | None] | None:
    return None if values is None else list(values)


def _ratio(value: Fraction | None) -> int | str | None:
    """A whole stride as an integer, a fraction as a string such as `1/2`."""
    if value is None:
        return None
    return value.numerator if value.denominator == 1 else f"{digits(value.numerator)}/{digits(value.denominator)}"
