"""Reads answer sheets, in YAML, JSON, CSV or Markdown, as a list of answers with their places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final

from cnncalc.errors import AnswersError, Collector, Diagnostic, Source, Span, SpecError, nearest, quote, shorten
from cnncalc.marking.quantities import Quantity, all_quantities, find_quantity, unknown_quantity
from cnncalc.marking.records import TOTALS, Entry, Record, json_as_yaml, records_of_values
from cnncalc.marking.tables import records_of_csv, records_of_markdown, shown_as_table
from cnncalc.numbers_as_written import Written
from cnncalc.spec.python_values import read_python
from cnncalc.spec.source_text import clean, read_source, read_standard_input
from cnncalc.spec.yaml_text import read_yaml

STANDARD_INPUT: Final = "-"
SHOWN_ANSWER: Final = 100
"""How much of an answer is repeated, in characters."""
_COMPARED: Final = 2000
"""Names that a wrong one is compared with: a net may have a million."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its question, what was written (`None`: left blank), and its place in the sheet.

    `index` is the layer's place in the report, inputs included; `None` for the totals.
    """

    index: int | None
    quantity: Quantity
    written: Written | None
    shown: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The answers of one student. `name` is the student's name in the class table."""

    name: str
    answers: tuple[Answer, ...]


class Layers:
    """The layers of a net, found by name or by number: 1 is the first one after the inputs."""

    def __init__(self, names: Sequence[str], inputs: int) -> None:
        self.names = names
        self.inputs = inputs
        self._index = {name: index for index, name in enumerate(names)}

    @property
    def count(self) -> int:
        return len(self.names) - self.inputs

    def find(self, key: str) -> int | None:
        """Finds a layer's index by its name, its number, or both name and kind as a table shows them."""
        if key in self._index:
            return self._index[key]
        if key.isdecimal() and len(key) <= 18:
            return self.numbered(int(key))
        name, opening, _ = key.partition(" (")
        return self._index.get(name.strip()) if opening and key.endswith(")") else None

    def numbered(self, number: int) -> int | None:
        return self.inputs + number - 1 if 1 <= number <= self.count else None

    def unknown(self, key: str, span: Span | None) -> Diagnostic:
        """Makes the diagnostic for a key that is no layer."""
        hint = nearest(key, islice(self.names, _COMPARED))
        return Diagnostic(
            "unknown-layer",
            f"the net has no layer {quote(key)}",
            span,
            expected=f"a layer's name, or a number from 1 to {self.count}, or totals",
            found=quote(key),
            suggestion=hint or "`cnncalc worksheet` writes a sheet with all names",
        )


def read_sheet_file(path: str, layers: Layers, name: str | None = None) -> Sheet:
    """Reads the sheet in a file, or on standard input (`-`). Raises: AnswersError."""
    try:
        if path == STANDARD_INPUT:
            source = read_standard_input()
        else:
            source = read_source(Path(path))
    except SpecError as error:
        raise AnswersError(error.diagnostics) from None
    return read_sheet(source, layers, name)


def read_sheet(source: Source, layers: Layers, name: str | None = None) -> Sheet:
    """Reads the sheet of a text. Raises: AnswersError: with every independent mistake, at most ten."""
    problems = Collector()
    try:
        suffix = Path(source.file).suffix.lower()
        table = "csv" if suffix in (".csv", ".tsv") else shown_as_table(source)
        if table is None and suffix in (".md", ".markdown"):
            table = "markdown"
        if table is None:
            if suffix == ".json":
                source = Source(source.file, json_as_yaml(source.text))
            records = records_of_values(read_yaml(source), problems)
        else:
            source = clean(source)
            records = (records_of_csv if table == "csv" else records_of_markdown)(source, problems)
            if not records and not problems.diagnostics:
                hint = "`cnncalc worksheet` writes a sheet to fill in"
                problems.note(Diagnostic("no-answers", "the sheet has no answers", Span(source), suggestion=hint))
    except SpecError as error:
        raise AnswersError(error.diagnostics) from None
    return _sheet(name or Path(source.file).stem, records, layers, problems)


def sheet_from_value(value: object, layers: Layers) -> Sheet:
    """Reads the sheet of plain Python data, layers by name or by number. Raises: AnswersError."""
    if isinstance(value, Mapping):
        value = {str(key) if isinstance(key, int) else key: answers for key, answers in value.items()}
    problems = Collector()
    try:
        records = records_of_values(read_python(value, "<answers>"), problems)
    except SpecError as error:
        raise AnswersError(error.diagnostics) from None
    return _sheet("<answers>", records, layers, problems)


def _sheet(name: str, records: Sequence[Record], layers: Layers, problems: Collector) -> Sheet:
    known: dict[tuple[int | None, str], Answer] = {}
    for record in records:
        if problems.full:
            break
        found = _layer(record, layers)
        if isinstance(found, Diagnostic):
            problems.note(found)
            continue
        for entry in record.entries:
            answer = _answer(entry, found)
            if isinstance(answer, Diagnostic):
                problems.note(answer)
                continue
            if found is None and not answer.quantity.has_total:
                continue  # a table has a cell there, too
            earlier = known.setdefault((found, answer.quantity.name), answer)
            if earlier is not answer:
                problems.note(_twice(answer, earlier, layers))
    if problems.diagnostics:
        in_order = sorted(problems.diagnostics, key=lambda d: (d.span.line, d.span.column) if d.span else (0, 0))
        raise AnswersError(in_order)
    return Sheet(name, tuple(known.values()))


def _layer(record: Record, layers: Layers) -> int | Diagnostic | None:
    """Finds the index of the layer that a record is about; `None` for the totals."""
    key = str(record.position + 1) if record.key is None else record.key
    if key.lower() in TOTALS:
        return None
    index = layers.numbered(record.position + 1) if record.key is None else layers.find(key)
    return layers.unknown(key, record.span) if index is None else index


def _answer(entry: Entry, index: int | None) -> Answer | Diagnostic:
    quantity = find_quantity(entry.quantity)
    if quantity is None:
        return replace(unknown_quantity(entry.quantity, entry.key), found=quote(entry.quantity))
    if index is None and not quantity.has_total and entry.written is not None:
        summed = ", ".join(q.name for q in all_quantities().values() if q.has_total and "." not in q.name)
        return Diagnostic(
            "unknown-quantity", f"{quantity.name} has no total", entry.key,
            expected=f"one of {summed}", found=quote(entry.quantity),
        )  # fmt: skip
    return Answer(index, quantity, entry.written, shorten(entry.shown.strip(), SHOWN_ANSWER), entry.span)


def _twice(answer: Answer, earlier: Answer, layers: Layers) -> Diagnostic:
    where = "the totals" if answer.index is None else quote(layers.names[answer.index])
    line = f", first in line {earlier.span.line}" if earlier.span and earlier.span.line else ""
    return Diagnostic(
        "answered-twice",
        f"{answer.quantity.name} of {where} is answered twice{line}",
        answer.span,
        suggestion="leave one of the two",
    )
