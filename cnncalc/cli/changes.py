"""What is new in a text that a command writes again: numbers that changed are marked with the difference, `+1,024`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Final

WIDTH: Final = 24
"""What marks take at most, in characters."""
NEW: Final = "new"
CHANGED: Final = "changed"

_STYLES: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;[^\x1b\x07]*(?:\x1b\\|\x07)")
_NUMBER: Final = re.compile(r"(?<![\w.,])\d[\d,]*(?![\w.])")


def plain(line: str) -> str:
    """Returns a line without its colours."""
    return _STYLES.sub("", line)


def marked(lines: Sequence[str], before: Sequence[str]) -> list[tuple[str, str]]:
    """Gives each line with its mark, "" if it was there before."""
    old = [plain(line) for line in before]
    new = [plain(line) for line in lines]
    marks = [NEW if re.search(r"\w", line) else "" for line in new]
    matcher = SequenceMatcher(None, list(map(_form, old)), list(map(_form, new)), autojunk=False)
    for theirs, ours, length in matcher.get_matching_blocks():
        for index in range(length):
            marks[ours + index] = _difference(old[theirs + index], new[ours + index])
    return list(zip(lines, marks, strict=True))


def _form(line: str) -> str:
    """Returns a line without what may change: numbers, and the widths of columns."""
    return re.sub(r"[\s\u2500\u2501\u2550=_-]+", " ", re.sub(r"\d[\d,.]*", "0", line))


def _difference(before: str, after: str) -> str:
    """Says by how much the counts of a line changed, left to right; shapes are not counted."""
    if before.split() == after.split() or not re.search(r"\w", after):
        return ""
    numbers = [
        [int(number.replace(",", "")) for number in _NUMBER.findall(_without_shapes(line))] for line in (before, after)
    ]
    steps = [f"{new - old:+,}" for old, new in zip_longest(*numbers, fillvalue=0) if new != old]
    text = " ".join(steps) or CHANGED
    return text if len(text) <= WIDTH - 2 else f"{steps[0]} ..."


def _without_shapes(line: str) -> str:
    return re.sub(r"\([^()]*\)", "", line)
