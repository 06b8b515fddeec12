"""Reads answer sheets of every kind as a list of answers with their places.

YAML, JSON, CSV, Markdown, Excel workbooks, and summaries that Keras printed. A row that means nothing is set aside for
the marker, and the others are read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from cnncalc.errors import AnswersError, Collector, Diagnostic, Source, Span, SpecError, quote, shorten
from cnncalc.marking.layer_names import Layers
from cnncalc.marking.quantities import Quantity, all_quantities, find_quantity, misspelt_quantity, unknown_quantity
from cnncalc.marking.records import NOT_ASKED, TOTALS, Entry, Record, json_as_yaml, records_of_values
from cnncalc.marking.sheet_text import sheet_bytes, sheet_text
from cnncalc.marking.summary_tables import records_of_summary, shown_as_summary
from cnncalc.marking.tables import records_of_csv, records_of_lines, records_of_markdown, shown_as_table
from cnncalc.marking.workbook import workbook_lines
from cnncalc.numbers_as_written import Written
from cnncalc.spec.python_values import read_python
from cnncalc.spec.source_text import clean
from cnncalc.spec.yaml_text import read_yaml

SHOWN_ANSWER: Final = 100
"""How much of an answer is repeated, in characters."""
_MOST_MISSPELT: Final = 20
"""Names of one sheet that are compared with those of the layers: that takes time."""
_WORKBOOK: Final = ".xlsx"
_WORKSHEET: Final = re.compile(r'# Answers: |"?layer"?[,;\t]"?type"?[,;\t]', re.IGNORECASE)
"""How what `cnncalc worksheet` writes begins."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its question, what was written (`None`: left blank), and its place in the sheet.

    `index` is the layer's place in the report, inputs included; `None` for the totals. `problem` says why only the
    marker can tell what is meant.
    """

    index: int | None
    quantity: Quantity
    written: Written | None
    shown: str
    span: Span | None
    problem: Diagnostic | None = None

    @property
    def key(self) -> tuple[int | None, str]:
        """The question: layer and quantity."""
        return self.index, self.quantity.name


@dataclass(frozen=True, slots=True)
class Sheet:
    """The answers of one student. `name` is the student's name in the class table.

    `unread` are rows that mean nothing; `notes` say what was taken for what, such as a misspelt layer. `is_worksheet`:
    the sheet is one that `cnncalc worksheet` wrote, so that its cells are all the questions there are.
    """

    name: str
    answers: tuple[Answer, ...]
    unread: tuple[Diagnostic, ...] = ()
    notes: tuple[str, ...] = ()
    is_worksheet: bool = False


def read_sheet_file(path: str, layers: Layers, name: str | None = None) -> Sheet:
    """Reads the sheet in a file, or on standard input (`-`). Raises: AnswersError: if nothing in it can be read."""
    file, data = sheet_bytes(path)
    if Path(file).suffix.lower() == _WORKBOOK:
        problems = Collector()
        lines = workbook_lines(data, file)
        header = ",".join(cell.text for line in lines[:1] for cell in line)
        reading = _Reading(layers, problems, is_worksheet=_WORKSHEET.match(header) is not None)
        return reading.sheet(name or Path(file).stem, records_of_lines(lines, problems), Source(file))
    source, notes = sheet_text(data, file)
    sheet = read_sheet(source, layers, name)
    return replace(sheet, notes=(*notes, *sheet.notes))


def read_sheet(source: Source, layers: Layers, name: str | None = None) -> Sheet:
    """Reads the sheet of a text. Raises: AnswersError: if nothing in it can be read, with at most ten reasons."""
    problems = Collector()
    suffix = Path(source.file).suffix.lower()
    summary = False
    try:
        table = "csv" if suffix in (".csv", ".tsv") else shown_as_table(source)
        if table is None and (summary := suffix != ".json" and shown_as_summary(source)):
            records = records_of_summary(clean(source))
        elif table is None and suffix not in (".md", ".markdown"):
            source = Source(source.file, json_as_yaml(source.text)) if suffix == ".json" else source
            records = records_of_values(read_yaml(source), problems)
        else:
            source = clean(source)
            records = (records_of_csv if table == "csv" else records_of_markdown)(source, problems)
    except SpecError as error:
        raise AnswersError(error.diagnostics) from None
    reading = _Reading(layers, problems, summary, is_worksheet=_WORKSHEET.match(source.text) is not None)
    return reading.sheet(name or Path(source.file).stem, records, source)


def sheet_from_value(value: object, layers: Layers) -> Sheet:
    """Reads the sheet of plain Python data, layers by name or by number. Raises: AnswersError."""
    if isinstance(value, Mapping):
        value = {str(key) if isinstance(key, int) else key: answers for key, answers in value.items()}
    problems = Collector()
    try:
        records = records_of_values(read_python(value, "<answers>"), problems)
    except SpecError as error:
        raise AnswersError(error.diagnostics) from None
    return _Reading(layers, problems).sheet("<answers>", records, None)


@dataclass(slots=True)
class _Reading:
    """The reading of one sheet: from records, which are texts, to answers about the layers of a net."""

    layers: Layers
    problems: Collector
    is_summary: bool = False
    is_worksheet: bool = False
    notes: list[str] = field(default_factory=list)
    _quantities: dict[str, Quantity | None] = field(default_factory=dict)

    def sheet(self, name: str, records: Sequence[Record], source: Source | None) -> Sheet:
        """Makes the sheet. Raises: AnswersError: if it has no answer, and no cell for one."""
        known: dict[tuple[int | None, str], Answer] = {}
        for record, found in self._with_layers(records):
            for entry in record.entries:
                answer = self._answer(entry, found)
                if isinstance(answer, Diagnostic):
                    self.problems.note(answer)
                elif answer is not None:
                    known[answer.key] = self._only(answer, known.get(answer.key))
        unread = sorted(self.problems.diagnostics, key=lambda d: (d.span.line, d.span.column) if d.span else (0, 0))
        if not known and (unread or (source is not None and not records)):
            hint = "`cnncalc worksheet` writes a sheet to fill in"
            place = None if source is None else Span(source)
            nothing = Diagnostic("no-answers", "the sheet has no answers", place, suggestion=hint)
            raise AnswersError(unread or nothing)
        return Sheet(name, tuple(known.values()), tuple(unread), tuple(self.notes), self.is_worksheet)

    def _with_layers(self, records: Sequence[Record]) -> list[tuple[Record, int | None]]:
        """Finds the layer that each record is about (`None`: the totals); those without one are problems."""
        keys = [None if record.key is None else self._find(record.key) for record in records]
        rows = [record for record in records if record.key is not None and record.key.lower() not in TOTALS]
        if self.is_summary and len(rows) == self.layers.count and all(self._find(str(row.key)) is None for row in rows):
            self.notes.append("none of its layers has a name of this net: they were taken in the net's order")
            found = [(row, self.layers.numbered(position)) for position, row in enumerate(rows, 1)]
            return [*found, *((record, None) for record in records if record not in rows)]
        taken: set[int | None] = set(keys)
        tries = _MOST_MISSPELT
        pairs: list[tuple[Record, int | None]] = []
        for record, index in zip(records, keys, strict=True):
            if record.key is not None and record.key.lower() in TOTALS:
                pairs.append((record, None))
                continue
            if record.key is None:
                index = self.layers.numbered(record.position + 1)
            elif index is None and tries:
                tries -= 1
                index = self.layers.misspelt(record.key, taken)
                if index is not None:
                    taken.add(index)
                    self.notes.append(f"{quote(record.key)} was read as the layer {self.layers.names[index]}")
            if index is not None:
                pairs.append((record, index))
            elif not self.problems.full:
                self.problems.note(self.layers.unknown(record.key or str(record.position + 1), record.span))
        return pairs

    def _find(self, key: str) -> int | None:
        return None if key.lower() in TOTALS else self.layers.find(key)

    def _answer(self, entry: Entry, index: int | None) -> Answer | Diagnostic | None:
        """Makes the answer of an entry; `None` if its cell asks nothing."""
        quantity = self._quantity(entry.quantity)
        if quantity is None:
            return replace(unknown_quantity(entry.quantity, entry.key), found=quote(entry.quantity))
        if entry.shown.strip() == NOT_ASKED:
            return None
        if index is None and not quantity.has_total:
            if entry.written is None:
                return None  # a table has a cell there, too
            summed = ", ".join(q.name for q in all_quantities().values() if q.has_total and "." not in q.name)
            return Diagnostic(
                "unknown-quantity", f"{quantity.name} has no total", entry.key,
                expected=f"one of {summed}", found=quote(entry.quantity),
            )  # fmt: skip
        shown = shorten(entry.shown.strip(), SHOWN_ANSWER)
        return Answer(index, quantity, entry.written, shown, entry.span, entry.problem)

    def _quantity(self, name: str) -> Quantity | None:
        if name not in self._quantities:
            found = find_quantity(name)
            if found is None and (found := misspelt_quantity(name)) is not None:
                self.notes.append(f"{quote(name)} was read as {found.name}")
            self._quantities[name] = found
        return self._quantities[name]

    def _only(self, answer: Answer, earlier: Answer | None) -> Answer:
        """Returns the one answer of a question; two that differ are for the marker to look at."""
        if earlier is None or earlier.written is None:
            return answer
        if answer.written in (None, earlier.written):
            return earlier
        where = "the totals" if answer.index is None else quote(self.layers.names[answer.index])
        line = f", first in line {earlier.span.line}" if earlier.span and earlier.span.line else ""
        message = f"{answer.quantity.name} of {where} is answered twice{line}"
        problem = Diagnostic("answered-twice", message, answer.span, "one answer", suggestion="leave one of the two")
        shown = shorten(f"{earlier.shown} and {answer.shown}", SHOWN_ANSWER)
        return replace(answer, shown=shown, problem=problem)
