"""Reports, and other plain data, as JSON: in ASCII, integers exact whatever their number of digits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from cnncalc.analysis.report import Report, Row
from cnncalc.digits import digits

_scalar = json.JSONEncoder().encode
_HOLDING = (dict, list, Row)
"""What takes a line for each entry."""


def render_json(report: Report) -> str:
    """A report as an indented object."""
    return indented(report.entries()) + "\n"


def render_json_array(reports: Sequence[Report]) -> str:
    """Reports as an indented array."""
    return indented([report.entries() for report in reports]) + "\n"


def render_json_lines(reports: Iterable[Report]) -> str:
    """One report per line."""
    return "".join(compact(report.entries()) + "\n" for report in reports)


def compact(value: object) -> str:
    """Dicts, lists, rows, strings, integers, booleans and None as JSON in one line."""
    try:
        text = json.dumps(value, default=Row.to_dict)
    except ValueError:  # Python's limit on the digits of an integer's text
        text = _compact(value)
    return _without_delete(text)


def indented(value: object) -> str:
    """The same with a line for each entry, but for lists and objects that hold none: a shape stays in one line."""
    return _without_delete(_indented(value, ""))


def _indented(value: object, margin: str) -> str:
    deeper = margin + "  "
    if isinstance(value, Row):
        value = value.to_dict()
    if isinstance(value, dict) and any(isinstance(entry, _HOLDING) for entry in value.values()):
        entries = [f"{_scalar(key)}: {_indented(entry, deeper)}" for key, entry in value.items()]
        return _block("{", entries, "}", margin)
    if isinstance(value, list) and any(isinstance(entry, _HOLDING) for entry in value):
        return _block("[", [_indented(entry, deeper) for entry in value], "]", margin)
    return _compact(value)


def _block(opening: str, entries: list[str], closing: str, margin: str) -> str:
    deeper = margin + "  "
    return f"{opening}\n{deeper}" + f",\n{deeper}".join(entries) + f"\n{margin}{closing}"


def _compact(value: object) -> str:
    if isinstance(value, Row):
        value = value.to_dict()
    if isinstance(value, str):
        return _scalar(value)
    if isinstance(value, dict):
        return "{" + ", ".join([f"{_scalar(key)}: {_compact(entry)}" for key, entry in value.items()]) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_compact, value)) + "]"
    if isinstance(value, int) and not isinstance(value, bool):
        return digits(value)
    return _scalar(value)


def _without_delete(text: str) -> str:
    """The one control character that JSON in ASCII leaves as it is, escaped."""
    return text.replace("\x7f", "\\u007f")
