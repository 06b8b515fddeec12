"""What is right given an earlier wrong answer earns its credit; the wrong answer loses its points once."""

from __future__ import annotations

from typing import Any

import pytest

import cnncalc
from cnncalc.marking.marks import Mark

LENET = cnncalc.load("lenet5")

# The first convolution taken for padding 1: 32 + 2 - 5 + 1 = 30. Everything after it is right for 30x30x6.
ONE_WRONG_SHAPE: dict[str, dict[str, Any]] = {
    "conv2d": {"output_shape": "30x30x6", "neurons": 30 * 30 * 6, "params": 156, "ops": 30 * 30 * 6 * 26},
    "average_pooling2d": {"output_shape": "15x15x6", "neurons": 15 * 15 * 6, "params": 0, "ops": 0},
    "conv2d_1": {"output_shape": "11x11x16", "neurons": 11 * 11 * 16, "params": 2416, "ops": 11 * 11 * 16 * 151},
    "average_pooling2d_1": {"output_shape": "5x5x16", "neurons": 400, "params": 0, "ops": 0},  # floor((11 - 2)/2) + 1
    "flatten": {"output_shape": 400, "neurons": 400, "params": 0, "ops": "-"},
    "dense": {"output_shape": 120, "neurons": 120, "params": 48120, "ops": 48120},
}


def marks(answers: dict[str, dict[str, Any]], **options: Any) -> dict[tuple[str, str], Mark]:
    marked = cnncalc.check(LENET, answers, **options)
    return {(mark.layer, mark.quantity): mark for mark in marked.marks}


def test_one_wrong_shape_loses_points_once() -> None:
    marked = cnncalc.check(LENET, ONE_WRONG_SHAPE)
    assert [(mark.layer, mark.quantity) for mark in marked.marks if mark.status == "wrong"] == [
        ("conv2d", "output_shape")
    ]
    assert marked.max_points - marked.points == 1


def test_each_consequence_names_the_layer_that_it_follows_from() -> None:
    found = marks(ONE_WRONG_SHAPE)
    following = {key for key, mark in found.items() if mark.status == "follows"}
    assert following == {
        ("conv2d", "neurons"), ("conv2d", "ops"),
        ("average_pooling2d", "output_shape"), ("average_pooling2d", "neurons"),
        ("conv2d_1", "output_shape"), ("conv2d_1", "neurons"), ("conv2d_1", "ops"),
    }  # fmt: skip
    for key in following:
        assert (found[key].follows_from, found[key].follows_from_quantity) == ("conv2d", "output_shape")
        assert found[key].points == 1


def test_a_strict_key_gives_no_credit_for_consequences() -> None:
    marked = cnncalc.check(LENET, ONE_WRONG_SHAPE, follow_through=False)
    assert marked.count("wrong") == 8
    assert marked.count("follows") == 0


def test_a_wrong_shape_at_the_end_of_the_map_follows_into_the_dense_layer() -> None:
    """6x6x16 flattened is 576, and 576*120 + 120 parameters follow from it."""
    found = marks(
        {
            "average_pooling2d_1": {"output_shape": "6x6x16"},
            "flatten": {"output_shape": 576, "neurons": 576},
            "dense": {"params": 576 * 120 + 120, "ops": 576 * 120 + 120},
            "totals": {"params": 61706 - 48120 + 576 * 120 + 120},
        }
    )
    assert [mark.status for mark in found.values()] == ["wrong", *["follows"] * 5]
    assert found["flatten", "output_shape"].follows_from == "average_pooling2d_1"
    assert found["totals", "params"].follows_from == "dense"


def test_a_second_mistake_in_a_consequence_is_wrong_and_explained_from_the_students_own_values() -> None:
    found = marks({"flatten": {"output_shape": 576}, "dense": {"params": 576 * 120}})
    mark = found["dense", "params"]
    assert mark.status == "wrong"
    assert [reason.id for reason in mark.reasons] == ["bias-forgotten"]


def test_what_is_right_in_spite_of_an_earlier_mistake_is_right() -> None:
    found = marks({"conv2d": {"output_shape": "30x30x6"}, "average_pooling2d": {"output_shape": "14x14x6"}})
    assert found["average_pooling2d", "output_shape"].status == "right"


def test_parameters_follow_into_trainable_ones_operations_and_totals() -> None:
    """Without its bias the first convolution has 150 parameters, and 4704*150/6 operations."""
    found = marks(
        {
            "conv2d": {"params": 150, "trainable_params": 150, "ops": 4704 * 150 // 6},
            "totals": {"params": 61706 - 6, "trainable_params": 61706 - 6, "ops": 423038 - 122304 + 117600},
        }
    )
    assert [mark.status for mark in found.values()] == ["wrong", *["follows"] * 5]
    assert found["conv2d", "ops"].follows_from_quantity == "params"


def test_neurons_follow_into_operations() -> None:
    found = marks({"conv2d": {"neurons": 784, "ops": 784 * 156 // 6}})
    assert found["conv2d", "ops"].follows_from_quantity == "neurons"


@pytest.mark.parametrize(
    ("convention", "answers", "total"),
    [
        # 5, then 5 + (2 - 1)*3 = 8 by mistake; by the notes + 4*2 and + 1*4 (LeNet-5's strides 2 and 2*2).
        ("notes", {"average_pooling2d": 8, "conv2d_1": 8 + 4 * 2, "average_pooling2d_1": 16 + 1 * 4}, 20),
        # Exactly: + 4*2 and + 1*2; Dense sees all 5 positions, 4 apart: 4*4 more.
        ("exact", {"average_pooling2d": 8, "conv2d_1": 8 + 8, "average_pooling2d_1": 18, "dense": 18 + 4 * 4}, 34),
    ],
)
def test_a_running_receptive_field_follows(convention: str, answers: dict[str, int], total: int) -> None:
    sheet: dict[str, dict[str, Any]] = {layer: {"receptive_field": field} for layer, field in answers.items()}
    found = marks({**sheet, "totals": {"receptive_field": total}}, convention=convention)
    assert [mark.status for mark in found.values()] == ["wrong", *["follows"] * (len(found) - 1)]
    assert {mark.follows_from for mark in found.values()} == {None, "average_pooling2d"}


def test_follow_through_at_a_merge_and_behind_it() -> None:
    model = cnncalc.from_dict(
        {
            "input": [16, 16, 4],
            "layers": [
                {"Conv2D": {"filters": 8, "kernel_size": 3, "padding": "same", "name": "stem"}},
                {
                    "Add": {
                        "name": "sum",
                        "branches": {
                            "main": [{"Conv2D": {"filters": 8, "kernel_size": 3, "padding": "same", "name": "inner"}}],
                            "shortcut": [],
                        },
                    }
                },
                {"Flatten": {"name": "flat"}},
            ],
        }
    )
    marked = cnncalc.check(
        model,
        {
            "stem": {"output_shape": "14x14x8"},
            "inner": {"output_shape": "14x14x8"},
            "sum": {"output_shape": "14x14x8"},
            "flat": {"output_shape": 14 * 14 * 8},
        },
    )
    assert [mark.status for mark in marked.marks] == ["wrong", "follows", "follows", "follows"]
    assert [mark.follows_from for mark in marked.marks] == [None, "stem", "stem", "stem"]


def test_where_the_students_values_lead_nowhere_the_right_ones_count_again() -> None:
    """No 5x5 window fits into 3x3; what comes later is marked by the key."""
    found = marks({"average_pooling2d": {"output_shape": "3x3x6"}, "conv2d_1": {"output_shape": "10x10x16"}})
    assert found["conv2d_1", "output_shape"].status == "right"


@pytest.mark.parametrize("shape", ["0x0x6", "28x28", "28x28x6x1x1", "999999999999999999x1x6"])
def test_shapes_that_nothing_can_follow_from_are_just_wrong(shape: str) -> None:
    found = marks({"conv2d": {"output_shape": shape}, "dense": {"params": 48120}})
    assert [mark.status for mark in found.values()] == ["wrong", "right"]
