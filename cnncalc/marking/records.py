"""The records of a sheet, each about one layer, as they are written and with their places; read from YAML and JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from cnncalc.errors import AnswersError, Collector, Diagnostic, Span, quote
from cnncalc.numbers_as_written import Written
from cnncalc.spec.yaml_nodes import Mapping, Scalar, Sequence, Tree

KEYS = ("layer", "name", "number", "#")
"""What the column or key is called that says which layer is meant."""
GIVEN = ("type", "kind")
"""What a sheet may say about a layer besides answers; it is not marked."""
TOTALS = ("totals", "total")
_CONVENTIONS = ("notes", "exact")
# A string of JSON, and the space between it and a colon; one that is never closed ends with the text.
_JSON_STRING: Final = re.compile(r'"((?:[^"\\]|\\.?)*+)(?:"(?:(\s+):)?|\Z)', re.DOTALL)
_SURROGATES: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer. `written` is `None` if it was left blank; `shown` is what to show of it."""

    quantity: str
    written: Written | None
    shown: str
    key: Span | None
    span: Span | None


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


def records_of_tree(tree: Tree, problems: Collector) -> list[Record]:
    """Reads the records of `layer: {quantity: answer}`, or of a list with an entry per layer, in order.

    What is wrong goes to `problems`.
    """
    if isinstance(tree, Sequence):
        return [_listed(item, position, problems) for position, item in enumerate(tree.items)]
    if isinstance(tree, Scalar):
        problems.add(AnswersError(_no_mapping(tree, "a sheet of answers has a key for each layer", _SHEET)))
        return []
    records: list[Record] = []
    for key, value in tree.entries:
        if key.text == "layers" and isinstance(value, Sequence):
            records += records_of_tree(value, problems)
        else:
            records.append(Record(key.text, len(records), key.span, tuple(_entries(value, key.text, "", problems))))
    return records


_SHEET = "conv2d: and below it, indented, params: 1234"


def _listed(item: Tree, position: int, problems: Collector) -> Record:
    key, span = None, item.span
    if isinstance(item, Mapping):
        for name, value in item.entries:
            if name.text in KEYS and isinstance(value, Scalar):
                key, span = value.text, value.span
    entries = _entries(item, f"entry {position + 1}", "", problems)
    return Record(key, position, span, tuple(entry for entry in entries if entry.quantity not in KEYS))


def _entries(tree: Tree, layer: str, prefix: str, problems: Collector) -> list[Entry]:
    if isinstance(tree, Scalar) and tree.value is None:
        return []
    if not isinstance(tree, Mapping):
        message = f"the answers for {quote(layer)} are a key and a value each"
        problems.add(AnswersError(_no_mapping(tree, message, "params: 1234")))
        return []
    entries: list[Entry] = []
    for key, value in tree.entries:
        if not prefix and isinstance(value, Mapping) and key.text in _CONVENTIONS:
            entries += _entries(value, layer, f"{key.text}.", problems)
        elif prefix or key.text not in GIVEN:
            entry = _entry(prefix + key.text, key.span, value)
            if isinstance(entry, Diagnostic):
                problems.add(AnswersError(entry))
            else:
                entries.append(entry)
    return entries


def _entry(quantity: str, key: Span | None, value: Tree) -> Entry | Diagnostic:
    if isinstance(value, Scalar):
        return Entry(quantity, value.text if value.text.strip() else None, value.text, key, value.span or key)
    if isinstance(value, Sequence) and all(isinstance(item, Scalar) for item in value.items):
        parts = tuple(item.text for item in value.items if isinstance(item, Scalar))
        return Entry(quantity, parts or None, f"[{', '.join(parts)}]", key, value.span or key)
    return Diagnostic(
        "bad-answer",
        f"the answer for {quote(quantity)} is one value or one list of numbers",
        value.span or key,
        expected="a number such as 12,345, or a shape such as 14x14x64",
        found="a mapping" if isinstance(value, Mapping) else "a list of lists",
    )


def _no_mapping(tree: Tree, message: str, example: str) -> Diagnostic:
    found = quote(tree.text) if isinstance(tree, Scalar) else "a list"
    return Diagnostic("answers-not-mapping", message, tree.span, expected=example, found=found)
