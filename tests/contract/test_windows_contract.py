"""Output shapes of convolutions and poolings, cell by cell, by the formula of the table, worked out beside them."""

from __future__ import annotations

import re

import pytest

from tests.contract.specs import last, layer, refusal, says

Shape = list[int]


def shape(item: str, input: str) -> object:
    return layer(item, input)["output_shape"]


# Windows --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "input", "expected"),
    [
        # valid: floor((N - k_eff)/s) + 1
        ("kernel_size: 3", "10x12x1", [8, 10, 5]),
        ("kernel_size: 3, strides: 2", "10x12x1", [4, 5, 5]),  # floor(7/2)+1, floor(9/2)+1
        ("kernel_size: [3, 5], strides: [2, 3]", "10x12x1", [4, 3, 5]),  # floor(7/2)+1, floor(7/3)+1
        ("kernel_size: 3, dilation_rate: 2", "10x12x1", [6, 8, 5]),  # k_eff 5
        ("kernel_size: 3, dilation_rate: [1, 3]", "10x12x1", [8, 6, 5]),  # k_eff 3, 7
        ("kernel_size: 3, dilation_rate: 2, strides: 2", "10x12x1", [3, 4, 5]),  # floor(5/2)+1, floor(7/2)+1
        ("kernel_size: 10x12", "10x12x1", [1, 1, 5]),
        ("kernel_size: 1, strides: 4", "10x12x1", [3, 3, 5]),  # floor(9/4)+1, floor(11/4)+1
        # same: ceil(N/s), even kernels too
        ("kernel_size: 3, padding: same", "10x12x1", [10, 12, 5]),
        ("kernel_size: 4, padding: same", "10x12x1", [10, 12, 5]),
        ("kernel_size: 3, padding: same, strides: 3", "10x12x1", [4, 4, 5]),
        ("kernel_size: 2, padding: same, strides: 3", "11x13x1", [4, 5, 5]),
        ("kernel_size: 1, padding: same, strides: 3", "11x13x1", [4, 5, 5]),
        ("kernel_size: 3, padding: same, dilation_rate: 4", "10x12x1", [10, 12, 5]),
        ("kernel_size: 21, padding: same", "10x12x1", [10, 12, 5]),
        # numbers: floor((N + before + after - k_eff)/s) + 1
        ("kernel_size: 3, padding: 1", "10x12x1", [10, 12, 5]),
        ("kernel_size: 3, padding: 0", "10x12x1", [8, 10, 5]),
        ("kernel_size: 7, padding: 3, strides: 2", "224x224x3", [112, 112, 5]),  # ResNet's stem
        ("kernel_size: 3, padding: [1, 2]", "10x12x1", [10, 14, 5]),
        ("kernel_size: 3, padding: [[0, 1], [2, 3]]", "10x12x1", [9, 15, 5]),
        ("kernel_size: 3, padding: [1, [2, 3]]", "10x12x1", [10, 15, 5]),
        ("kernel_size: 3, padding: 1x2", "10x12x1", [10, 14, 5]),
        ("kernel_size: 2, padding: 1, strides: 2", "5x5x1", [3, 3, 5]),  # floor(5/2)+1
        ("kernel_size: 11, padding: 1", "9x9x1", [1, 1, 5]),
        ("kernel_size: 11, strides: 4", "227x227x3", [55, 55, 5]),  # AlexNet
    ],
)
def test_convolution(options: str, input: str, expected: Shape) -> None:
    assert shape(f"Conv2D: {{filters: 5, {options}}}", input) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("kernel_size: 3", [8, 5]),
        ("kernel_size: [3]", [8, 5]),
        ("kernel_size: 3, strides: [2]", [4, 5]),
        ("kernel_size: 3, padding: same, strides: 3", [4, 5]),
        ("kernel_size: 3, padding: causal", [10, 5]),  # before 2, after 0
        ("kernel_size: 3, padding: causal, dilation_rate: 4", [10, 5]),  # before 8
        ("kernel_size: 3, padding: causal, strides: 3", [4, 5]),  # floor((12 - 3)/3) + 1
        ("kernel_size: 3, padding: 2", [12, 5]),
        ("kernel_size: 3, padding: [2]", [12, 5]),
        ("kernel_size: 3, padding: [[2, 0]]", [10, 5]),
        ("kernel_size: 3, padding: [[0, 3]], strides: 2", [6, 5]),  # floor(10/2)+1
    ],
)
def test_one_axis(options: str, expected: Shape) -> None:
    assert shape(f"Conv1D: {{filters: 5, {options}}}", "10x2") == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("kernel_size: 3", [4, 6, 8, 5]),
        ("kernel_size: [1, 2, 3], strides: [1, 2, 3]", [6, 4, 3, 5]),  # floor(6/2)+1, floor(7/3)+1
        ("kernel_size: 3x3x1, padding: same, strides: 2", [3, 4, 5, 5]),
        ("kernel_size: 3, padding: [1, 0, [1, 2]]", [6, 6, 11, 5]),
        ("kernel_size: 2, dilation_rate: [1, 2, 3]", [5, 6, 7, 5]),  # k_eff 2, 3, 4
    ],
)
def test_three_axes(options: str, expected: Shape) -> None:
    assert shape(f"Conv3D: {{filters: 5, {options}}}", "6x8x10x2") == expected


@pytest.mark.parametrize(
    ("item", "input", "words"),
    [
        ("Conv2D: {filters: 5, kernel_size: 11}", "10x12x1", r"conv2d|height.*11|11.*10"),
        ("Conv2D: {filters: 5, kernel_size: [1, 13]}", "10x12x1", "width|13"),
        ("Conv2D: {filters: 5, kernel_size: 6, dilation_rate: 2}", "10x12x1", "11"),
        ("MaxPooling2D: 4", "3x9x1", "4"),
        ("Conv1D: {filters: 5, kernel_size: 4}", "3x1", "4"),
        ("Cropping2D: 5", "10x12x1", "5|10"),
        ("Conv2D: {filters: 5, kernel_size: 3}", "10x12", "2D|rank|axes|shape"),
        ("Conv2D: {filters: 5, kernel_size: 3}", "10", "vector|rank|axes|shape"),
        ("Conv1D: {filters: 5, kernel_size: 3}", "10x12x1", "rank|axes|shape"),
        ("MaxPooling2D", "784", "vector|rank|axes|shape"),
        ("GlobalAveragePooling2D", "784", "vector|rank|axes|shape"),
        ("Reshape: [5, 5]", "10x2", "20|25"),
        ("Reshape: [-1, 3]", "10x2", "20|3"),
        ("Reshape: [-1, -1]", "10x2", "-1"),
        ("Permute: [1, 3]", "10x2", "1|2"),
        ("Permute: [0, 1]", "10x2", "0|1"),
        ("RepeatVector: 3", "10x2", "vector"),
        ("Conv2D: {filters: 6, kernel_size: 3, groups: 4}", "8x8x8", "6|4"),
        ("Conv2D: {filters: 8, kernel_size: 3, groups: 4}", "8x8x6", "6|4"),
        ("GroupNormalization: {groups: 4}", "8x8x6", "6|4"),
        ("Conv2D: {filters: 5, kernel_size: 3, padding: [1, 2, 3]}", "8x8x6", "padding"),
        ("Conv2D: {filters: 5, kernel_size: 3, padding: [[1, 2]]}", "8x8x6", "padding"),
        ("Conv2D: {filters: 5, kernel_size: 3, padding: [[1, -2], 0]}", "8x8x6", "padding"),
        ("Conv1D: {filters: 5, kernel_size: 3, padding: [1, 2]}", "8x6", "padding"),
        ("Conv2D: {filters: 5, kernel_size: 3, strides: 0}", "8x8x6", "strides"),
        ("Conv2D: {filters: 5, kernel_size: 3, dilation_rate: 0}", "8x8x6", "dilation_rate"),
    ],
)
def test_shapes_that_do_not_work_out(item: str, input: str, words: str) -> None:
    assert re.search(words, says(refusal(f"layers: [{{{item}}}]" if ":" in item else f"layers: [{item}]", input)))


# Pooling --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["MaxPooling2D", "AveragePooling2D"])
@pytest.mark.parametrize(
    ("options", "input", "expected"),
    [
        ("", "10x13x4", [5, 6, 4]),  # pool 2, strides the pool size, valid
        ("pool_size: 3", "10x13x4", [3, 4, 4]),
        ("strides: 1", "10x13x4", [9, 12, 4]),
        ("pool_size: 3, strides: null", "10x13x4", [3, 4, 4]),
        ("pool_size: 3, strides: 2", "10x13x4", [4, 6, 4]),
        ("pool_size: [2, 3]", "10x13x4", [5, 4, 4]),
        ("pool_size: 3, padding: same", "10x13x4", [4, 5, 4]),
        ("pool_size: 3, strides: 1, padding: same", "10x13x4", [10, 13, 4]),
        ("pool_size: 3, strides: 2, padding: 1", "112x112x4", [56, 56, 4]),
        ("pool_size: 3, strides: 2, ceil_mode: true", "10x13x4", [5, 6, 4]),  # ceil(7/2)+1, ceil(10/2)+1
        ("pool_size: 2, strides: 2, ceil_mode: true", "7x7x4", [4, 4, 4]),
        # PyTorch: MaxPool2d(2, 2, padding=1, ceil_mode=True) on 6x7 gives 4x4: a fifth would start in the padding
        ("pool_size: 2, strides: 2, padding: 1, ceil_mode: true", "6x7x4", [4, 4, 4]),
        # MaxPool2d(2, 3, padding=1, ceil_mode=True) on 5x8: ceil(5/3)+1 = 3, but that starts behind the 5: 2;
        # ceil(8/3)+1 = 4, but that starts behind the 8: 3
        ("pool_size: 2, strides: 3, padding: 1, ceil_mode: true", "5x8x4", [2, 3, 4]),
        ("pool_size: 1, strides: 2, ceil_mode: true", "7x8x4", [4, 4, 4]),  # ceil(7/2)+1 = 5 would start at 8
    ],
)
def test_pooling(kind: str, options: str, input: str, expected: Shape) -> None:
    made = layer(f"{kind}: {{{options}}}", input)
    assert (made["output_shape"], made["params"]) == (expected, 0)


@pytest.mark.parametrize(
    ("item", "input", "expected"),
    [
        ("MaxPooling1D", "9x4", [4, 4]),
        ("AveragePooling1D: {pool_size: 3, strides: 2, padding: same}", "9x4", [5, 4]),
        ("MaxPooling3D", "4x6x9x2", [2, 3, 4, 2]),
        ("AveragePooling3D: [1, 2, 3]", "4x6x9x2", [4, 3, 3, 2]),
        ("GlobalAveragePooling1D", "9x4", [4]),
        ("GlobalMaxPooling1D: {keepdims: true}", "9x4", [1, 4]),
        ("GlobalAveragePooling2D", "9x7x4", [4]),
        ("GlobalMaxPooling2D", "9x7x4", [4]),
        ("GlobalAveragePooling2D: {keepdims: true}", "9x7x4", [1, 1, 4]),
        ("GlobalAveragePooling2D: true", "9x7x4", [1, 1, 4]),
        ("GlobalMaxPooling3D", "2x9x7x4", [4]),
        ("GlobalAveragePooling3D: {keepdims: true}", "2x9x7x4", [1, 1, 1, 4]),
        ("AdaptiveAveragePooling2D: {output_size: 3}", "9x7x4", [3, 3, 4]),
        ("AdaptiveAveragePooling2D: {output_size: [3, 10]}", "9x7x4", [3, 10, 4]),  # PyTorch repeats cells
        ("AdaptiveMaxPooling2D: {output_size: 1}", "9x7x4", [1, 1, 4]),
        ("AdaptiveMaxPooling2D: 2x3", "null x null x 4", [2, 3, 4]),
    ],
)
def test_other_pooling(item: str, input: str, expected: Shape) -> None:
    assert shape(item, input) == expected


# Transposed convolutions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "input", "expected"),
    [
        # same: N*s; with output_padding (N-1)*s + k_eff % 2 + op
        ("kernel_size: 3, strides: 2, padding: same", "5x6", [10, 12]),
        ("kernel_size: 2, strides: 2, padding: same", "5x6", [10, 12]),
        ("kernel_size: 3, strides: 2, padding: same, output_padding: 1", "5x6", [10, 12]),  # 8+1+1
        ("kernel_size: 3, strides: 2, padding: same, output_padding: 0", "5x6", [9, 11]),  # 8+1+0
        ("kernel_size: 4, strides: 2, padding: same, output_padding: 1", "5x6", [9, 11]),  # 8+0+1
        ("kernel_size: 4, strides: 3, padding: same, output_padding: [0, 2]", "5x6", [12, 17]),  # 12+0+0, 15+0+2
        ("kernel_size: 3, padding: same", "5x6", [5, 6]),
        # valid: (N-1)*s + max(k_eff, s); with op (N-1)*s + k_eff + op
        ("kernel_size: 3, strides: 2", "5x6", [11, 13]),
        ("kernel_size: 3", "5x6", [7, 8]),
        ("kernel_size: 2, strides: 3", "5x6", [15, 18]),  # 12+3, 15+3
        ("kernel_size: 2, strides: 3, output_padding: 0", "5x6", [14, 17]),
        ("kernel_size: 2, strides: 3, output_padding: 2", "5x6", [16, 19]),
        ("kernel_size: 3, dilation_rate: 2", "5x6", [9, 10]),  # k_eff 5
        # numbers: (N-1)*s + k_eff - before - after + op
        ("kernel_size: 4, strides: 2, padding: 1", "5x6", [10, 12]),  # DCGAN
        ("kernel_size: 3, strides: 2, padding: 1, output_padding: 1", "5x6", [10, 12]),
        ("kernel_size: 2, strides: 3, padding: 0", "5x6", [14, 17]),
        ("kernel_size: 5, strides: 2, padding: [[1, 2], [0, 3]]", "5x6", [10, 12]),  # 8+5-3, 10+5-3
        ("kernel_size: 64, strides: 32, padding: 16", "7x7", [224, 224]),  # FCN-32s: 192+64-32
    ],
)
def test_transposed_convolution(options: str, input: str, expected: Shape) -> None:
    made = layer(f"Conv2DTranspose: {{filters: 5, {options}}}", f"{input}x3")
    assert made["output_shape"] == [*expected, 5]
    k = int(re.match(r"kernel_size: (\d+)", options)[1])  # type: ignore[index]
    assert made["params"] == k * k * 3 * 5 + 5


@pytest.mark.parametrize(
    ("item", "input", "expected", "params"),
    [
        ("Conv1DTranspose: {filters: 4, kernel_size: 3, strides: 2}", "5x2", [11, 4], 3 * 2 * 4 + 4),
        ("Conv1DTranspose: {filters: 4, kernel_size: 3, strides: 2, padding: same}", "5x2", [10, 4], 28),
        ("Conv3DTranspose: {filters: 4, kernel_size: 2, strides: 2}", "2x3x4x2", [4, 6, 8, 4], 8 * 2 * 4 + 4),
        ("Conv2DTranspose: {filters: 4, kernel_size: 2, use_bias: false}", "5x5x2", [6, 6, 4], 4 * 2 * 4),
    ],
)
def test_transposed_convolution_of_other_axes(item: str, input: str, expected: Shape, params: int) -> None:
    made = layer(item, input)
    assert (made["output_shape"], made["params"]) == (expected, params)


@pytest.mark.parametrize(
    "options",
    ["kernel_size: 2, padding: 1", "kernel_size: 3, strides: 2, output_padding: 2", "kernel_size: 3, padding: causal"],
)
def test_what_transposed_convolutions_refuse(options: str) -> None:
    # (1-1)*1 + 2 - 2 = 0; an output padding is smaller than the stride (Keras and PyTorch); causal is Conv1D's
    refusal(f"layers: [{{Conv2DTranspose: {{filters: 5, {options}}}}}]", "1x1x3")


def test_a_pool_s_ceiling_follows_pytorch() -> None:
    made = last("layers: [{MaxPooling2D: {pool_size: 3, strides: 2, ceil_mode: true}}]", "55x55x96")
    assert made["output_shape"] == [27, 27, 96]
