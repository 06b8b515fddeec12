"""What an unquoted YAML scalar means, by the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema).

PyYAML follows YAML 1.1, where `no` is false, `017` is 15, `12:30` is 750 and `1e-3` is a text; hence this file.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

Scalar = None | bool | int | Fraction | float | str
"""What a scalar can be. A number with a point or an exponent is an exact `Fraction`; a `float` is .inf or .nan."""

MAX_INTEGER_DIGITS: Final = 18
"""Fits 64 bits, far above any size that a network has, and keeps a hostile literal from costing time."""

MAX_DECIMAL_DIGITS: Final = 50
"""More than any float prints (17), so that every number a program wrote can be read back."""

MAX_EXPONENT: Final = 400
"""Covers every 64-bit float (1.8e308 down to 5e-324) and keeps the exact fraction small."""

_WORDS: Final[dict[str, Scalar]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((sign + word for sign in ("", "+") for word in (".inf", ".Inf", ".INF")), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_NUMBER_STARTS: Final = frozenset("+-.0123456789")
_PREFIXED_INTEGER: Final = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_NUMBER: Final = re.compile(r"(?=[-+]?\.?[0-9])([-+]?[0-9]*)(?:\.([0-9]*))?(?:[eE]([-+]?[0-9]+))?")


class NumberTooLongError(ValueError):
    """A literal is too long to be read as a number. `expected` and `found` say so in words."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"{expected}, not {found}")
        self.expected = expected
        self.found = found


def resolve(text: str) -> Scalar:
    """Computes the value of an unquoted scalar.

    Raises: NumberTooLongError: for a number beyond MAX_INTEGER_DIGITS, MAX_DECIMAL_DIGITS or MAX_EXPONENT.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    if number := _NUMBER.fullmatch(text):
        whole, part, exponent = number.groups()
        if part is None and exponent is None:
            refuse_long_integer(len(whole.lstrip("+-")))
            return int(text)
        return _decimal(whole, part or "", exponent or "0")
    if _PREFIXED_INTEGER.fullmatch(text):
        # No hexadecimal or octal literal of this many digits is within the limit of decimal digits.
        refuse_long_integer(len(text) if len(text) > 30 else len(str(int(text, 0))))
        return int(text, 0)
    return text


def refuse_long_integer(digits: int) -> None:
    """Refuses an integer of more digits than a file may hold. Raises: NumberTooLongError."""
    if digits > MAX_INTEGER_DIGITS:
        raise NumberTooLongError(f"an integer of at most {MAX_INTEGER_DIGITS} digits", f"{digits:,} digits")


def _decimal(whole: str, part: str, exponent: str) -> Fraction:
    """Computes `whole.part` times ten to the exponent, in half the time that `Fraction` takes to read it."""
    digits = len(whole.lstrip("+-")) + len(part)
    if digits > MAX_DECIMAL_DIGITS:
        raise NumberTooLongError(f"a number of at most {MAX_DECIMAL_DIGITS} digits", f"{digits:,} digits")
    size = exponent.lstrip("+-").lstrip("0") or "0"  # Python refuses to read thousands of digits, even zeros.
    if len(size) > len(str(MAX_EXPONENT)) or int(size) > MAX_EXPONENT:
        raise NumberTooLongError(f"an exponent of at most {MAX_EXPONENT}", "a larger exponent")
    scale = (-int(size) if exponent[0] == "-" else int(size)) - len(part)
    mantissa = int(whole + part)
    return Fraction(mantissa * 10**scale) if scale >= 0 else Fraction(mantissa, 10**-scale)
