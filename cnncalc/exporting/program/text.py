"""The text of a program, formatted as ruff would format it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

WIDTH: Final = 88
"""ruff's own, if nobody tells it another one."""
_INDENT: Final = "    "
_STRING: Final = re.compile(r"""[rbf]{0,2}("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
_COMPREHENSION: Final = re.compile(r"(.*)(?<=\)) (for \w+ in range\(.*\))")
_PAIRS: Final = {"(": ")", "[": "]", "{": "}"}


def statement(text: str, depth: int) -> list[str]:
    """Writes a statement; one that is too long has an argument per line, as a trailing comma asks for."""
    return _wrapped(_INDENT * depth + text, "")


def _wrapped(line: str, tail: str) -> list[str]:
    if len(line) + len(tail) <= WIDTH:
        return [line + tail]
    group = _widest_group(line)
    if group is None:
        return [line + tail]
    start, end = group
    indent = line[: len(line) - len(line.lstrip())]
    lines = [line[: start + 1]]
    comprehension = _COMPREHENSION.fullmatch(line[start + 1 : end])
    if comprehension is not None and len(_entries(line[start + 1 : end])) == 1:
        lines += _wrapped(indent + _INDENT + comprehension[1], "")
        return [*lines, indent + _INDENT + comprehension[2], indent + line[end:] + tail]
    for entry in _entries(line[start + 1 : end]):
        lines += _wrapped(indent + _INDENT + entry, ",")
    return [*lines, indent + line[end:] + tail]


def _widest_group(line: str) -> tuple[int, int] | None:
    """Finds the widest pair of brackets with entries that is in no other pair."""
    opened: list[int] = []
    groups: list[tuple[int, int]] = []
    for place, character in _outside_of_strings(line):
        if character in _PAIRS:
            opened.append(place)
        elif character in _PAIRS.values() and opened:
            start = opened.pop()
            if not opened and _can_be_split(line, start, place):
                groups.append((start, place))
    return max(groups, key=lambda group: group[1] - group[0], default=None)


def _can_be_split(line: str, start: int, end: int) -> bool:
    """Tells whether a comma behind the last entry would change nothing: brackets of a call, a list, a longer tuple."""
    before = line[start - 1] if start else " "
    is_called = before.isidentifier() or before.isdigit() or before in ")]"
    if line[start] == "[" and is_called:
        return False
    entries = len(_entries(line[start + 1 : end]))
    return entries > 1 or (entries == 1 and (line[start] == "[" or is_called))


def _entries(text: str) -> list[str]:
    """Splits what stands in brackets at its commas."""
    depth, start, entries = 0, 0, []
    for place, character in _outside_of_strings(text):
        depth += (character in _PAIRS) - (character in _PAIRS.values())
        if character == "," and depth == 0:
            entries.append(text[start:place].strip())
            start = place + 1
    return [*entries, text[start:].strip()] if text[start:].strip() else entries


def _outside_of_strings(text: str) -> Iterator[tuple[int, str]]:
    place = 0
    while place < len(text):
        string = _STRING.match(text, place)
        if string is not None:
            place = string.end()
            continue
        yield place, text[place]
        place += 1


def one_line(text: str) -> str:
    """Makes of a stranger's text what can stand in a docstring: one line, without what would end it."""
    plain = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(plain.replace("\\", "/").replace('"', "'").split())
