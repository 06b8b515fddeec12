"""Numbers as people write them, read exactly.

`read_amount` reads limits and published figures: `5M`, `4.09 GFLOPs`, `512MiB`. `read_number`, `read_shape` and
`read_per_axis` read answers: `61,706`, `3*3*64 + 64`, `28x28x6`. `read_share` and `read_decimal` read options: `1%`.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from math import prod
from typing import Final, Literal, NamedTuple

from cnncalc.errors import Problem, quote
from cnncalc.formula import MAX_LENGTH, ExpressionError, Number, compile_expression, parse_expression, whole

Written = str | tuple[str, ...]
"""An answer as it stands in a sheet: a text, or the texts of a list's entries."""
Kind = Literal["count", "bytes"]
Counted = Literal["operations", "params", ""]

MAX_DIGITS: Final = 4000
"""Digits of an answer: more than any net's figure has, and Python reads at most 4,300 at once."""
MAX_EXPONENT: Final = 400
MAX_AMOUNT_DIGITS: Final = 40
MAX_AMOUNT_EXPONENT: Final = 30
MAX_SIZES: Final = 16
"""Entries of a list: no shape has more."""

# Amounts --------------------------------------------------------------------------------------------------------

_SPACES: Final = "\u00a0\u2007\u2009\u202f"
_SEPARATORS: Final = f",'’_ {_SPACES}"
_AMOUNT: Final = (
    rf"(?i)(?P<number>\d+(?:[{_SEPARATORS}]\d{{3}})*(?:\.\d*)?|\.\d+)"
    r"(?:e\+?(?P<exponent>\d{1,3})|\s*[x*×·]\s*10\s*(?:\^|\*\*)\s*(?P<power>\d{1,3}))?"
    r"\s*(?P<unit>[a-z/ -]*)"
)
_COUNT_UNIT: Final = (
    r"(?P<scale>thousand|million|mio|billion|bn|trillion|[kmgbtp])?\s*"
    r"(?:(?P<operations>flops?|flop/s|macs?|ops|operations|mult-?adds|multiply-?adds|madds?)|(?P<params>param(?:eter)?s?))?"
)
_BYTE_UNIT: Final = r"(?:(?P<prefix>[kmgtp])(?P<binary>i)?)?b(?:ytes?)?"
_POWERS: Final = {"k": 3, "m": 6, "g": 9, "b": 9, "t": 12, "p": 15, "thousand": 3}
"""Powers of ten by the first letter of a unit; "thousand" begins like "trillion"."""
EXPECTED: Final[dict[Kind, str]] = {
    "count": "a number such as 5000000, 5M or 1.2G",
    "bytes": "a number of bytes such as 512MiB, 100MB or 2000000",
}
"""What an amount looks like."""


class Amount(NamedTuple):
    """An amount, and how precisely it is written: `step` is one unit in its last digit, 1 for a whole number.

    `has_unit` says whether a prefix, a power of ten or bytes set its scale. `counted` is what the unit names, "" if it
    names nothing.
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
        """The step of the last digit that is not 0: 25600000 may stand for 25.6 million."""
        step = self.step
        while self.value and self.value % (10 * step) == 0:
            step *= 10
        return step


def read_amount(text: str, kind: Kind | None = None) -> Amount:
    """Reads an amount; without a kind it is bytes if its unit says so, and else a count.

    Raises: Problem: if the text is no amount.
    """
    amount = _amount(text.strip(), kind)
    if amount is None:
        raise Problem(
            "bad-amount", f"{quote(text)} is no amount", expected=EXPECTED[kind or "count"], found=quote(text)
        )
    return amount


def _amount(text: str, kind: Kind | None) -> Amount | None:
    match = re.fullmatch(_AMOUNT, text) if len(text) <= 2 * MAX_AMOUNT_DIGITS else None
    unit = _unit(match["unit"].lower(), kind) if match else None
    if match is None or unit is None:
        return None
    digits = re.sub(rf"[{_SEPARATORS}]", "", match["number"])
    exponent = int(match["exponent"] or match["power"] or 0)
    if len(digits) > MAX_AMOUNT_DIGITS or exponent > MAX_AMOUNT_EXPONENT:
        return None
    found, factor, counted = unit
    scale = factor * Fraction(10) ** exponent
    step = scale / 10 ** len(digits.partition(".")[2])
    value = Fraction(digits.rstrip(".")) * scale
    return Amount(text, found, value, step, scale != 1 or found == "bytes", counted)


def _unit(unit: str, kind: Kind | None) -> tuple[Kind, Fraction, Counted] | None:
    """Returns what a unit measures, how many one of it is, and what it counts; `None` if it is no unit."""
    # A lone B is a byte only if bytes are asked for: 7B parameters are seven billion.
    if kind != "count" and (match := re.fullmatch(_BYTE_UNIT, unit)) and (kind == "bytes" or unit != "b"):
        power = _POWERS[match["prefix"]] // 3 if match["prefix"] else 0
        return "bytes", Fraction(1024 if match["binary"] else 1000) ** power, ""
    if kind == "bytes":
        return ("bytes", Fraction(10) ** _POWERS.get(unit, 0), "") if unit in ("", *"kmgtp") else None
    match = re.fullmatch(_COUNT_UNIT, unit)
    if match is None:
        return None
    scale = match["scale"] or ""
    power = _POWERS.get(scale, _POWERS.get(scale[:1], 0))
    return "count", Fraction(10) ** power, "operations" if match["operations"] else "params" if match["params"] else ""


# Numbers of options ---------------------------------------------------------------------------------------------


def read_decimal(text: str) -> Fraction | None:
    """Reads a number of at most 9 digits before and after the point; `None` if the text is none."""
    match = re.fullmatch(r"\s*(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})\s*", text)
    return Fraction(match[1]) if match else None


def read_share(text: str) -> Fraction | None:
    """Reads a share from 0 to 1, as `1%` or `0.01`; `None` if the text is none."""
    number = text.strip()
    share = read_decimal(number.removesuffix("%"))
    if share is not None and number.endswith("%"):
        share /= 100
    return share if share is not None and share <= 1 else None


# Answers --------------------------------------------------------------------------------------------------------

_NOTHING: Final = frozenset({"-", "–", "—", "−", "none", "null", "~", "n/a", "na", "nothing", "not counted"})
_UNKNOWN: Final = frozenset({"none", "null", "?", "batch", "b", "n", "-1", "-", "~"})
_FUNCTIONS: Final = frozenset({"min", "max", "floor", "ceil"})
_TIMES: Final = "[×·∙⋅✕✖]"
# Every group has the same separator, and no digit stands around: "28,128,256" as a shape never comes here.
_THOUSANDS: Final = rf"(?<![\d.,])(\d{{1,3}})([{_SEPARATORS}])(\d{{3}}(?:\2\d{{3}})*)(?!\d)"
_POINT_THOUSANDS: Final = r"[1-9]\d{0,2}(?:\.\d{3})+"
_DECIMAL: Final = r"([-+]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d{1,4}))?"
_POWER: Final = r"(\d+)\s*(?:\^|\*\*)\s*([2-9])(?!\d)"
_SUPERSCRIPTS: Final = str.maketrans({"²": "^2", "³": "^3"})
# Before one digit or more than three, behind a 0, or behind points between thousands a comma can be nothing else:
# 112,5 and 0,25 and 1.216,00. In 61,70 a digit may be missing.
_DECIMAL_COMMA: Final = (
    r"(?i)(?P<whole>[-+~≈]?\d+),(?P<part>\d|\d{4,}|(?<=(?<!\d)0,)\d+)(?P<unit>\s*[a-z]*)"
    r"|(?P<thousands>[-+]?\d{1,3}(?:\.\d{3})+),(?P<rest>\d+)"
)
_NOUN: Final = (
    r"(?i)(?<=[\d)\]²³])\s*(?:(?:(?:non-?)?trainable|learnable|total)\s+)?"
    r"(?:params?|parameters?|weights?|bias(?:es)?|neurons?|units?|nodes?|px|pixels?|positions?|channels?|filters?|macs?"
    r"|flops?|ops|operations?|outputs?|elements?|values?|features?)\.?$"
)
"""What a number counts, behind it: `1216 params`, `5 px`."""
_REMARK: Final = r"(?i)(?<=[\d)\]²³])\s*\([^()]*[a-z][^()]*\)$"
"""A remark behind an answer: `128 (64 trainable)`."""
_OPERATOR: Final = r"[-+*/^×·÷xX²³]"
_MAPS: Final = r"(?P<maps>\d+)\s*@\s*(?P<height>\d+)\s*[x×*]\s*(?P<width>\d+)"
_CROSSES: Final = r"(?<=[\d\s)?])[xX](?=[-\s\d(?])"


def is_nothing(written: Written) -> bool:
    """Says whether the answer is that there is nothing to count: `-`, `none`."""
    return isinstance(written, str) and written.strip().lower() in _NOTHING


def read_number(written: Written, rounded: bool = False) -> Number:
    """Reads one exact number: digits with or without separators, or arithmetic; `61.7K` only if `rounded`.

    Of `28*28*6 = 4704` it is the number behind the sign. Raises: Problem: if the answer is no number, or two.
    """
    if not isinstance(written, str):
        if len(written) == 1:
            return read_number(written[0], rounded)
        raise _unreadable(written, "one number, such as 12345 or 3*3*64")
    if written.isdecimal() and len(written) <= MAX_LENGTH:
        return int(written)
    *before, last = written.split("=")
    number = _read_side(last, written, rounded)
    for side in before:
        stated = None if re.search(_OPERATOR, side.strip()) else _read_if_number(side)
        if stated not in (None, number):
            expected = "one number, or arithmetic and what it gives, such as 28*28*6 = 4704"
            raise _unreadable(written, expected, "it says two different numbers")
    return number


def read_working(written: Written) -> Number | None:
    """Reads the arithmetic in front of an equals sign, as in `28*28*6 = 4700`; `None` if there is none."""
    if isinstance(written, str):
        *before, _ = written.split("=")
        for side in before:
            if re.search(_OPERATOR, side.strip()) and (number := _read_if_number(side)) is not None:
                return number
    return None


def _read_if_number(side: str) -> Number | None:
    try:
        return _read_side(side, side)
    except Problem:
        return None


@lru_cache(maxsize=4096)  # a class says the same numbers again and again
def _read_side(side: str, written: str, rounded: bool = False) -> Number:
    """Reads what stands on one side of an equals sign."""
    text = side.strip()
    if len(text) > MAX_LENGTH and not (text.isdecimal() or re.fullmatch(_THOUSANDS, text)):
        raise _unreadable(written, f"a number of at most {MAX_DIGITS:,} digits, or at most {MAX_LENGTH} characters")
    text = _decimal_point(_without_remark(text)).translate(_SUPERSCRIPTS)
    about = text[:1] in ("~", "≈")
    amount = _amount(text.lstrip("~≈ "), "count") if about or text[-1:].isalpha() else None
    if amount is not None:
        if (about or amount.has_unit) and not rounded:
            raise _rounded(written)
        return whole(amount.value)
    if re.fullmatch(_POINT_THOUSANDS, text):
        text = text.replace(".", "")
    text = re.sub(_THOUSANDS, lambda match: match[1] + match[3].replace(match[2], ""), text)
    if match := re.fullmatch(_DECIMAL, text):
        return _decimal(match, written)
    return _arithmetic(text, written)


def _without_remark(text: str) -> str:
    """Takes off what stands behind a number: `1216 params`, `128 (64 trainable)`."""
    return re.sub(_NOUN, "", re.sub(_REMARK, "", text)) if len(text) <= MAX_LENGTH else text


def _decimal_point(text: str) -> str:
    """Writes a decimal comma as a point."""
    match = re.fullmatch(_DECIMAL_COMMA, text) if len(text) <= MAX_LENGTH else None
    if match is None:
        return text
    if match["thousands"]:
        return f"{match['thousands'].replace('.', '')}.{match['rest']}"
    return f"{match['whole']}.{match['part']}{match['unit']}"


def _decimal(match: re.Match[str], written: str) -> Number:
    sign, integer, part, exponent = match.groups(default="")
    power = int(exponent or "0")
    if len(integer) + len(part) > MAX_DIGITS or abs(power) > MAX_EXPONENT:
        raise _unreadable(written, f"a number of at most {MAX_DIGITS:,} digits")
    value = int(integer + part) * Fraction(10) ** (power - len(part))
    return whole(-value if sign == "-" else value)


def _arithmetic(text: str, written: str) -> Number:
    expression = re.sub(_CROSSES, "*", re.sub(_TIMES, "*", text)).replace("÷", "/").replace("[", "(").replace("]", ")")
    expression = re.sub(_POWER, lambda match: "(" + "*".join([match[1]] * int(match[2])) + ")", expression)
    try:
        value = compile_expression(parse_expression(expression, _FUNCTIONS))({})
    except (ExpressionError, KeyError) as error:
        reason = str(error) if isinstance(error, ExpressionError) and len(text) < MAX_LENGTH else None
        raise _unreadable(written, "a number or arithmetic, such as 12,345 or 3*3*64", reason) from None
    if isinstance(value, bool) or not isinstance(value, (int, Fraction)):
        raise _unreadable(written, "a number, not true or false")
    return value


def read_shape(written: Written, rank: int) -> tuple[Number | None, ...]:
    """Reads the sizes of a shape, `None` for an unknown one, without a batch in front of `rank` sizes.

    Raises: Problem: if the answer is no shape.
    """
    sizes = tuple(_size(entry, written) for entry in _entries(written, rank))
    if len(sizes) == rank + 1 and sizes[0] in (None, 1):
        return sizes[1:]
    return sizes


def _size(entry: str, written: Written) -> Number | None:
    """Reads one size; half a pixel, as 112.5, is wrong but can be read."""
    if entry.strip().lower() in _UNKNOWN:
        return None
    value = read_number(entry)
    if value < 0 or (not isinstance(value, int) and "/" in entry):
        raise _unreadable(written, "sizes such as 14x14x64")
    return value


def read_per_axis(written: Written, rank: int) -> tuple[Number | None, ...]:
    """Reads one number per axis, `None` for a `?`; a single number counts for all `rank` axes.

    Raises: Problem: if an entry is no number.
    """
    entries = _entries(written, rank)
    numbers = tuple(None if entry.strip() == "?" else read_number(entry) for entry in entries)
    return numbers * rank if len(numbers) == 1 else numbers


def _entries(written: Written, rank: int) -> list[str]:
    """Splits a shape. Between `rank` plain numbers a `*` stands for a cross; elsewhere it is arithmetic."""
    if not isinstance(written, str):
        if len(written) > MAX_SIZES:
            raise _unreadable(written[:MAX_SIZES], f"at most {MAX_SIZES} sizes")
        return list(written)
    *before, last = written.split("=")
    if max(map(len, (*before, last))) > MAX_LENGTH:
        raise _unreadable(written, "sizes such as 14x14x64")
    entries = _entries_of_side(last, rank)
    for side in before:
        stated = _entries_of_side(side, rank)
        numbers, last_numbers = _numbers(stated), _numbers(entries)
        if not numbers or not last_numbers or numbers == last_numbers:
            continue
        if prod(numbers) == prod(last_numbers):  # 28x28x6 = 4704 says the shape, and how much that is
            entries = stated if len(stated) == rank else entries
        elif len(stated) > 1 or not re.search(_OPERATOR, side.strip()):
            raise _unreadable(written, "sizes such as 14x14x64", "it says two different things")
    return entries


def _numbers(entries: list[str]) -> list[Number]:
    """Reads the entries; none if one is no number."""
    numbers = [_read_if_number(entry) for entry in entries]
    return [] if None in numbers else [number for number in numbers if number is not None]


def _entries_of_side(side: str, rank: int) -> list[str]:
    """Splits what stands on one side of an equals sign."""
    text = _without_remark(side.strip())
    if match := re.fullmatch(_MAPS, text):  # as LeNet's paper writes shapes: 6@28x28
        return [match["height"], match["width"], match["maps"]]
    if re.fullmatch(_THOUSANDS, text):
        return [text]
    inner = _without_brackets(text)
    crossed = re.sub(_CROSSES, "×", inner)
    if "×" in crossed:
        return crossed.split("×")
    if ("," in inner or ";" in inner) and not re.search(r"[a-z]\(", inner):
        parts = re.split(r"[,;]", inner)
        return parts if parts[-1].strip() else parts[:-1]
    if rank > 1 and re.fullmatch(rf"\s*\d+(?:\s*\*\s*\d+){{{rank - 1}}}\s*", inner):
        return inner.split("*")
    if rank > 1 and re.fullmatch(r"\S+(?:\s+\S+)+", inner.strip()) and not re.search(r"[-+*/]", inner):
        return inner.split()
    return [inner]


def _without_brackets(text: str) -> str:
    """Takes off a pair of brackets around the whole text."""
    if len(text) < 2 or (text[0], text[-1]) not in (("(", ")"), ("[", "]"), ("{", "}")):
        return text
    depth = 0
    for character in text[:-1]:
        depth += (character in "([{") - (character in ")]}")
        if not depth:
            return text
    return text[1:-1]


def _rounded(written: str) -> Problem:
    return Problem(
        "rounded-answer",
        f"{quote(written)} is rounded: write all digits",
        expected="all digits, such as 12345",
        found=quote(written),
        suggestion="a tolerance for rounded answers is set with --tolerance",
    )


def _unreadable(written: Written, expected: str, reason: str | None = None) -> Problem:
    shown = quote(written if isinstance(written, str) else "[" + ", ".join(written) + "]")
    because = f": {reason}" if reason else ""
    return Problem("unreadable-answer", f"{shown} can't be read{because}", expected=expected, found=shown)
