"""Numbers as people write them, read exactly: `61,706`, `28*28*6`, `28x28x6`, `[None, 28, 28, 6]`, `61.7K`."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from cnncalc.errors import Problem, quote
from cnncalc.formula import MAX_LENGTH, ExpressionError, Number, compile_expression, parse_expression
from cnncalc.tensor import Size

Written = str | tuple[str, ...]
"""An answer as it stands in a sheet: a text, or the texts of a list's entries."""

MAX_DIGITS: Final = 4000
"""Digits of one number: more than any net has, and few enough to be read at once."""
MAX_EXPONENT: Final = 400
MAX_SIZES: Final = 16
"""Entries of a list: no shape has more."""

_NOTHING: Final = frozenset({"-", "–", "—", "−", "none", "null", "~", "n/a", "na", "not counted"})
_UNKNOWN: Final = frozenset({"none", "null", "?", "batch", "b", "n", "-1", "-", "~"})
_FUNCTIONS: Final = frozenset({"min", "max", "floor", "ceil"})
_TIMES: Final = re.compile("[×·∙⋅✕✖]")
_SPACES: Final = "\u00a0\u2007\u2009\u202f"
# Every group the same separator, and no digit around: "28,128,256" as a shape never comes here.
_THOUSANDS: Final = re.compile(rf"(?<![\d.,])(\d{{1,3}})([,'’_ {_SPACES}])(\d{{3}}(?:\2\d{{3}})*)(?!\d)")
_POINT_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_DECIMAL: Final = re.compile(r"([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d{1,4}))?")
_ROUNDED: Final = re.compile(
    r"(?P<sign>[~≈]?)\s*(?P<number>\d[\d.,]*)\s*(?P<unit>k|thousand|m|mio|million|g|b|bn|billion|t|trillion)?",
    re.IGNORECASE,
)
_UNITS: Final = {"k": 3, "t": 12, "m": 6, "g": 9, "b": 9}
_POWER: Final = re.compile(r"(\d+)\s*(?:\^|\*\*)\s*([2-9])(?!\d)")
_SUPERSCRIPTS: Final = str.maketrans({"²": "^2", "³": "^3"})
_CROSSES: Final = re.compile(r"(?<=[\d\s)?])[xX](?=[-\s\d(?])")


def is_nothing(written: Written) -> bool:
    """Whether the answer is that there is nothing to count: `-`, `none`."""
    return isinstance(written, str) and written.strip().lower() in _NOTHING


def read_number(written: Written, rounded: bool = False) -> Number:
    """One exact number: digits with or without separators, or arithmetic. `61.7K` only where `rounded` ones count.

    Raises: Problem: where it is none.
    """
    if not isinstance(written, str):
        if len(written) == 1:
            return read_number(written[0], rounded)
        raise _unreadable(written, "one number, such as 12345 or 3*3*64")
    if written.isdecimal() and len(written) <= MAX_LENGTH:
        return int(written)
    text = written.rpartition("=")[2].strip().translate(_SUPERSCRIPTS)
    if len(text) > MAX_LENGTH and not (text.isdecimal() or _THOUSANDS.fullmatch(text)):
        raise _unreadable(written, f"a number of at most {MAX_DIGITS:,} digits, or at most {MAX_LENGTH} characters")
    if len(text) <= MAX_LENGTH and (match := _ROUNDED.fullmatch(text)) and (match["sign"] or match["unit"]):
        return _rounded(match, written, rounded)
    if _POINT_THOUSANDS.fullmatch(text):
        text = text.replace(".", "")
    text = _THOUSANDS.sub(lambda match: match[1] + match[3].replace(match[2], ""), text)
    if text.isdecimal() and len(text) <= MAX_DIGITS:
        return int(text)
    if match := _DECIMAL.fullmatch(text):
        value = _decimal(match, written)
        if value is not None:
            return value
    return _arithmetic(text, written)


def _rounded(match: re.Match[str], written: str, allowed: bool) -> Number:
    if not allowed:
        raise Problem(
            "rounded-answer",
            f"{quote(written)} is rounded: write all digits",
            expected="all digits, such as 12345",
            found=quote(written),
            suggestion="a tolerance for rounded answers is set with --tolerance",
        )
    number = read_number(match["number"])
    unit = match["unit"]
    if unit is None:
        return number
    # "million" and "billion" begin like their letters; "thousand" begins like the trillion's.
    power = 3 if unit.lower() == "thousand" else _UNITS[unit[0].lower()]
    return _whole(Fraction(number) * 10**power)


def _decimal(match: re.Match[str], written: str) -> Number | None:
    sign, whole, part, exponent = match.groups()
    part = part or ""
    if not whole + part:
        return None
    if len(whole) + len(part) > MAX_DIGITS or abs(int(exponent or "0")) > MAX_EXPONENT:
        raise _unreadable(written, f"a number of at most {MAX_DIGITS:,} digits")
    value = Fraction(int(whole + part)) * Fraction(10) ** (int(exponent or "0") - len(part))
    return _whole(-value if sign == "-" else value)


def _whole(value: Fraction) -> Number:
    return value.numerator if value.denominator == 1 else value


def _arithmetic(text: str, written: str) -> Number:
    expression = _CROSSES.sub("*", _TIMES.sub("*", text)).replace("÷", "/").replace("[", "(").replace("]", ")")
    expression = _POWER.sub(lambda match: "(" + "*".join([match[1]] * int(match[2])) + ")", expression)
    try:
        value = compile_expression(parse_expression(expression, _FUNCTIONS))({})
    except (ExpressionError, KeyError) as error:
        reason = str(error) if isinstance(error, ExpressionError) and len(text) < MAX_LENGTH else None
        raise _unreadable(written, "a number or arithmetic, such as 12,345 or 3*3*64", reason) from None
    if isinstance(value, bool) or not isinstance(value, (int, Fraction)):
        raise _unreadable(written, "a number, not true or false")
    return value


def read_shape(written: Written, rank: int) -> tuple[Size, ...]:
    """The sizes of a shape, without the batch where one stands in front of `rank` sizes; `None` for an unknown size.

    Raises: Problem: where it is no shape.
    """
    sizes = tuple(_size(entry, written) for entry in _entries(written, rank))
    if len(sizes) == rank + 1 and sizes[0] in (None, 1):
        return sizes[1:]
    return sizes


def _size(entry: str, written: Written) -> Size:
    if entry.strip().lower() in _UNKNOWN:
        return None
    value = read_number(entry)
    if not isinstance(value, int) or value < 0:
        raise _unreadable(written, "sizes that are whole numbers, such as 14x14x64")
    return value


def read_extent(written: Written, rank: int) -> tuple[Number | None, ...]:
    """One number per axis, such as a receptive field, `?` for none; a single number counts for all `rank` axes.

    Raises: Problem: where it is none.
    """
    entries = _entries(written, rank)
    numbers = tuple(None if entry.strip() == "?" else read_number(entry) for entry in entries)
    return numbers * rank if len(numbers) == 1 else numbers


def _entries(written: Written, rank: int) -> list[str]:
    """The parts of a shape. Between `rank` plain numbers a `*` stands for a cross; elsewhere it is arithmetic."""
    if not isinstance(written, str):
        if len(written) > MAX_SIZES:
            raise _unreadable(written[:MAX_SIZES], f"at most {MAX_SIZES} sizes")
        return list(written)
    text = written.rpartition("=")[2].strip()
    if len(text) > MAX_LENGTH:
        raise _unreadable(written, "sizes such as 14x14x64")
    inner = _without_brackets(text)
    bracketed = inner is not text
    if not bracketed and _THOUSANDS.fullmatch(inner):
        return [inner]
    crossed = _CROSSES.sub("×", inner)
    if "×" in crossed:
        return crossed.split("×")
    if ("," in inner or ";" in inner) and not re.search(r"[a-z]\(", inner):
        parts = re.split(r"[,;]", inner)
        if len(parts) > 1 and not parts[-1].strip():
            del parts[-1]
        return parts
    if rank > 1 and re.fullmatch(rf"\s*\d+(?:\s*\*\s*\d+){{{rank - 1}}}\s*", inner):
        return inner.split("*")
    if rank > 1 and re.fullmatch(r"\S+(?:\s+\S+)+", inner.strip()) and not re.search(r"[-+*/]", inner):
        return inner.split()
    return [inner]


def _without_brackets(text: str) -> str:
    """What stands between a pair of brackets around the whole; otherwise the text itself."""
    if len(text) < 2 or (text[0], text[-1]) not in (("(", ")"), ("[", "]"), ("{", "}")):
        return text
    depth = 0
    for index, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if not depth and index < len(text) - 1:
            return text
    return text[1:-1]


def _unreadable(written: Written, expected: str, reason: str | None = None) -> Problem:
    shown = quote(written if isinstance(written, str) else "[" + ", ".join(written) + "]")
    because = f": {reason}" if reason else ""
    return Problem("unreadable-answer", f"{shown} can't be read{because}", expected=expected, found=shown)
