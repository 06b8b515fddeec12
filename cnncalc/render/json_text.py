"""Reports, and other plain data, as JSON: in ASCII, integers exact."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from json.encoder import encode_basestring_ascii
from typing import Any, Final

from cnncalc.analysis.report import Report, row_writer
from cnncalc.render.formats import NamedReport, View

_encode = json.JSONEncoder().encode
_TOGETHER: Final = 1_000
"""So many rows are encoded at once: to encode each by itself takes longer, all together more memory."""
_NESTED: Final = frozenset((dict, list))
"""An object or a list that holds none of these stays in one line."""


def write_reports(reports: Sequence[NamedReport], view: View) -> str:
    """Writes reports as JSON Lines, as an array if several were asked for, or else as the object of the only one."""
    plain = [report for _, report in reports]
    if view.format == "jsonl":
        return render_json_lines(plain)
    return render_json_array(plain) if view.several else render_json(plain[0])


def render_json(report: Report) -> str:
    """A report as an indented object."""
    return "".join(_report(report, "")) + "\n"


def render_json_array(reports: Sequence[Report]) -> str:
    """Reports as an indented array."""
    if not reports:
        return "[]\n"
    texts = ["  " + "".join(_report(report, "  ")) for report in reports]
    return "[\n" + ",\n".join(texts) + "\n]\n"


def render_json_lines(reports: Iterable[Report]) -> str:
    """One report per line."""
    return "".join(_line(report) for report in reports)


def compact(value: object) -> str:
    """Dicts, lists, strings, integers, booleans and None as JSON in one line."""
    return _without_delete(_encode(value))


def indented(value: object) -> str:
    """The same with a line for each entry, but for lists and objects that hold none: a shape stays in one line."""
    return _without_delete(_indented(value, ""))


# Reports: row by row, as the dicts of all rows of a long net would take gigabytes -------------------------------------


def _report(report: Report, margin: str) -> Iterator[str]:
    row_margin = margin + "    "
    rows = (row_margin + _indented(row, row_margin) for row in map(row_writer(), report.layers))
    before, after = _around_rows(report)
    yield "{\n"
    for name, value in before.items():
        yield _without_delete(f'{margin}  "{name}": {_indented(value, margin + "  ")},\n')
    yield f'{margin}  "layers": ' + ("[\n" if report.layers else "[]")
    yield _without_delete(",\n".join(rows))
    yield f"\n{margin}  ]" if report.layers else ""
    for name, value in after.items():
        yield _without_delete(f',\n{margin}  "{name}": {_indented(value, margin + "  ")}')
    yield f"\n{margin}}}"


def _line(report: Report) -> str:
    before, after = _around_rows(report)
    record, rows = row_writer(), report.layers
    pieces = [_encode(list(map(record, rows[at : at + _TOGETHER])))[1:-1] for at in range(0, len(rows), _TOGETHER)]
    return _without_delete(f'{_encode(before)[:-1]}, "layers": [{", ".join(pieces)}], {_encode(after)[1:]}\n')


def _around_rows(report: Report) -> tuple[dict[str, object], dict[str, object]]:
    """What stands before and after the rows in the JSON of a report."""
    entries = list(report.entries().items())
    place = [name for name, _ in entries].index("layers")
    return dict(entries[:place]), dict(entries[place + 1 :])


# Values ---------------------------------------------------------------------------------------------------------------


def _indented(value: object, margin: str) -> str:
    """A value other than text, numbers and the like, which `_SCALARS` writes faster."""
    if not isinstance(value, (dict, list)):
        return _SCALARS[type(value)](value)
    entries = list(value.values()) if isinstance(value, dict) else value
    if _NESTED.isdisjoint(map(type, entries)):
        return _encode(value)
    deeper = margin + "  "
    texts = [scalar(entry) if (scalar := _SCALARS.get(type(entry))) else _indented(entry, deeper) for entry in entries]
    opening, closing = "[]"
    if isinstance(value, dict):
        opening, closing = "{}"
        texts = [f"{encode_basestring_ascii(name)}: {text}" for name, text in zip(value, texts, strict=True)]
    return f"{opening}\n{deeper}" + f",\n{deeper}".join(texts) + f"\n{margin}{closing}"


_SCALARS: Final[dict[type, Callable[[Any], str]]] = {
    str: encode_basestring_ascii,
    int: int.__repr__,
    float: float.__repr__,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
}


def _without_delete(text: str) -> str:
    """The one control character that JSON in ASCII leaves as it is, escaped."""
    return text.replace("\x7f", "\\u007f")
