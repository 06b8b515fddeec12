"""Numbers as people write them, answers and amounts: what they are read as, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.errors import Problem
from cnncalc.numbers_as_written import is_nothing, read_amount, read_number, read_per_axis, read_shape

NUMBERS = {
    "61706": 61706,
    "61,706": 61706,
    "61 706": 61706,
    "61\u202f706": 61706,
    "61'706": 61706,
    "61’706": 61706,
    "61_706": 61706,
    "61.706": 61706,  # German thousands: a count is whole
    "1,234,567": 1234567,
    "61706.0": 61706,
    "1e3": 1000,
    "6.1706e4": 61706,
    "-5": -5,
    "28*28*6": 4704,
    "28 x 28 x 6": 4704,
    "28×28×6": 4704,
    "5^2*6 + 6": 156,
    "5**2*6 + 6": 156,
    "5²·6 + 6": 156,
    "(32 - 5)/1 + 1": 28,
    "floor((224 - 11)/4) + 1": 54,
    "28*28*6 = 4,704": 4704,
    "1,024*10": 10240,
    "1/3": Fraction(1, 3),
    "61706 parameters": 61706,
    "122304 MACs": 122304,
}


@pytest.mark.parametrize(("written", "number"), NUMBERS.items())
def test_a_number_is_read(written: str, number: int | Fraction) -> None:
    assert read_number(written) == number


@pytest.mark.parametrize(
    "written",
    [
        "", "many", "61,70", "1/0", "true", "28x28xsix", "0.1.2", "print(1)", "a" * 600, "9" * 5000, "1e9999",
        "(" * 300, "1" + "+(1" * 120 + ")" * 120, "111'" * 1900 + "1", "[1, 2]", "2 > 1", "$x", "-", "\x00",
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_with_what_was_expected(written: str) -> None:
    with pytest.raises(Problem) as refused:
        read_number(written)
    assert refused.value.id == "unreadable-answer"
    assert refused.value.expected
    assert len(refused.value.message) < 300


ROUNDED = {
    "61.7K": 61_700,
    "61.7 k": 61_700,
    "138M": 138_000_000,
    "1.8G": 1_800_000_000,
    "15.5 billion": 15_500_000_000,
    "2 thousand": 2000,
    "1.2 million": 1_200_000,
    "3.8 GFLOPs": 3_800_000_000,
    "~61,700": 61_700,
    "≈ 61700": 61_700,
}


@pytest.mark.parametrize(("written", "number"), ROUNDED.items())
def test_rounded_numbers_are_read_only_where_they_are_allowed(written: str, number: int) -> None:
    assert read_number(written, rounded=True) == number
    with pytest.raises(Problem) as refused:
        read_number(written)
    assert refused.value.id == "rounded-answer"


SHAPES = {
    "28x28x6": (28, 28, 6),
    "28 × 28 × 6": (28, 28, 6),
    "(28, 28, 6)": (28, 28, 6),
    "[None, 28, 28, 6]": (28, 28, 6),
    "(None, 28, 28, 6)": (28, 28, 6),
    "(batch, 28, 28, 6)": (28, 28, 6),
    "[-1, 28, 28, 6]": (28, 28, 6),
    "1x28x28x6": (28, 28, 6),
    "28,28,6": (28, 28, 6),
    "28 28 6": (28, 28, 6),
    "28*28*6": (28, 28, 6),
    "1,024x1,024x3": (1024, 1024, 3),
    "((32 - 5) + 1, 28, 6)": (28, 28, 6),
    "?x?x3": (None, None, 3),
    "28x28": (28, 28),
    "6@28x28": (28, 28, 6),  # as LeNet's paper writes it
    "H x W x C = 28x28x6": (28, 28, 6),
    "28*28*6 = 4704": (28, 28, 6),
    "28x28x6 = 28*28*6": (28, 28, 6),
}


@pytest.mark.parametrize(("written", "shape"), SHAPES.items())
def test_a_shape_is_read(written: str, shape: tuple[int, ...]) -> None:
    assert read_shape(written, 3) == shape


def test_a_list_is_a_shape() -> None:
    assert read_shape(("None", "28", "28", "6"), 3) == (28, 28, 6)
    assert read_shape(("400",), 1) == (400,)


@pytest.mark.parametrize(
    ("written", "shape"),
    [("400", (400,)), ("5*5*16", (400,)), ("(400,)", (400,)), ("None, 400", (400,)), ("4,096", (4096,)),
     ("5x5x16", (5, 5, 16)), ("5x5x16 = 400", (400,)), ("5*5*16 = 300", (300,))],
)  # fmt: skip
def test_the_shape_of_a_vector(written: str, shape: tuple[int, ...]) -> None:
    assert read_shape(written, 1) == shape


@pytest.mark.parametrize(
    "written", ["", "tall", "1/3x2x2", "28x28x", "{}", "x", "-5x-5x-5", "5 = 28x28x6", "5 = 7", "28x28x6 = 4700"]
)
def test_what_is_no_shape_is_refused(written: str) -> None:
    with pytest.raises(Problem):
        read_shape(written, 3)
    with pytest.raises(Problem):
        read_shape(("1",) * 1000, 3)


EXTENTS = {
    "5": (5, 5),
    "5x5": (5, 5),
    "5x7": (5, 7),
    "(5, 5)": (5, 5),
    "5*5": (5, 5),
    "5 + 2*2": (9, 9),
    "1,024": (1024, 1024),
    "1/2": (Fraction(1, 2), Fraction(1, 2)),
    "-1x-2": (-1, -2),
    "?x4": (None, 4),
    "5*5 = 25": (5, 5),
    "1 + 2*2 = 5": (5, 5),
}


@pytest.mark.parametrize(("written", "extent"), EXTENTS.items())
def test_a_receptive_field_is_read(written: str, extent: tuple[object, ...]) -> None:
    assert read_per_axis(written, 2) == extent


@pytest.mark.parametrize("written", ["-", " - ", "–", "none", "None", "n/a", "null", "not counted"])
def test_nothing_to_count(written: str) -> None:
    assert is_nothing(written)
    assert not is_nothing("0")


@given(st.integers(0, 10**60))
def test_every_number_with_separators_is_read(number: int) -> None:
    assert read_number(str(number)) == read_number(f"{number:,}") == read_number(f"{number:_}") == number


def problem_of(read: Callable[[str], object], written: str) -> Problem | None:
    try:
        read(written)
    except Problem as problem:
        return problem
    return None


@given(st.text(max_size=60), st.integers(1, 4))
def test_whatever_is_written_is_read_or_refused(written: str, rank: int) -> None:
    for read in (read_number, lambda text: read_shape(text, rank), lambda text: read_per_axis(text, rank)):
        problem = problem_of(read, written)
        assert problem is None or problem.message


@given(st.text(alphabet="0123456789,.x*+-/()[] '^²=?K%eE", max_size=80), st.integers(1, 3))
def test_whatever_looks_like_a_number_is_read_or_refused(written: str, rank: int) -> None:
    for read in (lambda text: read_number(text, rounded=True), lambda text: read_shape(text, rank)):
        problem = problem_of(read, written)
        assert problem is None or problem.message


# Amounts -------------------------------------------------------------------------------------------------

COUNTS = {
    "5M": 5_000_000,
    "4.09G": 4_090_000_000,
    "4.09 GFLOPs": 4_090_000_000,
    "300 MMACs": 300_000_000,
    "25.6 million": 25_600_000,
    "1.2B": 1_200_000_000,
    "25,557,032": 25_557_032,
    "25_557_032": 25_557_032,
    "25 557 032": 25_557_032,
    "25557032": 25_557_032,
    "3.8e9": 3_800_000_000,
    "3.8 x 10^9": 3_800_000_000,
    "3.8×10^9": 3_800_000_000,
    "1k": 1_000,
    "0.5": Fraction(1, 2),
}
BYTES = {
    "512MiB": 512 * 1024**2,
    "1.5GiB": 3 * 1024**3 // 2,
    "100 MB": 100_000_000,
    "100M": 100_000_000,
    "2000": 2_000,
    "2000B": 2_000,
    "64 KBytes": 64_000,
}


@pytest.mark.parametrize("text", COUNTS)
def test_an_amount_is_a_count(text: str) -> None:
    assert read_amount(text).value == COUNTS[text]
    assert read_amount(text, "count").value == COUNTS[text]


@pytest.mark.parametrize("text", BYTES)
def test_an_amount_is_bytes(text: str) -> None:
    assert read_amount(text, "bytes").value == BYTES[text]


def test_a_unit_says_what_is_meant() -> None:
    assert read_amount("98MB").kind == "bytes"
    assert read_amount("98MiB").kind == "bytes"
    assert read_amount("98M").kind == "count"
    assert read_amount("7B").kind == "count"  # billion


@pytest.mark.parametrize("text", ["", "a few", "5Q", "-3", "1,23", "5 MiB", "1e99", "9" * 50, "5M5", "12iB", "."])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(Problem) as caught:
        read_amount(text, "count")
    assert caught.value.id == "bad-amount"
    assert caught.value.expected == "a number such as 5000000, 5M or 1.2G"


# One unit in the last digit that is written says how precise a number is.
@pytest.mark.parametrize(
    ("text", "step"),
    [("25557032", 1), ("25.6M", 100_000), ("26M", 1_000_000), ("4.090G", 1_000_000), ("4.09", Fraction(1, 100))],
)
def test_how_precise_it_is(text: str, step: Fraction) -> None:
    assert read_amount(text).step == step


def test_zeros_at_the_end_may_stand_for_digits() -> None:
    assert read_amount("25600000").zeros == 100_000
    assert read_amount("25600001").zeros == 1
    assert read_amount("0").zeros == 1
