"""Worksheets as YAML, CSV or Markdown; `cnncalc check` reads all three."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final, Literal

from cnncalc.marking.quantities import Quantity, Value
from cnncalc.marking.records import NOT_ASKED
from cnncalc.marking.worksheet import Blank, Line, Worksheet
from cnncalc.render.answer_values import written
from cnncalc.render.delimited import csv_text
from cnncalc.render.markdown import escaped, table_line
from cnncalc.render.numbers import extent
from cnncalc.render.text import safe
from cnncalc.spec.yaml_scalars import MAX_INTEGER_DIGITS

WorksheetFormat = Literal["yaml", "csv", "markdown"]

_PADDED: Final = 40
_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][\w./-]*")
_HOW: Final = (
    "Shapes: 14x14x64. Numbers: 12345, 12,345 or 3*3*64. Receptive fields: 9x9, or 9. "
    'Where there is nothing to count: "-".'
)


def render_worksheet(sheet: Worksheet, format: WorksheetFormat) -> str:
    """Returns a worksheet in one of the formats."""
    writers: dict[WorksheetFormat, Callable[[Worksheet], str]] = {
        "yaml": _yaml, "csv": _csv, "markdown": _markdown,
    }  # fmt: skip
    return writers[format](sheet)


def _title(sheet: Worksheet) -> str:
    inputs = ", ".join(f"{safe(name)} {extent(shape)}" for name, shape in sheet.inputs)
    return f"{safe(sheet.model)}, {inputs}"


def _yaml(sheet: Worksheet) -> str:
    """Writes block style throughout: in flow style YAML would tear `61,706` apart."""
    lines = [f"# Answers: {_title(sheet)}", f"# {_HOW}"]
    for line in sheet.lines:
        comment = "" if line.type is None else f"  # {line.type}"
        lines.append(f"{_yaml_key(line.key)}:{comment}")
        for quantity, value in line.cells:
            lines.append(f"  {quantity.name}: {_yaml_value(value)}".rstrip())
    return "\n".join(lines) + "\n"


def _yaml_key(key: str) -> str:
    return key if _PLAIN_KEY.fullmatch(key) or key.isdecimal() else json.dumps(key, ensure_ascii=False)


def _yaml_value(value: Value | Blank) -> str:
    if isinstance(value, Blank):
        return ""
    text = written(value)
    plain = re.fullmatch(r"[\dx]+", text) and (not text.isdecimal() or len(text) <= MAX_INTEGER_DIGITS)
    return text if plain else f'"{text}"'


def _table(sheet: Worksheet) -> tuple[list[str], list[list[str]]]:
    header = ["layer", "type", *(quantity.name for quantity in sheet.quantities)]
    return header, [[line.key, line.type or "", *_cells(line, sheet.quantities)] for line in sheet.lines]


def _cells(line: Line, quantities: tuple[Quantity, ...]) -> list[str]:
    cells = {quantity.name: "" if isinstance(value, Blank) else written(value) for quantity, value in line.cells}
    # A quantity without a total has an empty cell below its column, as nobody would ask for it there.
    return [
        cells.get(quantity.name, NOT_ASKED if line.type is not None or quantity.has_total else "")
        for quantity in quantities
    ]


def _csv(sheet: Worksheet) -> str:
    return csv_text(*_table(sheet))


def _markdown(sheet: Worksheet) -> str:
    """Pads columns to at most `_PADDED` characters: one long name must not make every line as long."""
    header, lines = _table(sheet)
    rows = [[escaped(cell) for cell in line] for line in (header, *lines)]
    widths = [min(max(map(len, column)), _PADDED) for column in zip(*rows, strict=True)]
    rows.insert(1, ["-" * width for width in widths])
    table = (table_line(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return f"# Answers: {escaped(_title(sheet))}\n\n{_HOW}\n\n" + "\n".join(table) + "\n"
