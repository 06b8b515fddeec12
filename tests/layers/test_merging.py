"""Merges: how shapes broadcast, what is counted, and what is said where inputs do not fit together.

The expected shapes are what Keras 3.15 reports.
"""

from __future__ import annotations

import random
import re

import pytest
import yaml

from cnncalc.errors import Problem
from cnncalc.layers.registry import layer_class
from cnncalc.receptive_fields.reach import Pointwise, Scrambled
from cnncalc.tensor import Shape, Tensor
from tests.layers.layer_figures import Arguments, build, counts, problem, shape_of


@pytest.mark.parametrize(
    ("kind", "arguments", "inputs", "y"),
    [
        ("Add", {}, [(28, 28, 64)] * 3, (28, 28, 64)),
        ("Add", {}, [(28, 1, 64), (28, 1), (5, 1, 1, 1)], (5, 28, 28, 64)),
        ("Multiply", {}, [(28, 28, 64), (1, 1, 64)], (28, 28, 64)),
        ("Multiply", {}, [(64,), (28, 28, 64)], (28, 28, 64)),
        ("Maximum", {}, [(None, 28, 64), (14, 1, 64)], (None, 28, 64)),
        ("Subtract", {}, [(10,), (10,)], (10,)),
        ("Concatenate", {}, [(28, 28, 64), (28, 28, 3), (28, 28, 1)], (28, 28, 68)),
        ("Concatenate", {"axis": 1}, [(3, 5, 6), (4, 5, 6)], (7, 5, 6)),
        ("Concatenate", {"axis": -2}, [(None, 5, 6), (4, None, 6)], (None, None, 6)),
    ],
)
def test_shapes_of_merges(kind: str, arguments: Arguments, inputs: list[Shape], y: Shape) -> None:
    assert shape_of(kind, arguments, *inputs) == y


def test_merges_keep_the_regions() -> None:
    regions = Tensor((7, 7, 64), instances=300)
    assert build("Add", {}).output([regions, regions]) == regions


def test_flops_of_merges_count_every_input_after_the_first() -> None:
    assert counts("Add", {}, (28, 28, 64), (28, 28, 64), (1, 1, 64)) == (0, 2 * 28 * 28 * 64)
    assert counts("Concatenate", {}, (28, 28, 64), (28, 28, 64)) == (0, 0)


def test_concatenating_positions_scrambles_the_boxes() -> None:
    assert build("Concatenate", {}).reach((4, 5, 6), (4, 5, 12)) == Pointwise()
    reason = "it joins its inputs along a spatial axis"
    assert build("Concatenate", {"axis": 1}).reach((4, 5, 6), (8, 5, 6)) == Scrambled(reason)


def test_shapes_that_do_not_merge_are_named() -> None:
    found = problem("Add", {}, (28, 28, 64), (14, 14, 64))
    assert found.id == "shapes-do-not-fit"
    assert found.message == (
        "Add needs inputs that fit together, but the height differs, 28 and 14: "
        "input 1 is 28x28x64, input 2 is 14x14x64"
    )
    assert found.suggestion == (
        "Conv2D: {filters: 64, kernel_size: 1, strides: 2} on input 1 would make it 14x14x64, "
        "or UpSampling2D: 2 on input 2"
    )
    many = problem("Concatenate", {}, *[(28, 28, 64)] * 500, (28, 27, 64))
    assert "input 1 is 28x28x64, input 501 is 28x27x64" in many.message
    assert many.suggestion == "Cropping2D: [[0, 0], [0, 1]] on input 1 would make it 28x27x64"


def test_merges_need_the_right_number_of_inputs() -> None:
    assert problem("Add", {}, (6,)).message == "Add needs at least two inputs, not 1"
    assert problem("Subtract", {}, (6,), (6,), (6,)).message == "Subtract needs exactly two inputs, not 3"


def test_regions_merge_only_with_as_many_regions() -> None:
    with pytest.raises(Problem, match=r"can't merge 300 instances \(regions\) with 1"):
        build("Add", {}).output([Tensor((6,), instances=300), Tensor((6,))])


def applied(item: str, x: Shape) -> Shape:
    """The shape behind an item as a suggestion writes it, such as `Cropping2D: 4`."""
    written = yaml.safe_load(item)
    kind, value = next(iter(written.items())) if isinstance(written, dict) else (written, {})
    return shape_of(kind, value if isinstance(value, dict) else {layer_class(kind).primary: value}, x)


@pytest.mark.parametrize("kind", ["Add", "Concatenate"])
def test_every_suggested_item_makes_the_inputs_fit(kind: str) -> None:
    draw = random.Random(kind)
    tried = set()
    for _ in range(500):
        ranks = draw.choice([(0, 0), (2, 2), (2, 2), (3, 3), (0, 2)])
        inputs = [(*(draw.choice([2, 3, 4, 7, 8]) for _ in range(rank)), draw.choice([3, 6])) for rank in ranks]
        try:
            shape_of(kind, {}, *inputs)
        except Problem as found:
            for item, number in re.findall(r"(\w+: \S.*?|Flatten) on input (\d)", found.suggestion or ""):
                index = int(number) - 1
                repaired = [applied(item, x) if place == index else x for place, x in enumerate(inputs)]
                shape_of(kind, {}, *repaired)
                tried.add(item.partition(":")[0])
    assert tried >= {"Conv2D", "UpSampling2D", "Cropping2D", "Dense" if kind == "Add" else "Flatten"}
