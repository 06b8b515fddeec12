"""Integers, extents, memory sizes; the last are Keras's."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

import cnncalc
from cnncalc.errors import SpecError
from cnncalc.render.formats import Format, render
from cnncalc.render.numbers import extent, grouped, memory_size


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


@pytest.mark.parametrize("format", ["table", "json", "csv", "markdown", "latex", "html"])
def test_the_longest_numbers_are_written_in_full(format: Format) -> None:
    """10^17 on each of 70 axes, and 7 units at each of these 10^1190 positions."""
    model = cnncalc.from_dict({"input": [*[10**17] * 70, 1], "layers": [{"Dense": 7}]})
    text = render(format, [("net", model.analyze())])
    assert f"{7 * 10**1190}" in re.sub("[,{}\\s]", "", text)


STRIDES = {"MaxPooling1D": {"pool_size": 1, "strides": 10**15, "padding": "same"}}


@pytest.mark.parametrize(("input", "layers"), [([*[10**17] * 80, 1], ["ReLU"]), ([10**17, 1], [STRIDES] * 81)])
def test_longer_numbers_are_refused(input: list[int], layers: list[object]) -> None:
    with pytest.raises(SpecError) as refused:
        cnncalc.from_dict({"input": input, "layers": layers}).analyze()
    assert refused.value.diagnostics[0].id == "numbers-too-long"
