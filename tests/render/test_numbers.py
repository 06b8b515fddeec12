"""Integers are exact at any size; memory sizes are Keras's."""

from __future__ import annotations

from fractions import Fraction

import pytest

from cnncalc.digits import digits
from cnncalc.render.numbers import extent, grouped, memory_size

LONG = 10**6000 + 7
"""More digits than Python turns into text by itself (4300)."""


def test_an_integer_of_any_size_is_exact() -> None:
    assert digits(LONG) == "1" + "0" * 5999 + "7"
    assert grouped(LONG) == "1" + ",000" * 1999 + ",007"
    assert digits(-LONG) == "-" + digits(LONG)


def test_what_is_not_known_is_a_dash() -> None:
    assert grouped(None) == "-"
    assert grouped(0) == "0"
    assert extent(None) == "-"


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ((5, 5), "5x5"),
        ((3,), "3"),
        ((Fraction(1, 2), Fraction(2)), "1/2x2"),
        ((None, 4), "?x4"),
        ((-3, -3), "-3x-3"),
        ((LONG,), digits(LONG)),
    ],
)
def test_an_extent_has_an_entry_for_each_axis(values: tuple[int | Fraction | None, ...], shown: str) -> None:
    assert extent(values) == shown


@pytest.mark.parametrize(
    ("params", "shown"),
    [
        (0, "0.00 B"),
        (255, "1020.00 B"),
        (256, "1.00 KB"),
        # The next ones as keras.Model.summary() of Keras 3.15 prints them for LeNet-5, ResNet50 and VGG16.
        (61_706, "241.04 KB"),
        (25_636_712, "97.80 MB"),
        (53_120, "207.50 KB"),
        (138_357_544, "527.79 MB"),
        (2**28, "1.00 GB"),
        (2**68, "1048576.00 PB"),
    ],
)
def test_memory_sizes_are_those_of_keras(params: int, shown: str) -> None:
    assert memory_size(params) == shown
