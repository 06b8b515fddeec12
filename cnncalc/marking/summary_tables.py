"""Sheets that are a pasted summary: the table that Keras prints, in its box lines or in plain text, or our own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from cnncalc.errors import Source, Span
from cnncalc.marking.quantities import find_quantity
from cnncalc.marking.records import TOTALS, Entry, Record

_HEADING: Final = "layer (type)"
_BARS: Final = re.compile("[│┃|]")
_GAP: Final = re.compile(r"\s{2,}")
_RULE: Final = re.compile(r"[\s_=━─┏┓┗┛┡┩┠┨├┤┼╇└┘┬┴┳┻╋+-]+")
_TOTAL: Final = re.compile(r"(total|trainable|non-trainable) params:\s*([\d,.]+)", re.IGNORECASE)
_TOTALS: Final = {"total": "params", "trainable": "trainable_params", "non-trainable": "non_trainable_params"}
_MOST_CELLS: Final = 20

_Line = tuple[int, list[str]]


def shown_as_summary(source: Source) -> bool:
    """Says whether a text holds the table of a summary; as Markdown it is read as such."""
    return any(_HEADING in line.lower() and not line.lstrip().startswith("|") for line in source.lines)


def records_of_summary(source: Source) -> list[Record]:
    """Reads the records of a pasted summary: a layer per row, inputs left out, and the sums below the table."""
    headings: list[str] = []
    records: list[Record] = []
    for number, cells in _rows(source):
        if cells[0].lower() == _HEADING:
            headings = cells
        elif headings and "(InputLayer)" not in cells[0]:
            span = Span(source, number, 1, number, 2)
            entries = tuple(
                Entry(heading, cell or None, cell, span, span)
                for heading, cell in zip(headings[1:], cells[1:], strict=False)
                if find_quantity(heading)
            )
            records.append(Record(cells[0], len(records), span, entries))
    return [*records, *_totals(source, len(records))]


def _totals(source: Source, position: int) -> Iterator[Record]:
    entries: dict[str, Entry] = {}
    for number, line in enumerate(source.lines, 1):
        if match := _TOTAL.search(line):
            span = Span(source, number, match.start(2) + 1, number, match.end(2) + 1)
            name = _TOTALS[match[1].lower()]
            entries.setdefault(name, Entry(name, match[2], match[2], span, span))
    if entries:
        yield Record(TOTALS[0], position, None, tuple(entries.values()))


def _rows(source: Source) -> Iterator[_Line]:
    """Finds the rows of the table, each with its heading's cells; a cell on several lines is joined."""
    width = 0
    row: _Line | None = None
    for number, line in enumerate(source.lines, 1):
        if not line.strip() or _RULE.fullmatch(line):
            if row is not None:
                yield row
            row = None
            continue
        cells = _cells(line)
        if cells[0].lower().startswith(_HEADING):
            width = len(cells)
        if not width or len(cells) > _MOST_CELLS:
            continue
        if _TOTAL.search(line) or (row is None and len(cells) < width):
            if row is not None:
                yield row
            row = None
        elif row is not None and (len(cells) < width or not any(cells[1:])):
            # A name that was broken, or the rest of a shape: only the name is of interest.
            row[1][0] = _joined(row[1][0], cells[0])
        else:
            if row is not None:
                yield row
            row = number, cells
    if row is not None:
        yield row


def _cells(line: str) -> list[str]:
    if _BARS.search(line):
        return [cell.strip() for cell in _BARS.split(line.strip().strip("│┃|"))]
    return [cell.strip() for cell in _GAP.split(line.strip())]


def _joined(name: str, rest: str) -> str:
    """Joins a name that a narrow table broke: before its kind there is a space, inside a word there is none."""
    return f"{name} {rest}" if rest.startswith("(") else name + rest
