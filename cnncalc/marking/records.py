"""The records of a sheet, each about one layer, as they are written and with their places; read from YAML and JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from cnncalc.errors import Collector, Diagnostic, Span, quote
from cnncalc.numbers_as_written import Written
from cnncalc.spec.placed import Placed

KEYS = ("layer", "name", "number", "#")
"""What the column or key is called that says which layer is meant."""
GIVEN = ("type", "kind", "connected to", "comment", "comments", "remark", "remarks")
"""What a sheet may say about a layer besides answers; it is not marked."""
TOTALS = ("totals", "total")
NOT_ASKED = "(not asked)"
"""What stands in a cell of a worksheet's table for which nothing is asked."""
_CONVENTIONS = ("notes", "exact")
# A string of JSON, and the space between it and a colon; one that is never closed ends with the text.
_JSON_STRING: Final = re.compile(r'"((?:[^"\\]|\\.?)*+)(?:"(?:(\s+):)?|\Z)', re.DOTALL)
_SURROGATES: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer. `written` is `None` if it was left blank; `shown` is what to show of it.

    `problem` says why the marker has to look at it.
    """

    quantity: str
    written: Written | None
    shown: str
    key: Span | None
    span: Span | None
    problem: Diagnostic | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """The answers for one layer: of the name or number `key`, or of the place in the list."""

    key: str | None
    position: int
    span: Span | None
    entries: tuple[Entry, ...]


def json_as_yaml(text: str) -> str:
    """Rewrites what JSON allows and YAML does not: a line break before a colon, and a character as two escapes.

    Values keep their lines and columns but behind such a character, which gets shorter.
    """
    return _JSON_STRING.sub(_yaml_string, text)


def _yaml_string(match: re.Match[str]) -> str:
    if "\n" in (match[2] or ""):
        return f'"{_joined(match[1])}":{match[2]}'
    return match[0].replace(match[1], _joined(match[1])) if "\\u" in match[1] else match[0]


def _joined(text: str) -> str:
    """Joins each surrogate pair to the one escape that YAML has for it."""

    def joined(pair: re.Match[str]) -> str:
        high, low = int(pair[2], 16), int(pair[3], 16)
        return f"{pair[1]}\\U{0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF):08x}"

    return _SURROGATES.sub(joined, text)


def records_of_values(placed: Placed, problems: Collector) -> list[Record]:
    """Reads the records of `layer: {quantity: answer}`, or of a list with an entry per layer, in order.

    What is wrong goes to `problems`.
    """
    if isinstance(placed.value, list):
        return [_listed(item, position, problems) for position, item in enumerate(placed.value)]
    if not isinstance(placed.value, dict):
        problems.note(_no_mapping(placed, "a sheet of answers has a key for each layer", _SHEET))
        return []
    records: list[Record] = []
    for key, value in placed.value.items():
        if key == "layers" and isinstance(value.value, list):
            records += records_of_values(value, problems)
        else:
            records.append(Record(key, len(records), value.key, tuple(_entries(value, key, "", problems))))
    return records


_SHEET = "conv2d: and below it, indented, params: 1234"


def _listed(item: Placed, position: int, problems: Collector) -> Record:
    key, span = None, item.span
    for name, value in item.value.items() if isinstance(item.value, dict) else ():
        if name in KEYS and value.is_scalar:
            key, span = value.text, value.span
    entries = _entries(item, f"entry {position + 1}", "", problems)
    return Record(key, position, span, tuple(entry for entry in entries if entry.quantity not in KEYS))


def _entries(placed: Placed, layer: str, prefix: str, problems: Collector) -> list[Entry]:
    if placed.value is None:
        return []
    if not isinstance(placed.value, dict):
        message = f"the answers for {quote(layer)} are a key and a value each"
        problems.note(_no_mapping(placed, message, "params: 1234"))
        return []
    entries: list[Entry] = []
    for key, value in placed.value.items():
        if not prefix and isinstance(value.value, dict) and key in _CONVENTIONS:
            entries += _entries(value, layer, f"{key}.", problems)
        elif prefix or key not in GIVEN:
            entries.append(entry_of(prefix + key, value))
    return entries


def entry_of(quantity: str, placed: Placed) -> Entry:
    """Reads one answer; what is no value has a problem."""
    if placed.is_scalar:
        text = placed.text
        return Entry(quantity, text if text.strip() else None, text, placed.key, placed.span)
    if isinstance(placed.value, list) and all(entry.is_scalar for entry in placed.value):
        parts = tuple(entry.text for entry in placed.value)
        return Entry(quantity, parts or None, f"[{', '.join(parts)}]", placed.key, placed.span)
    found = "a mapping" if isinstance(placed.value, dict) else "a list of lists"
    problem = Diagnostic(
        "bad-answer",
        f"the answer for {quote(quantity)} is one value or one list of numbers",
        placed.span,
        expected="a number such as 12,345, or a shape such as 14x14x64",
        found=found,
    )
    return Entry(quantity, found, found, placed.key, placed.span, problem)


def _no_mapping(placed: Placed, message: str, example: str) -> Diagnostic:
    found = quote(placed.text) if placed.is_scalar else "a list"
    return Diagnostic("answers-not-mapping", message, placed.span, expected=example, found=found)
