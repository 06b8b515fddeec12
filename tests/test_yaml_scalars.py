"""What an unquoted scalar means: the core schema of YAML 1.2.2, section 10.3.2, and the limits on top of it."""

from __future__ import annotations

import math
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.spec.yaml_scalars import (
    MAX_DECIMAL_DIGITS,
    MAX_EXPONENT,
    MAX_INTEGER_DIGITS,
    NumberTooLongError,
    resolve,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("Null", None),
        ("NULL", None),
        ("true", True),
        ("FALSE", False),
        ("6", 6),
        ("-3", -3),
        ("+12", 12),
        ("0", 0),
        ("-0", 0),
        ("0o17", 15),
        ("0x1F", 31),
        ("1.5", Fraction(3, 2)),
        ("-.5", Fraction(-1, 2)),
        ("5.", Fraction(5)),
        ("1e3", Fraction(1000)),
        ("1e-3", Fraction(1, 1000)),
        ("2.5E+2", Fraction(250)),
        ("0.1", Fraction(1, 10)),
        (".inf", math.inf),
        ("-.INF", -math.inf),
    ],
)
def test_the_core_schema(text: str, value: object) -> None:
    resolved = resolve(text)

    assert resolved == value
    assert type(resolved) is type(value)


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_not_a_number(text: str) -> None:
    value = resolve(text)

    assert isinstance(value, float)
    assert math.isnan(value)


@pytest.mark.parametrize(
    "text", ["no", "yes", "on", "off", "y", "NO", "nUll", "tRue", "12:30", "1_000", "0b11", "2024-01-01"]
)
def test_what_yaml_1_1_would_turn_into_something_else_is_a_text(text: str) -> None:
    assert resolve(text) == text


def test_a_leading_zero_does_not_make_a_number_octal() -> None:
    assert resolve("017") == 17


@pytest.mark.parametrize(
    "text",
    ["4*16", "$filters", "28x28x6", "61,706", "(3, 3)", "1.2.3", "e5", ".", "+", "-", "1e", "0x", "0o9", "٣", "²"],
)
def test_what_is_no_number_is_a_text(text: str) -> None:
    assert resolve(text) == text


@given(st.from_regex(r"\A[-+]?(\.[0-9]{1,9}|[0-9]{1,9}(\.[0-9]{0,9})?)([eE][-+]?[0-9]{1,2})?\Z"))
def test_a_number_is_exactly_what_is_written(text: str) -> None:
    assert resolve(text) == Fraction(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_that_a_program_printed_can_be_read(value: float) -> None:
    assert resolve(repr(value)) == Fraction(repr(value))


@given(st.text("+-.0123456789eExo_", max_size=8))
def test_nothing_else_is_taken_for_a_number(text: str) -> None:
    # The expressions of the specification's table.
    number = re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+", text)
    try:
        value = resolve(text)
    except NumberTooLongError:
        assert number
    else:
        assert isinstance(value, int | Fraction) == bool(number)


@pytest.mark.parametrize(
    "text",
    [
        "9" * MAX_INTEGER_DIGITS,
        "-" + "9" * MAX_INTEGER_DIGITS,
        "0x" + f"{10**MAX_INTEGER_DIGITS - 1:x}",
        "0." + "1" * (MAX_DECIMAL_DIGITS - 1),
        f"1e{MAX_EXPONENT}",
        f"1e-{MAX_EXPONENT}",
        "1e" + "0" * 5000 + "1",
    ],
    ids=lambda text: text[:20],
)
def test_the_longest_numbers_that_are_read(text: str) -> None:
    assert not isinstance(resolve(text), str)


@pytest.mark.parametrize(
    ("text", "expected", "found"),
    [
        ("1" * 19, "an integer of at most 18 digits", "19 digits"),
        ("1" * 5000, "an integer of at most 18 digits", "5,000 digits"),
        ("0x" + f"{10**18:x}", "an integer of at most 18 digits", "19 digits"),
        ("0x" + "f" * 1_000_000, "an integer of at most 18 digits", "1,000,002 digits"),
        ("0." + "1" * 50, "a number of at most 50 digits", "51 digits"),
        ("1e401", "an exponent of at most 400", "a larger exponent"),
        ("1e-999999999999", "an exponent of at most 400", "a larger exponent"),
        ("1e" + "9" * 1_000_000, "an exponent of at most 400", "a larger exponent"),
    ],
    ids=lambda text: text[:20],
)
def test_a_longer_number_is_refused(text: str, expected: str, found: str) -> None:
    with pytest.raises(NumberTooLongError) as refusal:
        resolve(text)

    assert (refusal.value.expected, refusal.value.found) == (expected, found)
