"""Values as they stand in a spec: arithmetic in a text, lists written as `3x3`, and how messages show a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from cnncalc.digits import shown
from cnncalc.errors import SHOWN_LENGTH, quote, shorten
from cnncalc.formula import ExpressionError, compiled, whole

MAX_INTEGER: Final = 10**18
"""Integers stay below it: a size has at most 18 digits."""


def show_value(value: object) -> str:
    """Shows a value as it would stand in a spec, shortened."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Fraction):
        return _fraction_text(value)
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, (list, tuple)):
        return shorten("[" + ", ".join(show_value(entry) for entry in value[:SHOWN_LENGTH]) + "]")
    if isinstance(value, Mapping):
        entries = list(value.items())[:SHOWN_LENGTH]
        return shorten("{" + ", ".join(f"{key}: {show_value(entry)}" for key, entry in entries) + "}")
    return shown(value) if isinstance(value, int) else shorten(str(value))


def _fraction_text(value: Fraction) -> str:
    """Writes `12.5` if a few decimals say it all, else `64/3`."""
    if 10**12 % value.denominator == 0 and abs(value.numerator) < 10**15:
        return str(float(value))
    return shorten(f"{value.numerator}.0" if value.denominator == 1 else str(value))


def compute(value: object) -> object:
    """Computes a text that is arithmetic (`4*16`): a number or a boolean. Any other value is returned as it is."""
    if not isinstance(value, str) or not re.search(r"[-+*/%(<>=]|\b(?:and|or|not)\b", value):
        return value
    try:
        _, evaluator = compiled(value)
        result = evaluator({})
        return whole(result) if isinstance(result, Fraction) else result
    except (ExpressionError, KeyError):
        return value


def read_sizes(value: object) -> list[object] | None:
    """Reads the entries of a list, of `3x3`, of `(3, 3)` or of `[3, 3]` in quotes; `None` for any other value."""
    if isinstance(value, (list, tuple)):
        return [None if entry == "None" else entry for entry in value]
    if not isinstance(value, str):
        return None
    text = value.strip()
    if re.fullmatch(r"\(.*\)|\[.*\]", text) and "," in text:
        parts = text[1:-1].strip().removesuffix(",").split(",")
    elif re.fullmatch(r"(?:\d+|null|None)(?:\s*[x\u00d7]\s*(?:\d+|null|None))+", text):
        parts = re.split(r"[x\u00d7]", text)
    else:
        return None
    return [_size_entry(part.strip()) for part in parts]


def _size_entry(text: str) -> object:
    if text in ("null", "None"):
        return None
    return int(text) if re.fullmatch(r"\d{1,18}", text) else text
