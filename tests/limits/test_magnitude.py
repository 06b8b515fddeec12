"""Amounts as people write them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from cnncalc.errors import Problem
from cnncalc.magnitude import read_magnitude

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
def test_counts(text: str) -> None:
    assert read_magnitude(text).value == COUNTS[text]
    assert read_magnitude(text, "count").value == COUNTS[text]


@pytest.mark.parametrize("text", BYTES)
def test_bytes(text: str) -> None:
    assert read_magnitude(text, "bytes").value == BYTES[text]


def test_a_unit_says_what_is_meant() -> None:
    assert read_magnitude("98MB").kind == "bytes"
    assert read_magnitude("98MiB").kind == "bytes"
    assert read_magnitude("98M").kind == "count"
    assert read_magnitude("7B").kind == "count"  # billion


@pytest.mark.parametrize("text", ["", "a few", "5Q", "-3", "1,23", "5 MiB", "1e99", "9" * 50, "5M5", "12iB", "."])
def test_what_is_no_count(text: str) -> None:
    with pytest.raises(Problem) as caught:
        read_magnitude(text, "count")
    assert caught.value.id == "bad-amount"
    assert caught.value.expected == "a number such as 5000000, 5M or 1.2G"


# One unit in the last digit that is written says how precise a number is.
@pytest.mark.parametrize(
    ("text", "step"),
    [("25557032", 1), ("25.6M", 100_000), ("26M", 1_000_000), ("4.090G", 1_000_000), ("4.09", Fraction(1, 100))],
)
def test_how_precise_it_is(text: str, step: Fraction) -> None:
    assert read_magnitude(text).step == step


def test_zeros_at_the_end_may_stand_for_digits() -> None:
    assert read_magnitude("25600000").zeros == 100_000
    assert read_magnitude("25600001").zeros == 1
    assert read_magnitude("0").zeros == 1
