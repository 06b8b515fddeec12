"""Amounts as people write them: `5M`, `4.09 GFLOPs`, `25,557,032`, `512MiB`, `3.8e9`."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final, Literal

from cnncalc.errors import Problem, quote
from cnncalc.records import record

Kind = Literal["count", "bytes"]
Counted = Literal["operations", "params", ""]

MAX_DIGITS: Final = 40
MAX_EXPONENT: Final = 30

_PREFIXES: Final = {"k": 3, "m": 6, "g": 9, "b": 9, "t": 12, "p": 15}
_WORDS: Final = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_NUMBER: Final = re.compile(
    r"(?P<number>\d+(?:[,_ '\u00a0\u2009\u202f]\d{3})*(?:\.\d*)?|\.\d+)"
    r"(?:e\+?(?P<exponent>\d{1,3})|\s*[x*\u00d7\u00b7]\s*10\s*(?:\^|\*\*)\s*(?P<power>\d{1,3}))?"
    r"\s*(?P<unit>[a-z/-]*(?:\s+[a-z/-]+)?)",
    re.IGNORECASE,
)
_COUNTED: Final = re.compile(
    r"(?P<operations>flops?|flop/s|macs?|ops|operations|mult-?adds|multiply-?adds|madds?)|(?P<params>params?|parameters)|"
)
_BYTES: Final = re.compile(r"(?P<prefix>[kmgtp]?)(?P<binary>i?)b(?:ytes?)?")
EXPECTED: Final[dict[Kind, str]] = {
    "count": "a number such as 5000000, 5M or 1.2G",
    "bytes": "a number of bytes such as 512MiB, 100MB or 2000000",
}
"""What an amount looks like."""


@record
class Magnitude:
    """An amount, and how precisely it is written: `step` is one unit in its last digit, 1 for a whole number.

    `digits` are significant: zeros at the end of a whole number may or may not be (`has_zeros`). `has_unit`: whether a
    prefix, a power of ten or bytes say what scale it has. `counted`: what is said to be counted, "" where nothing is.
    """

    text: str
    kind: Kind
    value: Fraction
    step: Fraction
    has_unit: bool
    counted: Counted = ""

    @property
    def is_whole(self) -> bool:
        """Whether all digits are written."""
        return self.step == 1

    @property
    def zeros(self) -> Fraction:
        """The step that the last digit other than 0 stands for: 25600000 may stand for 25.6 million."""
        step = self.step
        while self.value and self.value % (10 * step) == 0:
            step *= 10
        return step


def read_magnitude(text: str, kind: Kind | None = None) -> Magnitude:
    """An amount of the given kind; without one, bytes where their unit stands there and else a count.

    Raises: Problem: where it is none.
    """
    stripped = text.strip()
    match = _NUMBER.fullmatch(stripped) if len(stripped) <= 2 * MAX_DIGITS else None
    if match is None:
        raise _unreadable(text, kind)
    digits = re.sub(r"[,_ '\u00a0\u2009\u202f]", "", match["number"])
    exponent = int(match["exponent"] or match["power"] or 0)
    if len(digits) > MAX_DIGITS or exponent > MAX_EXPONENT:
        raise _unreadable(text, kind)
    found, scale, counted = _unit(match["unit"], kind, text)
    scale *= Fraction(10) ** exponent
    decimals = len(digits.partition(".")[2])
    return Magnitude(
        text=stripped,
        kind=found,
        value=Fraction(digits.rstrip(".") or "0") * scale,
        step=scale / 10**decimals,
        has_unit=scale != 1 or found == "bytes",
        counted=counted,
    )


def _unit(unit: str, kind: Kind | None, text: str) -> tuple[Kind, Fraction, Counted]:
    """What a unit measures, how many it stands for, and what it says is counted."""
    scale_word, _, counted_word = unit.lower().partition(" ")
    if counted_word:
        kind_of_scale, scale, nothing = _unit(scale_word, "count", text)
        counted = _counted(counted_word.strip())
        if kind == "bytes" or nothing or counted is None:
            raise _unreadable(text, kind)
        return kind_of_scale, scale, counted
    lowered = scale_word
    if kind != "count" and (match := _BYTES.fullmatch(lowered)) and (kind == "bytes" or lowered != "b"):
        if match["binary"] and not match["prefix"]:
            raise _unreadable(text, kind)
        power = _PREFIXES[match["prefix"]] // 3 if match["prefix"] else 0
        return "bytes", Fraction(1024 if match["binary"] else 1000) ** power, ""
    if kind == "bytes":
        prefix = lowered[:1]
        if lowered and (lowered not in _PREFIXES or lowered == "b"):
            raise _unreadable(text, kind)
        return "bytes", Fraction(10) ** _PREFIXES.get(prefix, 0), ""
    if lowered in _WORDS:
        return "count", Fraction(10) ** _WORDS[lowered], ""
    for length in (1, 0):
        prefix, rest = lowered[:length], lowered[length:]
        counted = _counted(rest)
        if len(prefix) == length and (not prefix or prefix in _PREFIXES) and counted is not None:
            return "count", Fraction(10) ** _PREFIXES.get(prefix, 0), counted
    raise _unreadable(text, kind)


def _counted(word: str) -> Counted | None:
    """What a word says is counted; `None` for a word that says nothing of the kind."""
    match = _COUNTED.fullmatch(word)
    if match is None:
        return None
    return "operations" if match["operations"] else "params" if match["params"] else ""


def _unreadable(text: str, kind: Kind | None) -> Problem:
    expected = EXPECTED[kind or "count"]
    return Problem("bad-amount", f"{quote(text)} is no amount", expected=expected, found=quote(text))
