"""Reports, and other plain data, as JSON: in ASCII, integers exact."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import Any, Final

from cnncalc.analysis.figures import FIGURES, Figure
from cnncalc.analysis.report import PLAIN, Report, Row
from cnncalc.render.formats import NamedReport, View

_encode = json.JSONEncoder().encode
_TOGETHER: Final = 1_000
"""So many rows make a piece of text."""
_FIGURE: Final = "%s"
_NESTED: Final = frozenset((dict, list))
"""An object or a list that holds none of these stays in one line."""


def write_reports(reports: Sequence[NamedReport], view: View) -> str:
    """Writes reports as JSON Lines, as an array if several were asked for, or else as the object of the only one."""
    plain = [report for _, report in reports]
    if view.format == "jsonl":
        return render_json_lines(plain)
    return render_json_array(plain) if view.several else render_json(plain[0])


def render_json(report: Report) -> str:
    """Returns a report as an indented object."""
    return "".join(report_pieces(report, "")) + "\n"


def render_json_array(reports: Sequence[Report]) -> str:
    """Reports as an indented array."""
    if not reports:
        return "[]\n"
    texts = ["  " + "".join(report_pieces(report, "  ")) for report in reports]
    return "[\n" + ",\n".join(texts) + "\n]\n"


def render_json_lines(reports: Iterable[Report]) -> str:
    """Returns one report per line."""
    return "".join("".join(report_pieces(report, None)) + "\n" for report in reports)


def compact(value: object) -> str:
    """Dicts, lists, strings, integers, booleans and None as JSON in one line."""
    return _without_delete(_encode(value))


def indented(value: object) -> str:
    """Returns the same with a line for each entry, but for lists and objects that hold none: a shape stays in one
    line.
    """
    return _without_delete(_indented(value, ""))


# Reports: row by row, as the rows of a long net come to hundreds of megabytes -----------------------------------------


def report_pieces(report: Report, margin: str | None) -> Iterator[str]:
    """Yields the object of a report, piece by piece: in one line without a margin, else indented, later lines behind
    it.
    """
    begin, between, end = _breaks(margin)
    separator = begin
    yield "{"
    for name, value in report.entries().items():
        yield f'{separator}"{name}": '
        if name == "layers":
            yield from _rows(report.layers, _deeper(margin))
        else:
            yield _without_delete(_value(value, _deeper(margin)))
        separator = between
    yield end + "}"


def _rows(rows: Sequence[Row], margin: str | None) -> Iterator[str]:
    begin, between, end = _breaks(margin) if rows else ("", "", "")
    text_of = _row_text(_deeper(margin))
    yield "[" + begin
    for at in range(0, len(rows), _TOGETHER):
        yield (between if at else "") + _without_delete(between.join(map(text_of, rows[at : at + _TOGETHER])))
    yield end + "]"


def _row_text(margin: str | None) -> Callable[[Row], str]:
    """Returns what writes rows: all have the same entries, so that the text around the figures is written once."""
    pattern = _value(_structure(), margin).replace(f'["{_FIGURE}"]', _FIGURE).replace(f'"{_FIGURE}"', _FIGURE)
    texts = list(map(_text_of, FIGURES.values()))
    _, between, end = _breaks(margin)

    def text(row: Row) -> str:
        written = pattern % tuple([text_of(row) for text_of in texts])
        more = row.asked_for()
        if not more:
            return written
        added = [f'{between}"{name}": {_value(value, _deeper(margin))}' for name, value in more.items()]
        return written.removesuffix(end + "}") + "".join(added) + end + "}"

    return text


def _structure() -> dict[str, Any]:
    """Returns the object of a row, a mark in place of each figure; in a list, if the figure is one."""
    structure: dict[str, Any] = {}
    for figure in FIGURES.values():
        *groups, name = figure.key.split(".")
        inner = structure
        for group in groups:
            inner = inner.setdefault(group, {})
        inner[name] = [_FIGURE] if figure.form in PLAIN else _FIGURE
    return structure


def _text_of(figure: Figure) -> Callable[[Row], str]:
    """Returns what writes a figure of a row. Lists come again and again in most nets, and are written once."""
    of, plain = figure.of, PLAIN.get(figure.form)
    if plain is None:
        return lambda row: _SCALARS[type(value := of(row))](value)
    text = lru_cache(_TOGETHER)(lambda value: _encode(None if value is None else plain(value)))
    return lambda row: text(of(row))


# Values ---------------------------------------------------------------------------------------------------------------


def _value(value: object, margin: str | None) -> str:
    return _encode(value) if margin is None else _indented(value, margin)


def _deeper(margin: str | None) -> str | None:
    return None if margin is None else margin + "  "


def _breaks(margin: str | None) -> tuple[str, str, str]:
    """Returns what stands before, between and behind the entries of an object or a list behind a margin."""
    return ("", ", ", "") if margin is None else (f"\n{margin}  ", f",\n{margin}  ", f"\n{margin}")


def _indented(value: object, margin: str) -> str:
    """Returns a value other than text, numbers and the like, which `_SCALARS` writes faster."""
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
    begin, between, end = _breaks(margin)
    return opening + begin + between.join(texts) + end + closing


_SCALARS: Final[dict[type, Callable[[Any], str]]] = {
    str: encode_basestring_ascii,
    int: int.__repr__,
    float: float.__repr__,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
}


def _without_delete(text: str) -> str:
    """Returns the one control character that JSON in ASCII leaves as it is, escaped."""
    return text.replace("\x7f", "\\u007f")
