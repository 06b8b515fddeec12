"""What stands around the rows in every format for people: title, cells with their footnotes, totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cnncalc.analysis.report import Report, Row
from cnncalc.conventions.convention import CONVENTIONS
from cnncalc.profile.profilers import COUNTERS
from cnncalc.render.columns import OUTPUT_SHAPE, Column, default_columns
from cnncalc.render.memory import memory_lines
from cnncalc.render.numbers import MISSING, extent, grouped, memory_size
from cnncalc.render.text import elide, safe


class Summary(NamedTuple):
    """A report as harmless text: its cells column by column, and the lines that stand under its rows."""

    title: str
    columns: tuple[Column, ...]
    headings: list[str]
    cells: list[list[str]]
    culprit: str | None
    footnotes: list[str]
    totals: list[str]
    warnings: list[str]

    @property
    def rows(self) -> Iterator[tuple[str, ...]]:
        return zip(*self.cells, strict=True)

    @property
    def below(self) -> list[str]:
        return [*self.footnotes, *self.totals, *self.warnings]


def summarize(report: Report, columns: Sequence[Column] | None = None) -> Summary:
    """Returns the texts of a report, in its convention; the default columns where none are given."""
    chosen = tuple(columns) if columns is not None else default_columns(report)
    notes: dict[str, str] = {}
    return Summary(
        title=f'Model: "{safe(report.name)}"',
        columns=chosen,
        headings=[column.title(report.convention) for column in chosen],
        cells=[_cells(column, report, notes) for column in chosen],
        culprit=_culprit(report),
        footnotes=[f"{mark} {safe(note)}" for note, mark in notes.items()] + _explanations(report, chosen),
        totals=_totals(report) if report.error is None else _no_totals(report),
        warnings=[f"Warning: {safe(warning)}" for warning in report.warnings],
    )


def _cells(column: Column, report: Report, notes: dict[str, str]) -> list[str]:
    """Returns a column's cells. A figure with a note has the note's mark, which `notes` gathers, before it."""
    cells = [column.shown(row) for row in report.layers]
    if column.note is not None:
        for index, row in enumerate(report.layers):
            note = column.note(row)
            if note is not None:
                mark = notes.setdefault(note, f"[{len(notes) + 1}]")
                cells[index] = f"{mark} {cells[index]}"
    return cells


def _culprit(report: Report) -> str | None:
    if report.culprit is None:
        return None
    name, kind = report.culprit
    return safe(f"{name} ({kind})  <-- error")


def _explanations(report: Report, columns: Sequence[Column]) -> list[str]:
    if OUTPUT_SHAPE not in columns or all(row.instances == 1 for row in report.layers):
        return []
    return ["N x (...): there are N of these per image; neurons and operations are those of all N together"]


def _totals(report: Report) -> list[str]:
    totals = report.totals
    operations = (
        grouped(totals.notes.ops)
        if CONVENTIONS[report.convention].side == "notes"
        else f"{grouped(totals.exact.macs)} MACs, {grouped(totals.exact.flops)} FLOPs"
    )
    return [
        f"Total params: {_sized(totals.params)}",
        f"Trainable params: {_sized(totals.trainable_params)}",
        f"Non-trainable params: {_sized(totals.non_trainable_params)}",
        f"Total neurons: {grouped(totals.neurons)}",
        f"Total operations: {operations}",
        *_counters(report),
        f"Receptive field: {extent(totals.receptive_field)}",
        *_memory(report),
        *_conventions(report),
    ]


def _counters(report: Report) -> list[str]:
    if not report.totals.counters:
        return []
    lines = []
    for name, total in report.totals.counters.items():
        counter = COUNTERS[name]
        lines.append(f"Counted by {name}: {grouped(total)} {counter.calls} ({counter.why})")
    return lines


def _memory(report: Report) -> list[str]:
    if report.totals.memory is None:
        return []
    return memory_lines(report.totals.memory)


def _no_totals(report: Report) -> list[str]:
    return ["No totals: the figures end at the error.", *_conventions(report)]


def _sized(params: int | None) -> str:
    return MISSING if params is None else f"{grouped(params)} ({memory_size(params)})"


def _conventions(report: Report) -> list[str]:
    lines = [f"Convention: {report.convention} ({CONVENTIONS[report.convention].title})"]
    differences = [*_receptive_field_difference(report), *_ops_difference(report)]
    if differences:
        lines.append(f"The two conventions differ in this report: {'; '.join(differences)}.")
    return lines


def _receptive_field_difference(report: Report) -> list[str]:
    notes, exact = report.totals.notes.receptive_field, report.totals.exact.receptive_field
    if notes is not None and notes != exact:
        return [f"receptive field {extent(notes)} in notes, {extent(exact)} in exact"]
    for row in report.layers:
        if row.notes.receptive_field is not None and row.notes.receptive_field != row.exact.receptive_field:
            return [f"receptive fields, first that of {_name(row)}"]
    return []


def _ops_difference(report: Report) -> list[str]:
    notes, macs = report.totals.notes.ops, report.totals.exact.macs
    if notes is not None and notes != macs:
        return [f"{grouped(notes)} operations in notes, {grouped(macs)} MACs in exact"]
    for row in report.layers:
        if row.notes.ops is not None and row.notes.ops != row.exact.macs:
            return [f"operations, first those of {_name(row)}"]
    return []


def _name(row: Row) -> str:
    """Returns a name that leaves a line of text readable."""
    return elide(safe(row.name), 40)
