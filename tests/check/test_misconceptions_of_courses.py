"""What students of several courses got wrong, each on a small net: the wrong number is explained by its mistake.

Every wrong number is written as the arithmetic that gives it, next to the right one.
"""

from __future__ import annotations

from functools import cache

import pytest

import cnncalc
from cnncalc.marking.misconceptions import CATALOGUE
from tests.check.test_misconceptions import WRONG

LENET = "lenet5"
SEPARABLE = "{input: [32, 32, 3], layers: [{SeparableConv2D: {filters: 16, kernel_size: 3, name: sep}}]}"
MAP = "{input: [4, 4, 8], layers: [{Dense: {units: 10, name: dense}}]}"
NORM = """
input: [8, 8, 3]
layers:
  - Conv2D: {filters: 4, kernel_size: 3, name: conv}
  - BatchNormalization: {name: norm}
  - Flatten: {name: flat}
  - Dense: {units: 2, name: dense}
"""
ODD = "{input: [225, 225, 3], layers: [{Conv2D: {filters: 8, kernel_size: 4, strides: 2, name: conv}}]}"
PADDED = """
input: [32, 32, 3]
layers:
  - Conv2D: {filters: 8, kernel_size: 5, padding: 2, name: conv}
  - MaxPooling2D: {pool_size: 3, strides: 1, padding: same, name: pool}
"""
BRANCHES = """
input: [28, 28, 192]
layers:
  - Concatenate:
      name: join
      branches:
        a: [{Conv2D: {filters: 64, kernel_size: 1, name: a}}]
        b: [{Conv2D: {filters: 96, kernel_size: 1, name: b_1}},
            {Conv2D: {filters: 128, kernel_size: 3, padding: same, name: b_2}}]
        c: [{MaxPooling2D: {pool_size: 3, strides: 1, padding: same}}, {Conv2D: {filters: 32, kernel_size: 1, name: c}}]
"""
A, B1, B2, C = 192 * 64 + 64, 192 * 96 + 96, 3 * 3 * 96 * 128 + 128, 192 * 32 + 32
TRANSPOSED = "{input: [7, 7, 16], layers: [{Conv2DTranspose: {filters: 8, kernel_size: 3, strides: 2, name: up}}]}"
STACK = """
input: [64, 64, 3]
layers:
  - Conv2D: {filters: 4, kernel_size: 3, name: c1}
  - Conv2D: {filters: 4, kernel_size: 3, name: c2}
  - MaxPooling2D: {name: pool}
  - Conv2D: {filters: 4, kernel_size: 3, name: c3}
  - Conv2D: {filters: 4, kernel_size: 3, name: c4}
"""
BLOCKS = """
input: [64, 64, 16]
blocks:
  basic:
    layers:
      - Conv2D: {filters: 16, kernel_size: 3, padding: same}
      - Conv2D: {filters: 16, kernel_size: 3, padding: same}
layers:
  - Conv2D: {filters: 16, kernel_size: 3, padding: same, name: stem}
  - basic: {name: b1}
  - basic: {name: b2}
"""
DILATED = """
input: [64, 64, 1]
layers:
  - Conv2D: {filters: 4, kernel_size: 3, name: d1}
  - Conv2D: {filters: 4, kernel_size: 3, dilation_rate: 2, name: d2}
  - Conv2D: {filters: 4, kernel_size: 3, dilation_rate: 4, name: d4}
"""
SMALL = "{input: [8, 8, 1], layers: [{Conv2D: {filters: 1, kernel_size: 5, padding: same, repeat: 3, name: c}}]}"

NOTES = [
    # Parameters.
    ("weights-per-position", LENET, "conv2d", "params", 28 * 28 * 6 * 5 * 5 + 6),
    ("weights-per-position", LENET, "conv2d", "params", 156 * 28 * 28),
    ("kernel-not-squared", LENET, "conv2d_1", "params", 5 * 6 * 16 + 16),
    ("bias-per-input-channel", LENET, "conv2d_1", "params", 5 * 5 * 6 * 16 + 6 + 16),
    ("bias-per-input-channel", LENET, "conv2d_1", "params", 5 * 5 * 6 * 16 + 6 * 16),
    ("flatten-off-by-a-pooling", LENET, "dense", "params", 10 * 10 * 16 * 120 + 120),
    ("pooling-given-parameters", LENET, "average_pooling2d", "params", 2 * 2 * 6),
    ("pooling-given-parameters", LENET, "average_pooling2d", "params", 2 * 2),
    ("two-biases-of-separable", SEPARABLE, "sep", "params", 3 * 3 * 3 + 3 + 3 * 16 + 16),
    ("dense-on-map", MAP, "dense", "params", 4 * 4 * (8 * 10 + 10)),
    ("dense-on-map", MAP, "dense", "params", 4 * 4 * 8 * 10 + 10),
    ("batchnorm-per-position", NORM, "norm", "params", 4 * 6 * 6 * 4),
    # Totals, along the net.
    ("batchnorm-two-per-channel", NORM, "totals", "params", (3 * 3 * 3 * 4 + 4) + 2 * 4 + (6 * 6 * 4 * 2 + 2)),
    ("batchnorm-all-trainable", NORM, "totals", "trainable_params", (3 * 3 * 3 * 4 + 4) + 4 * 4 + (6 * 6 * 4 * 2 + 2)),
    ("weights-per-position", STACK, "totals", "params",
     112 * 62 * 62 + 148 * 60 * 60 + 148 * 28 * 28 + 148 * 26 * 26),
    ("input-channels-left-out", STACK, "totals", "params", 4 * (3 * 3 * 4 + 4)),
    ("branch-left-out", BRANCHES, "totals", "params", A + C),
    ("branch-counted-twice", BRANCHES, "totals", "params", A + 2 * (B1 + B2) + C),
    # Shapes.
    ("fraction-not-rounded", ODD, "conv", "output_shape", "111.5x111.5x8"),
    ("fraction-not-rounded", ODD, "conv", "output_shape", "invalid"),
    ("padding-once", PADDED, "conv", "output_shape", "30x30x8"),
    ("padding-added-to-channels", PADDED, "conv", "output_shape", f"32x32x{8 + 2 * 2}"),
    ("pooling-changes-channels", LENET, "average_pooling2d", "output_shape", f"14x14x{6 // 2}"),
    ("channels-from-elsewhere", PADDED, "conv", "output_shape", "32x32x5"),
    ("input-channels-kept", PADDED, "conv", "output_shape", "32x32x3"),
    ("channels-from-elsewhere", PADDED, "conv", "output_shape", "32x32x32"),
    ("pool-always-halves", PADDED, "pool", "output_shape", "16x16x8"),
    ("inside-of-branches-joined", BRANCHES, "join", "output_shape", f"28x28x{64 + 96 + 128 + 32}"),
    ("branches-not-joined", BRANCHES, "join", "output_shape", "28x28x64"),
    ("branches-not-joined", BRANCHES, "join", "output_shape", "28x28x32"),
    ("transposed-length", TRANSPOSED, "up", "output_shape", f"{7 * 2}x{7 * 2}x8"),
    # Operations.
    ("one-axis-of-map-left-out", LENET, "conv2d", "ops", 28 * 6 * (5 * 5 + 1)),
    ("input-channels-left-out", LENET, "conv2d_1", "macs", 10 * 10 * 16 * 5 * 5),
    ("macs-for-flops", LENET, "conv2d", "flops", 28 * 28 * 6 * 5 * 5),
    ("other-question-of-layer", LENET, "conv2d", "macs", 2 * 117_600 + 2 * 4_704),
    # Any quantity.
    ("neurons-as-parameters", LENET, "conv2d", "params", 28 * 28 * 6),
    ("other-question-of-layer", LENET, "conv2d_1", "output_shape", "14x14x6"),
    ("answer-of-other-layer", LENET, "dense", "params", 120 * 84 + 84),
    ("digits-exchanged", LENET, "dense", "params", 48_210),
    ("one-digit-off", LENET, "dense", "params", 48_130),
    ("power-of-ten", LENET, "dense", "params", 48_120_000),
    ("power-of-ten", LENET, "conv2d", "ops", 1_223_040),
]  # fmt: skip

FIELDS = [
    # Exact fields: r + (k - 1)*j. LeNet-5: 5, 6, 14, 16; the stack: 3, 5, 6, 10, 14.
    ("field-of-the-neighbour", LENET, "conv2d_1", 6),
    ("field-of-the-neighbour", STACK, "c3", 14),
    ("field-off-by-one", LENET, "conv2d_1", (5 - 1) + 1 + 4 * 2),
    ("field-off-by-one", STACK, "c2", 2 * (3 - 1)),
    ("fields-of-blocks-combined", STACK, "c4", 6 + 5),
    ("fields-of-blocks-combined", STACK, "c4", 6 * 5),
    ("windows-of-block-once", BLOCKS, "b2/conv2d_1", 3 + 2 + 2),
    ("own-window-only", DILATED, "d4", 4 * (3 - 1) + 1),
    ("dilation-ignored", DILATED, "d4", 3 + 2 + 2),
    ("stride-a-layer-late", "alexnet", "conv2d_1", 11 + 2 * 1 + 4 * 4),
    ("own-stride-included", LENET, "average_pooling2d", 5 + 1 * 2),
    ("strides-left-out-of-field", STACK, "c4", 5 + 1 + 2 + 2),
    ("pooling-doubles-field", STACK, "pool", 5 * 2),
    ("field-off-by-one", LENET, "conv2d_1", (5 + 1) + 1 + 4 * 2),
    ("poolings-left-out-of-field", STACK, "c3", 3 + 2 + 2),
    ("poolings-left-out-of-field", STACK, "c3", 3 + 2 + 2 * 2),
    ("strides-left-out-of-field", "alexnet", "conv2d_1", 11 + 2 * 4 + 4 * 4),  # the pooling's
    ("strides-left-out-of-field", "alexnet", "conv2d_1", 11 + 2 * 1 + 4 * 2),  # the convolution's
    ("one-stride-for-all", "alexnet", "conv2d_1", 11 + 2 * 2 + 4 * 1),
    ("one-stride-for-all", "alexnet", "conv2d_1", 11 + 2 * 4 + 4 * 2),
    ("field-times-stride", STACK, "c3", (5 * 2 + 2 - 2) * 1 + 3 - 1),
    ("field-times-stride", STACK, "pool", 5 * 2 + 2 - 1),
    ("padding-added-to-field", BLOCKS, "b1/conv2d", (3 + 2) + 2 + 2),
    ("padding-added-to-field", BLOCKS, "b1/conv2d", (3 + 1) + 2 + 1),
    ("padding-added-to-field", "alexnet", "conv2d_1", (11 - 2 * 2) + 2 * 4 + (5 - 1 - 2 * 2) * 8),
    ("effective-kernel-mistaken", DILATED, "d4", 3 + (3 * 2 - 1) + (3 * 4 - 1)),
    ("effective-kernel-mistaken", DILATED, "d2", 3 + (3 - 1) * 2 - 1),
    ("effective-kernel-mistaken", DILATED, "d4", 3 + 2 * 1 + 2 * 2),  # a dilation taken for a stride
    ("first-window-left-out", STACK, "c3", 3 + 1 + 2 * 2),
    ("field-cut-at-the-border", SMALL, "c_3", 8),
    ("field-as-area", LENET, "conv2d_1", 14 * 14),
    ("field-to-one-side", "alexnet", "conv2d_1", (51 - 1) // 2),
    ("stride-for-field", "alexnet", "conv2d_1", 4 * 2),
    ("layers-in-reverse", STACK, "c3", 3 + 1 + 2 * 2 + 2 * 2),
]


@cache
def model(spec: str) -> cnncalc.Model:
    return cnncalc.loads(spec) if "input" in spec else cnncalc.load(spec)


@pytest.mark.parametrize(("id", "spec", "layer", "quantity", "answer"), NOTES)
def test_a_mistake_is_among_the_reasons(id: str, spec: str, layer: str, quantity: str, answer: object) -> None:
    (mark,) = cnncalc.check(model(spec), {layer: {quantity: answer}}).marks
    assert mark.status == "wrong"
    assert id in [reason.id for reason in mark.reasons]
    assert all(reason.together_with is None for reason in mark.reasons)


@pytest.mark.parametrize(("id", "spec", "layer", "answer"), FIELDS)
def test_a_mistake_in_a_receptive_field_is_among_the_reasons(id: str, spec: str, layer: str, answer: int) -> None:
    (mark,) = cnncalc.check(model(spec), {layer: {"receptive_field": answer}}, convention="exact").marks
    assert mark.status == "wrong"
    assert id in [reason.id for reason in mark.reasons]


def test_a_total_that_is_not_the_sum_of_the_sheets_own_rows() -> None:
    rows = {row.name: {"params": row.params} for row in model(LENET).analyze().layers[1:]}
    marks = cnncalc.check(model(LENET), rows | {"totals": {"params": 61_000}})
    assert [reason.id for reason in marks.marks[-1].reasons] == ["not-the-sum-of-the-rows"]


def test_who_has_an_earlier_field_right_did_not_start_with_the_wrong_one() -> None:
    """13 for 14 is one too small; with 6 before it that is no mistake at the start."""
    sheet = {"average_pooling2d": {"receptive_field": 6}, "conv2d_1": {"receptive_field": 13}}
    marks = cnncalc.check(model(LENET), sheet, convention="exact")
    assert "field-off-by-one" not in [reason.id for reason in marks.marks[1].reasons]


def test_every_mistake_of_the_catalogue_is_tested() -> None:
    tested = {wrong.id for wrong in WRONG} | {case[0] for case in (*NOTES, *FIELDS)} | {"not-the-sum-of-the-rows"}
    assert {misconception.id for misconception in CATALOGUE} == tested
