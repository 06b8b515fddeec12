"""Convolutions and poolings: shapes, weights, counts and reach, without a framework.

Where nothing else is said, the expected figures are what Keras 3.15 reports for the same layer.
`tests/peers/test_layers_windows.py` compares hundreds of random ones with Keras and PyTorch directly.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from cnncalc.errors import Problem
from cnncalc.formula import Number, Symbol, formula
from cnncalc.layers import registry
from cnncalc.layers.base import Layer
from cnncalc.receptive_fields.reach import Adaptive, Everything, PerAxis, TransposedWindow, Window
from cnncalc.tensor import Shape, Tensor

Arguments = Mapping[str, object]


def build(kind: str, arguments: Arguments) -> Layer:
    return registry.build(kind, arguments)


def some(arguments: Arguments, kind: str) -> Arguments:
    """Those of the arguments that the kind has."""
    return {name: arguments[name] for name in registry.layer_class(kind).arguments() if name in arguments}


def shape_of(kind: str, arguments: Arguments, x: Shape) -> Shape:
    return build(kind, arguments).infer_shape(x)


def figure(layer: Layer, text: str, x: Shape) -> Number | None:
    symbols: dict[str, Symbol] = layer.symbols(x, layer.infer_shape(x))
    if "macs" in text:
        symbols["macs"] = formula(layer.macs()).evaluate(symbols)
    return formula(text).evaluate(symbols)


def weights(kind: str, arguments: Arguments, x: Shape) -> dict[str, Number | None]:
    layer = build(kind, arguments)
    return {weight.name: figure(layer, weight.text, x) for weight in layer.weights(x)}


def macs(kind: str, arguments: Arguments, x: Shape) -> Number | None:
    layer = build(kind, arguments)
    return figure(layer, layer.macs(), x)


def flops(kind: str, arguments: Arguments, x: Shape) -> Number | None:
    layer = build(kind, arguments)
    text = layer.flops(x)
    return None if text is None else figure(layer, text, x)


def reach_of(kind: str, arguments: Arguments, x: Shape) -> object:
    layer = build(kind, arguments)
    reach = layer.reach(x, layer.infer_shape(x))
    return reach.axes if isinstance(reach, PerAxis) else reach


def problem(kind: str, arguments: Arguments, x: Shape = (8, 8, 4)) -> Problem:
    with pytest.raises(Problem) as caught:
        shape_of(kind, arguments, x)
    return caught.value


# Convolutions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "arguments", "x", "y"),
    [
        ("Conv2D", {"filters": 6, "kernel_size": 5}, (32, 32, 1), (28, 28, 6)),
        ("Conv2D", {"filters": 6, "kernel_size": [3, 5], "strides": [2, 1]}, (10, 12, 4), (4, 8, 6)),
        ("Conv2D", {"filters": 6, "kernel_size": 4, "strides": 3, "padding": "same"}, (10, 11, 4), (4, 4, 6)),
        ("Conv2D", {"filters": 6, "kernel_size": 3, "dilation_rate": [1, 4]}, (10, 12, 4), (8, 4, 6)),
        ("Conv2D", {"filters": 6, "kernel_size": 3, "padding": "same"}, (None, 12, 4), (None, 12, 6)),
        ("Conv1D", {"filters": 3, "kernel_size": 4, "strides": 3, "padding": "causal"}, (11, 2), (4, 3)),
        ("Conv1D", {"filters": 3, "kernel_size": 3, "dilation_rate": 2, "padding": "causal"}, (5, 2), (5, 3)),
        ("Conv3D", {"filters": 3, "kernel_size": [1, 2, 3]}, (5, 6, 7, 2), (5, 5, 5, 3)),
        ("DepthwiseConv2D", {"kernel_size": 3, "strides": 2, "padding": "same"}, (9, 10, 4), (5, 5, 4)),
        ("DepthwiseConv1D", {"kernel_size": 3, "depth_multiplier": 3}, (9, 4), (7, 12)),
        ("SeparableConv2D", {"filters": 5, "kernel_size": 3, "depth_multiplier": 2}, (9, 10, 4), (7, 8, 5)),
        ("SeparableConv1D", {"filters": 5, "kernel_size": 2, "padding": "same"}, (9, 4), (9, 5)),
    ],
)
def test_output_shapes_of_convolutions(kind: str, arguments: Arguments, x: Shape, y: Shape) -> None:
    assert shape_of(kind, arguments, x) == y


@pytest.mark.parametrize(
    ("padding", "y"),
    [
        (3, (112, 112, 64)),  # the first layer of ResNet-50 in PyTorch
        ([3, [2, 3]], (112, 112, 64)),  # floor((224 + 2 + 3 - 7)/2) + 1 = 112
        ([[0, 1], 0], (110, 109, 64)),  # floor((224 + 1 - 7)/2) + 1 = 110, floor((224 - 7)/2) + 1 = 109
    ],
)
def test_explicit_padding_may_differ_between_axes_and_sides(padding: object, y: Shape) -> None:
    arguments = {"filters": 64, "kernel_size": 7, "strides": 2, "padding": padding}
    assert shape_of("Conv2D", arguments, (224, 224, 3)) == y


def test_strides_and_dilation_go_together_as_in_pytorch() -> None:
    # floor((11 + 2 - (2*(3 - 1) + 1))/2) + 1 = 5
    arguments = {"filters": 2, "kernel_size": 3, "strides": 2, "dilation_rate": 2, "padding": 1}
    assert shape_of("Conv1D", arguments, (11, 3)) == (5, 2)


@pytest.mark.parametrize(
    ("kind", "arguments", "expected"),
    [
        ("Conv2D", {"filters": 6, "kernel_size": 3}, {"kernel": 6 * 9 * 4, "bias": 6}),
        ("Conv2D", {"filters": 6, "kernel_size": 3, "groups": 2, "use_bias": False}, {"kernel": 6 * 9 * 2}),
        ("DepthwiseConv2D", {"kernel_size": [3, 2], "depth_multiplier": 2}, {"kernel": 6 * 4 * 2, "bias": 8}),
        (
            "SeparableConv2D",
            {"filters": 5, "kernel_size": 3, "depth_multiplier": 2},
            {"depthwise_kernel": 9 * 4 * 2, "pointwise_kernel": 4 * 2 * 5, "bias": 5},
        ),
        ("Conv2DTranspose", {"filters": 6, "kernel_size": 3}, {"kernel": 9 * 6 * 4, "bias": 6}),
        ("Conv2DTranspose", {"filters": 6, "kernel_size": 3, "groups": 2}, {"kernel": 9 * 3 * 4, "bias": 6}),  # PyTorch
        ("MaxPooling2D", {}, {}),
        ("RoIAlign", {"pool_size": 7, "regions": 3}, {}),
    ],
)
def test_weights(kind: str, arguments: Arguments, expected: dict[str, int]) -> None:
    assert weights(kind, arguments, (8, 8, 4)) == expected


@pytest.mark.parametrize(
    ("kind", "arguments", "expected"),
    # Measured on an input of 10 x 12 x 8 with fvcore and torch.utils.flop_counter, which count half as many MACs.
    [
        ("Conv2D", {"filters": 16, "kernel_size": 3, "padding": 1}, 138_240),
        ("Conv2D", {"filters": 16, "kernel_size": 3, "padding": 1, "groups": 4}, 34_560),
        ("DepthwiseConv2D", {"kernel_size": 3, "padding": 1}, 8_640),
        ("Conv2DTranspose", {"filters": 16, "kernel_size": 4, "strides": 2, "padding": 1}, 245_760),
        ("MaxPooling2D", {"pool_size": 3, "strides": 2, "padding": 1}, 0),
    ],
)
def test_macs(kind: str, arguments: Arguments, expected: int) -> None:
    assert macs(kind, arguments, (10, 12, 8)) == expected


def test_macs_of_a_separable_convolution_are_those_of_both_its_steps() -> None:
    arguments = {"filters": 5, "kernel_size": 3, "depth_multiplier": 2, "padding": "same"}
    depthwise, pointwise = 10 * 12 * 9 * 8 * 2, 10 * 12 * 8 * 2 * 5
    assert macs("SeparableConv2D", arguments, (10, 12, 8)) == depthwise + pointwise


@pytest.mark.parametrize(
    ("kind", "arguments", "expected"),
    [
        ("Conv2D", {"filters": 16, "kernel_size": 3, "padding": 1}, 278_400),  # the TensorFlow profiler's figure
        ("DepthwiseConv2D", {"kernel_size": 3, "padding": 1}, 18_240),  # the TensorFlow profiler's figure
        ("Conv2D", {"filters": 16, "kernel_size": 3, "padding": 1, "use_bias": False}, 2 * 138_240),
        ("Conv2D", {"filters": 16, "kernel_size": 3, "padding": 1, "activation": "relu"}, 278_400 + 10 * 12 * 16),
        # The bias is added to 20 x 24 outputs of 16 channels; softmax costs 5 for each.
        (
            "Conv2DTranspose",
            {"filters": 16, "kernel_size": 4, "strides": 2, "padding": 1, "activation": "softmax"},
            2 * 245_760 + 6 * 20 * 24 * 16,
        ),
        ("MaxPooling2D", {"pool_size": 3, "strides": 2, "padding": 1}, 2_160),  # the TensorFlow profiler's figures
        ("AveragePooling2D", {}, 960),
        ("GlobalAveragePooling2D", {}, 960),
        # Windows of 10 rows among 4: 0-2, 2-4, 5-7, 7-9, 12 rows in all; of 12 columns among 3: 4 each.
        ("AdaptiveAveragePooling2D", {"output_size": [4, 3]}, 12 * 12 * 8),
        ("AdaptiveMaxPooling2D", {"output_size": 1}, 960),
        ("RoIAlign", {"pool_size": 7, "regions": 300}, None),
    ],
)
def test_flops(kind: str, arguments: Arguments, expected: int | None) -> None:
    assert flops(kind, arguments, (10, 12, 8)) == expected


def test_counts_that_need_an_unknown_size_are_unknown() -> None:
    x: Shape = (None, 12, 8)
    assert macs("Conv2D", {"filters": 4, "kernel_size": 3}, x) is None
    assert macs("Conv2DTranspose", {"filters": 4, "kernel_size": 3}, x) is None
    assert flops("MaxPooling2D", {}, x) is None
    assert flops("AdaptiveMaxPooling2D", {"output_size": 2}, x) is None
    assert weights("Conv2D", {"filters": 4, "kernel_size": 3}, x) == {"kernel": 288, "bias": 4}


@pytest.mark.parametrize("kind", ["Conv2D", "Conv2DTranspose"])
def test_groups_divide_both_channel_counts(kind: str) -> None:
    assert problem(kind, {"filters": 6, "kernel_size": 3, "groups": 4}).id == "groups-do-not-divide"
    assert problem(kind, {"filters": 6, "kernel_size": 3, "groups": 3}).id == "groups-do-not-divide"


@pytest.mark.parametrize("kind", ["DepthwiseConv1D", "SeparableConv1D", "Conv1DTranspose", "MaxPooling1D", "Conv2D"])
def test_causal_padding_is_for_conv1d_alone(kind: str) -> None:
    arguments = {"filters": 4, "kernel_size": 3, "pool_size": 2, "padding": "causal"}
    found = problem(kind, some(arguments, kind))
    assert (found.id, found.argument) == ("bad-value", "padding")
    assert found.suggestion == "causal padding is for Conv1D"


def test_a_window_that_does_not_fit_is_named_with_the_numbers() -> None:
    found = problem("Conv2D", {"filters": 1, "kernel_size": [1, 5], "dilation_rate": 2}, (9, 8, 3))
    assert found.id == "size-below-one"
    assert str(found) == (
        "the window of Conv2D does not fit: its width is 9 (kernel 5 with dilation 2), but the input 9x8x3 has width 8"
    )
    assert found.suggestion == "padding: same would keep it, or a window of at most 8"


# Transposed convolutions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "length", "before"),
    # Lengths from an input of 5. `before`: the gradient of a `same` convolution over that length pads
    # max((5 - 1)*s + k_eff - length, 0) // 2 there, TensorFlow's rule.
    [
        ({"kernel_size": 3, "strides": 2, "padding": "same"}, 10, 0),
        ({"kernel_size": 4, "strides": 2, "padding": "same"}, 10, 1),
        ({"kernel_size": 5, "strides": 1, "padding": "same"}, 5, 2),
        ({"kernel_size": 2, "strides": 3, "padding": "same"}, 15, 0),
        ({"kernel_size": 3, "dilation_rate": 3, "padding": "same"}, 5, 3),
        ({"kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 0}, 9, 1),
        ({"kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 1}, 10, 0),
        ({"kernel_size": 4, "strides": 2, "padding": "same", "output_padding": 1}, 9, 1),
        ({"kernel_size": 4, "strides": 2, "padding": "same", "output_padding": 0}, 8, 2),
        ({"kernel_size": 3, "strides": 2}, 11, 0),
        ({"kernel_size": 2, "strides": 3}, 15, 0),
        ({"kernel_size": 2, "strides": 3, "output_padding": 0}, 14, 0),
        ({"kernel_size": 3, "strides": 2, "output_padding": 1}, 12, 0),
        ({"kernel_size": 3, "dilation_rate": 2}, 9, 0),
        # Explicit padding is PyTorch's crop: (5 - 1)*s + k_eff - before - after + output_padding.
        ({"kernel_size": 4, "strides": 2, "padding": 1}, 10, 1),
        ({"kernel_size": 3, "strides": 2, "padding": 1, "output_padding": 1}, 10, 1),
        ({"kernel_size": 3, "strides": 2, "dilation_rate": 3, "padding": 1, "output_padding": 2}, 15, 1),
        ({"kernel_size": 4, "strides": 2, "padding": [[2, 0]]}, 10, 2),
    ],
)
def test_transposed_convolutions(arguments: dict[str, object], length: int, before: int) -> None:
    arguments = {"filters": 2} | arguments
    assert shape_of("Conv1DTranspose", arguments, (5, 3)) == (length, 2)
    kernel, strides = arguments["kernel_size"], arguments.get("strides", 1)
    dilation = arguments.get("dilation_rate", 1)
    assert reach_of("Conv1DTranspose", arguments, (5, 3)) == (TransposedWindow(kernel, strides, dilation, before),)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"output_padding": 2}, "at most 1"),
        ({"output_padding": 2, "padding": "same"}, "at most 1"),
        ({"output_padding": 3, "padding": 1, "dilation_rate": 3}, "at most 2"),
    ],
)
def test_output_padding_is_smaller_than_what_it_decides_between(arguments: Arguments, expected: str) -> None:
    found = problem("Conv2DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2} | dict(arguments))
    assert (found.id, found.argument, found.expected) == ("output-padding-too-large", "output_padding", expected)


def test_a_transposed_convolution_can_be_cropped_to_nothing() -> None:
    found = problem("Conv2DTranspose", {"filters": 2, "kernel_size": 3, "padding": [0, 5]}, (8, 8, 4))
    assert found.id == "size-below-one"
    assert str(found) == (
        "the output width of Conv2DTranspose would be 0: the input 8x8x4 is spread over 10, and the padding cuts off 10"
    )


# Poolings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "arguments", "x", "y"),
    [
        ("MaxPooling2D", {}, (9, 8, 4), (4, 4, 4)),
        ("MaxPooling2D", {"pool_size": 3, "strides": None}, (9, 8, 4), (3, 2, 4)),
        ("MaxPooling2D", {"pool_size": 3, "strides": [1, 2], "padding": "same"}, (9, 8, 4), (9, 4, 4)),
        ("AveragePooling1D", {"pool_size": 4, "strides": 2}, (9, 4), (3, 4)),
        ("MaxPooling3D", {"pool_size": [1, 2, 3]}, (9, 9, 9, 4), (9, 4, 3, 4)),
        ("MaxPooling2D", {}, (None, 8, 4), (None, 4, 4)),
        ("AdaptiveAveragePooling2D", {"output_size": 7}, (None, 5, 4), (7, 7, 4)),
        ("AdaptiveMaxPooling2D", {"output_size": "2x3"}, (9, 8, 4), (2, 3, 4)),
        ("GlobalAveragePooling2D", {}, (None, 8, 4), (4,)),
        ("GlobalMaxPooling1D", {"keepdims": True}, (9, 4), (1, 4)),
        ("GlobalMaxPooling3D", {"keepdims": True}, (9, 8, 7, 4), (1, 1, 1, 4)),
    ],
)
def test_output_shapes_of_poolings(kind: str, arguments: Arguments, x: Shape, y: Shape) -> None:
    assert shape_of(kind, arguments, x) == y


@pytest.mark.parametrize(
    ("arguments", "length", "expected"),
    # PyTorch's MaxPool1d.
    [
        ({"pool_size": 3, "strides": 2}, 112, 56),  # GoogLeNet's and SqueezeNet's pools
        ({"pool_size": 2, "strides": 2}, 5, 3),
        ({"pool_size": 3, "strides": 2}, 2, 1),  # the only window is larger than the map
        ({"pool_size": 1, "strides": 3}, 5, 2),  # a third window would start behind the map
        ({"pool_size": 2, "strides": 2, "padding": 1}, 5, 3),  # a fourth would start in the padding
        ({"pool_size": 3, "strides": 2, "padding": 1}, 112, 57),
        # `same` is not rounded: ceil(5/2) = 3.
        ({"pool_size": 2, "strides": 2, "padding": "same"}, 5, 3),
        # ONNX's rule with unequal padding: windows start at -1, 1, 3 and 5, the last in the padding; and at 0, 2, 4.
        ({"pool_size": 2, "strides": 2, "padding": [[1, 0]]}, 5, 3),
        ({"pool_size": 2, "strides": 2, "padding": [[0, 1]]}, 5, 3),
    ],
)
def test_ceil_mode(arguments: Arguments, length: int, expected: int) -> None:
    assert shape_of("MaxPooling1D", {"ceil_mode": True} | dict(arguments), (length, 4)) == (expected, 4)


@pytest.mark.parametrize("padding", [2, [1, 2], [[0, 2], 0]])
def test_a_pool_is_padded_by_at_most_half_its_size_as_in_pytorch(padding: object) -> None:
    found = problem("MaxPooling2D", {"pool_size": 3, "padding": padding})
    assert (found.id, found.argument, found.expected, found.found) == ("padding-too-large", "padding", "at most 1", "2")
    assert shape_of("MaxPooling2D", {"pool_size": 4, "padding": 2, "strides": 1}, (8, 8, 4)) == (9, 9, 4)


@pytest.mark.parametrize("kind", ["GlobalAveragePooling2D", "MaxPooling2D", "Conv2DTranspose", "RoIAlign"])
def test_a_vector_has_no_map(kind: str) -> None:
    arguments = {"filters": 4, "kernel_size": 3, "pool_size": 2, "regions": 1}
    found = problem(kind, some(arguments, kind), (128,))
    assert found.id == "wrong-rank"


def test_region_pooling_multiplies_instances_and_reads_whole_images_only() -> None:
    layer = build("RoIAlign", {"pool_size": [7, 5], "regions": 300})
    assert layer.output([Tensor((38, 50, 512))]) == Tensor((7, 5, 512), 300)
    with pytest.raises(Problem) as caught:
        layer.output([Tensor((7, 7, 512), 300)])
    assert caught.value.id == "regions-of-regions"


# Reach -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "arguments", "x", "reach"),
    [
        ("Conv2D", {"filters": 1, "kernel_size": [3, 5]}, (9, 9, 1), (Window(3, 1, 1, 0), Window(5, 1, 1, 0))),
        # TensorFlow's `same`: 3x3 with stride 2 pads 8 by 0 + 1 and 9 by 1 + 1.
        (
            "Conv2D",
            {"filters": 1, "kernel_size": 3, "strides": 2, "padding": "same"},
            (8, 9, 1),
            (Window(3, 2, 1, 0), Window(3, 2, 1, 1)),
        ),
        # Without a stride the padding does not depend on the size.
        (
            "MaxPooling2D",
            {"pool_size": 3, "strides": [1, 2], "padding": "same"},
            (None, None, 1),
            (Window(3, 1, 1, 1), Window(3, 2, 1, None)),
        ),
        (
            "Conv1D",
            {"filters": 1, "kernel_size": 3, "dilation_rate": 2, "padding": "causal"},
            (9, 1),
            (Window(3, 1, 2, 4),),
        ),
        ("DepthwiseConv1D", {"kernel_size": 4, "padding": "same"}, (9, 1), (Window(4, 1, 1, 1),)),
        ("SeparableConv1D", {"filters": 2, "kernel_size": 4, "padding": [[0, 3]]}, (9, 1), (Window(4, 1, 1, 0),)),
        ("AveragePooling1D", {"pool_size": 3, "padding": 1}, (9, 1), (Window(3, 3, 1, 1),)),
        ("AdaptiveMaxPooling2D", {"output_size": [4, 3]}, (10, None, 1), (Adaptive(10, 4), Adaptive(None, 3))),
        ("GlobalMaxPooling2D", {"keepdims": True}, (9, 9, 1), Everything()),
        ("RoIPooling", {"pool_size": 7, "regions": 2}, (9, 9, 1), Everything()),
    ],
)
def test_reach(kind: str, arguments: Arguments, x: Shape, reach: object) -> None:
    assert reach_of(kind, arguments, x) == reach
