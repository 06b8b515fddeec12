"""Sheets that are tables: CSV with any usual delimiter, the tables of a Markdown text, and the sheet of a workbook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cnncalc.errors import Collector, Diagnostic, Source, Span, SpecError
from cnncalc.formula import MAX_LENGTH
from cnncalc.marking.quantities import find_quantity
from cnncalc.marking.records import GIVEN, KEYS, Entry, Record
from cnncalc.spec.placed import MAX_VALUES
from cnncalc.spec.yaml_refusals import too_many_values

_DELIMITERS: Final = (",", ";", "\t")
_MARKDOWN_RULE: Final = frozenset("|-: \t")
_MARKDOWN_CELL: Final = re.compile(r"(?:\\.|[^|\\])*")
# Not __: in a name such as __init__ it is no emphasis.
_EMPHASIS: Final = re.compile(r"(`+|\*\*)(.*)\1")
_APOSTROPHE: Final = re.compile(r"^'(?=[=+\-@])")
"""What a CSV file has in front of a text that a spreadsheet would take for a formula."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's text with its place."""

    text: str
    span: Span


Line = list[Cell]


def records_of_csv(source: Source, problems: Collector) -> list[Record]:
    """Reads the records of a CSV text below its header. What is wrong goes to `problems`."""
    return records_of_lines(list(_csv_lines(source, problems)), problems)


def records_of_lines(lines: list[Line], problems: Collector) -> list[Record]:
    """Reads the records of a table below its header. What is wrong goes to `problems`."""
    if not lines:
        return []
    header = [_heading(cell) for cell in lines[0]]
    if not any(name in KEYS or find_quantity(name) for name in header):
        problems.note(Diagnostic(
            "no-header", "the table has no header: its first line names no quantity", lines[0][0].span,
            expected="a first line such as layer,output_shape,params", suggestion="write that line above the others",
        ))  # fmt: skip
        return []
    return _records(lines[0], lines[1:], problems)


def records_of_markdown(source: Source, problems: Collector) -> list[Record]:
    """Reads the records of every table with a column `layer` (or `number`). What is wrong goes to `problems`."""
    records: list[Record] = []
    found = False
    for header, *lines in _markdown_tables(source):
        if any(_heading(cell) in KEYS for cell in header):
            found = True
            records += _records(header, lines, problems)
    if not found:
        message = "there is no table of answers: none has a column called layer"
        example = "| layer | output_shape | params |"
        problems.note(Diagnostic("no-answers-table", message, Span(source), expected=example))
    return records


def _count(cell: Cell, room: Iterator[int]) -> Cell:
    """Takes a place for a cell. Raises: SpecError: if there are more than a sheet may have values."""
    if next(room, None) is None:
        raise SpecError(too_many_values(cell.span))
    return cell


def _heading(cell: Cell) -> str:
    return cell.text.strip().lower().removesuffix(" (type)")


def _records(header: Line, lines: list[Line], problems: Collector) -> list[Record]:
    """Makes a record of each line; without a column that names the layer they come in the net's order."""
    names = [_heading(cell) for cell in header]
    keys = [column for column, name in enumerate(names) if name in KEYS]
    records: list[Record] = []
    for position, line in enumerate(lines):
        if not any(cell.text.strip() for cell in line):
            continue
        if len(line) > len(header):
            hint = 'a comma inside a number or a shape cuts it in two: write it in quotes, "12,345"'
            problems.note(Diagnostic(
                "too-many-cells", f"this line has {len(line)} cells, the header has {len(header)}",
                line[len(header)].span, f"{len(header)} cells", f"{len(line)} cells", suggestion=hint,
            ))  # fmt: skip
            continue
        key = next((line[column] for column in keys if column < len(line) and line[column].text.strip()), None)
        if keys and key is None:
            message = "this line does not say which layer it is about"
            place = next(cell.span for cell in line if cell.text.strip())
            expected = "a layer's name or number in the first column"
            problems.note(Diagnostic("unknown-layer", message, place, expected))
            continue
        entries = tuple(
            Entry(head.text.strip(), cell.text if cell.text.strip() else None, cell.text, head.span, cell.span)
            for head, name, cell in zip(header, names, line, strict=False)
            if name not in (*KEYS, *GIVEN, "")
        )
        place = key.span if key else line[0].span
        records.append(Record(key.text.strip() if key else None, position, place, entries))
    return records


def _csv_lines(source: Source, problems: Collector) -> Iterator[Line]:
    """Splits a text into lines of cells as RFC 4180 says; the delimiter is the one that the header has most of."""
    text = source.text
    delimiter = max(_DELIMITERS, key=text.split("\n", 1)[0].count)
    cell = re.compile(rf'(?:"((?:[^"]|"")*+)")?([^{delimiter}\n]*)({delimiter}|\n|\Z)')
    room = iter(range(MAX_VALUES))
    at, number, start_of_line = 0, 1, 0
    line: Line = []
    while at < len(text) or line:
        match = cell.match(text, at)
        assert match is not None, "a cell may be empty"
        quoted, rest, end = match.groups()
        begin, column = number, at - start_of_line + 1
        if quoted is None and rest.startswith('"'):
            place, hint = Span(source, number, column, number, column + 1), 'close it with another "'
            problems.note(Diagnostic("unclosed-quote", "this quote is never closed", place, suggestion=hint))
            return
        if quoted and "\n" in quoted:
            number += quoted.count("\n")
            start_of_line = text.rindex("\n", at, match.end(1)) + 1
        end_column = match.start(3) - start_of_line + 1
        span = Span(source, begin, column, number, end_column if number > begin else max(end_column, column + 1))
        value = (quoted or "").replace('""', '"') + rest
        line.append(_count(Cell(_APOSTROPHE.sub("", value) if value[:1] == "'" else value, span), room))
        at = match.end()
        if end != delimiter:
            if len(line) > 1 or line[0].text.strip():
                yield line
            line = []
            number += 1
            start_of_line = at


def _markdown_tables(source: Source) -> Iterator[list[Line]]:
    """Finds each table's header and lines: neighbouring lines that start with `|`, the second of them the rule."""
    room = iter(range(MAX_VALUES))
    table: list[Line] = []
    lines = source.lines
    for number, text in enumerate([*lines, ""], 1):
        if not text.lstrip().startswith("|"):
            if table:
                yield table
            table = []
        elif len(table) == 1 and _MARKDOWN_RULE.issuperset(text):
            continue
        else:
            table.append([_count(cell, room) for cell in _markdown_cells(source, text, number)])


def _markdown_cells(source: Source, text: str, number: int) -> Iterator[Cell]:
    at = text.index("|") + 1
    end = len(text.rstrip())
    while at < end:
        match = _MARKDOWN_CELL.match(text, at)
        written = match[0] if match else ""
        inner = written.strip()
        if len(inner) <= MAX_LENGTH and (emphasis := _EMPHASIS.fullmatch(inner)):
            inner = emphasis[2].strip()
        inner = inner.replace("\\", "")
        column = at + len(written) - len(written.lstrip()) + 1
        yield Cell(inner, Span(source, number, column, number, column + max(len(written.strip()), 1)))
        at += len(written) + 1


def shown_as_table(source: Source) -> str | None:
    """Returns `csv` or `markdown` if the first line that is not empty looks like it, else `None`."""
    first = next((line.strip() for line in source.lines if line.strip()), "")
    if first.startswith("|"):
        return "markdown"
    for delimiter in _DELIMITERS:
        head, found, _ = first.partition(delimiter)
        if found and head.strip().strip('"').lower() in KEYS:
            return "csv"
    return None
