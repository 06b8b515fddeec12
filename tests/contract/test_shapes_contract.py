"""Output shapes and parameters, cell by cell: expected figures by the formula of the table, worked out beside them."""

from __future__ import annotations

import re

import pytest

from tests.contract.specs import layer, refusal, report, rows, says

Shape = list[int]


def shape(item: str, input: str) -> object:
    return layer(item, input)["output_shape"]


# Shapes of everything else --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "input", "expected"),
    [
        ("Flatten", "4x5x6", [120]),
        ("Flatten", "7", [7]),
        ("Reshape: {target_shape: [5, -1]}", "4x5x6", [5, 24]),
        ("Permute: {dims: [2, 1]}", "4x5", [5, 4]),
        ("RepeatVector: {n: 3}", "7", [3, 7]),
        ("ZeroPadding1D: 2", "4x3", [8, 3]),
        ("ZeroPadding1D: [1, 2]", "4x3", [7, 3]),  # Keras: (left, right)
        ("ZeroPadding2D", "4x5x3", [6, 7, 3]),
        ("ZeroPadding2D: [1, 2]", "4x5x3", [6, 9, 3]),  # Keras: (symmetric height, symmetric width)
        ("ZeroPadding3D: [1, 2, 3]", "4x5x6x3", [6, 9, 12, 3]),
        ("ZeroPadding3D: [[0, 1], [1, 1], [2, 0]]", "4x5x6x3", [5, 7, 8, 3]),
        ("Cropping1D: [1, 2]", "4x3", [1, 3]),
        ("Cropping1D", "4x3", [2, 3]),  # Keras's default (1, 1)
        ("Cropping2D: [[1, 0], [0, 2]]", "4x5x3", [3, 3, 3]),
        ("Cropping2D: 1", "4x5x3", [2, 3, 3]),
        ("Cropping3D", "4x5x6x3", [2, 3, 4, 3]),  # Keras's default ((1, 1), (1, 1), (1, 1))
        ("UpSampling1D", "4x3", [8, 3]),
        ("UpSampling2D: {size: [2, 3], interpolation: bilinear}", "4x5x3", [8, 15, 3]),
        ("UpSampling3D", "4x5x6x3", [8, 10, 12, 3]),
        ("Resizing: {height: 9, width: 2}", "4x5x3", [9, 2, 3]),
        ("Rescaling: 0.5", "4x5x3", [4, 5, 3]),
        ("Identity", "4x5x3", [4, 5, 3]),
        ("Embedding: {input_dim: 1000, output_dim: 8}", "12", [12, 8]),
        ("Dense: 7", "4x5x3", [4, 5, 7]),
        ("RoIAlign: {pool_size: 7, regions: 300}", "20x30x3", [7, 7, 3]),
        ("RoIPooling: {pool_size: [5, 6], regions: 3}", "20x30x3", [5, 6, 3]),
        ("SpatialDropout2D: 0.5", "4x5x3", [4, 5, 3]),
        ("SpatialDropout1D: 0.5", "4x3", [4, 3]),
        ("GaussianNoise: 0.1", "4x5x3", [4, 5, 3]),
        ("GaussianDropout: 0.1", "4x5x3", [4, 5, 3]),
        ("AlphaDropout: 0.1", "4x5x3", [4, 5, 3]),
        ("UnitNormalization", "4x5x3", [4, 5, 3]),
    ],
)
def test_other_shapes(item: str, input: str, expected: Shape) -> None:
    assert shape(item, input) == expected


# Unknown sizes --------------------------------------------------------------------------------------------------------


def test_unknown_sizes_flow_through() -> None:
    text = """
        layers:
          - Conv2D: {filters: 4, kernel_size: 3, padding: same, strides: 2}
          - MaxPooling2D
          - ZeroPadding2D: 1
          - UpSampling2D: 2
          - Conv2DTranspose: {filters: 4, kernel_size: 2, strides: 2}
          - Add: {from: [prev, prev]}
          - AdaptiveAveragePooling2D: 3
          - Flatten
          - Dense: 5
        """
    made = list(rows(text, "[null, 32, 3]").values())
    # 32: 16, 8, 10, 20, 40
    widths = [16, 8, 10, 20, 40, 40]
    assert [row["output_shape"] for row in made[:6]] == [
        [None, width, channels] for width, channels in zip(widths, [4] * 6, strict=True)
    ]
    assert [row["output_shape"] for row in made[6:]] == [[3, 3, 4], [36], [5]]
    assert [row["params"] for row in made] == [112, 0, 0, 0, 68, 0, 0, 0, 185]
    assert [row["neurons"] for row in made] == [None] * 6 + [36, 36, 5]


def test_global_pooling_ends_what_is_unknown() -> None:
    made = report(
        "layers: [{Conv2D: {filters: 4, kernel_size: 3}}, GlobalAveragePooling2D, {Dense: 5}]", "[null, null, 3]"
    )
    conv, pool, dense = made["layers"][1:]
    assert (conv["neurons"], conv["notes"]["ops"], conv["exact"]["macs"], conv["exact"]["flops"]) == (None,) * 4
    assert (pool["output_shape"], pool["neurons"], pool["notes"]["ops"], pool["exact"]["macs"]) == ([4], 4, None, 0)
    assert (dense["params"], dense["notes"]["ops"], dense["exact"]["macs"]) == (25, 25, 20)
    # a total with an unknown part is unknown; parameters are all known
    assert (made["totals"]["neurons"], made["totals"]["notes"]["ops"], made["totals"]["exact"]["macs"]) == (None,) * 3
    assert made["totals"]["params"] == 112 + 25


@pytest.mark.parametrize("items", ["[Flatten, {Dense: 3}]", "[{Flatten: }, {Dense: 3}]"])
def test_what_needs_an_unknown_size(items: str) -> None:
    assert re.search("unknown|null|known", says(refusal(f"layers: {items}", "[null, 8, 3]")))


# Parameters -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "input", "params", "fixed"),
    [
        # F*(k_h*k_w*C/g) + F
        ("Conv2D: {filters: 10, kernel_size: [3, 5]}", "9x9x4", 10 * 15 * 4 + 10, 0),
        ("Conv2D: {filters: 10, kernel_size: [3, 5], use_bias: false}", "9x9x4", 600, 0),
        ("Conv2D: {filters: 10, kernel_size: 3, groups: 2}", "9x9x4", 10 * 9 * 2 + 10, 0),
        ("Conv2D: {filters: 8, kernel_size: 3, groups: 4}", "9x9x4", 8 * 9 + 8, 0),
        ("Conv2D: {filters: 8, kernel_size: 3, dilation_rate: 2}", "9x9x4", 8 * 36 + 8, 0),
        ("Conv1D: {filters: 8, kernel_size: 3, groups: 2}", "9x4", 8 * 3 * 2 + 8, 0),
        ("Conv3D: {filters: 8, kernel_size: 3}", "9x9x9x4", 8 * 27 * 4 + 8, 0),
        ("DepthwiseConv2D: {kernel_size: 3}", "9x9x4", 9 * 4 + 4, 0),
        ("DepthwiseConv2D: {kernel_size: 3, depth_multiplier: 2}", "9x9x4", 9 * 4 * 2 + 8, 0),
        ("DepthwiseConv2D: {kernel_size: 3, use_bias: false}", "9x9x4", 36, 0),
        ("DepthwiseConv1D: {kernel_size: 3}", "9x4", 3 * 4 + 4, 0),
        ("SeparableConv2D: {filters: 8, kernel_size: 3}", "9x9x4", 9 * 4 + 4 * 8 + 8, 0),
        ("SeparableConv2D: {filters: 8, kernel_size: 3, depth_multiplier: 2}", "9x9x4", 9 * 8 + 8 * 8 + 8, 0),
        ("SeparableConv1D: {filters: 8, kernel_size: 3, use_bias: false}", "9x4", 3 * 4 + 4 * 8, 0),
        ("Dense: 10", "4", 50, 0),
        ("Dense: {units: 10, use_bias: false}", "4", 40, 0),
        ("Dense: 10", "9x9x4", 50, 0),
        ("BatchNormalization", "9x9x4", 16, 8),
        ("BatchNormalization: {center: false}", "9x9x4", 12, 8),
        ("BatchNormalization: {center: false, scale: false}", "9x9x4", 8, 8),
        ("BatchNormalization: {axis: 1}", "9x7x4", 36, 18),
        ("BatchNormalization", "4", 16, 8),
        ("LayerNormalization", "9x9x4", 8, 0),
        ("LayerNormalization: {scale: false}", "9x9x4", 4, 0),
        ("LayerNormalization: {axis: [1, 2, 3]}", "9x7x4", 2 * 9 * 7 * 4, 0),
        ("LayerNormalization: {center: false, scale: false}", "9x9x4", 0, 0),
        ("GroupNormalization: {groups: 2}", "9x9x4", 8, 0),
        ("GroupNormalization: {groups: -1}", "9x9x4", 8, 0),  # Keras: as many groups as channels
        ("GroupNormalization: {groups: 2, center: false}", "9x9x4", 4, 0),
        ("UnitNormalization", "9x9x4", 0, 0),
        ("LocalResponseNormalization", "9x9x4", 0, 0),
        ("PReLU", "9x7x4", 9 * 7 * 4, 0),  # Keras: one slope per element ...
        ("PReLU: {shared_axes: [1, 2]}", "9x7x4", 4, 0),  # ... unless axes share it
        ("PReLU", "4", 4, 0),
        ("Embedding: {input_dim: 100, output_dim: 8}", "12", 800, 0),
        ("Maxout: {pieces: 2, units: 10}", "4", 100, 0),
        # Keras counts the mean, the variance and a count, unless they are given
        ("Normalization", "9x9x4", 9, 9),
        ("ReLU", "9x9x4", 0, 0),
        ("MaxPooling2D", "9x9x4", 0, 0),
        ("Dropout: 0.5", "9x9x4", 0, 0),
        ("RoIAlign: {pool_size: 2, regions: 3}", "9x9x4", 0, 0),
        ("UpSampling2D", "9x9x4", 0, 0),
        ("Rescaling: 0.5", "9x9x4", 0, 0),
    ],
)
def test_parameters(item: str, input: str, params: int, fixed: int) -> None:
    made = layer(item, input)
    assert (made["params"], made["trainable_params"], made["non_trainable_params"]) == (params, params - fixed, fixed)


@pytest.mark.parametrize("kind", ["Conv2D", "SeparableConv2D", "Dense", "DepthwiseConv2D"])
@pytest.mark.parametrize(
    "activation", ["relu", "swish", "silu", "softmax", "gelu", "hard_sigmoid", "linear", "null", "mish", "elu"]
)
def test_an_activation_inside_changes_no_parameters(kind: str, activation: str) -> None:
    plain = {
        "Conv2D": "filters: 4, kernel_size: 3",
        "SeparableConv2D": "filters: 4, kernel_size: 3",
        "Dense": "units: 4",
    }.get(kind, "kernel_size: 3")
    fused = layer(f"{kind}: {{{plain}, activation: {activation}}}")
    assert fused["params"] == layer(f"{kind}: {{{plain}}}")["params"]
    assert fused["neurons"] == layer(f"{kind}: {{{plain}}}")["neurons"]


# keras.activations of Keras 3.15 that keep the shape (all but glu)
ACTIVATIONS = [
    "celu",
    "elu",
    "exponential",
    "gelu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
    "threshold",
]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_of_keras(activation: str) -> None:
    assert layer(f"Activation: {activation}")["params"] == 0
    assert layer(f"Dense: {{units: 4, activation: {activation}}}")["params"] == 16


def test_a_total_counts_every_part_once() -> None:
    made = report("layers: [{Dense: 4}, BatchNormalization, {Dense: {units: 2, trainable: false}}]", "3")["totals"]
    # 16 + 16 + 10; of those 8 moving statistics and the 10 frozen ones
    assert (made["params"], made["trainable_params"], made["non_trainable_params"]) == (42, 24, 18)


def test_lenet5_row_by_row() -> None:
    text = """
        layers:
          - Conv2D: {filters: 6, kernel_size: 5, activation: tanh}
          - AveragePooling2D
          - Conv2D: {filters: 16, kernel_size: 5, activation: tanh}
          - AveragePooling2D: 2
          - Flatten
          - Dense: {units: 120, activation: tanh}
          - Dense: {units: 84, activation: tanh}
          - Dense: {units: 10, activation: softmax, name: logits}
        """
    made = report(text, "[32, 32, 1]")
    # the worked example: neurons, params, RF notes, RF exact, ops notes, macs, flops
    expected = [
        (1024, 0, None, 1, None, 0, 0),
        (4704, 156, 5, 5, 122304, 117600, 244608),
        (1176, 0, 7, 6, 0, 0, 4704),
        (1600, 2416, 15, 14, 241600, 240000, 483200),
        (400, 0, 19, 16, 0, 0, 1600),
        (400, 0, None, 16, None, 0, 0),
        (120, 48120, None, 32, 48120, 48000, 96240),
        (84, 10164, None, 32, 10164, 10080, 20328),
        (10, 850, None, 32, 850, 840, 1740),
    ]
    for row, (neurons, params, notes_rf, exact_rf, ops, macs, flops) in zip(made["layers"], expected, strict=True):
        assert (row["neurons"], row["params"], row["notes"]["ops"]) == (neurons, params, ops)
        assert row["notes"]["receptive_field"] == (None if notes_rf is None else [notes_rf] * 2)
        assert row["exact"]["receptive_field"] == [exact_rf] * 2
        assert (row["exact"]["macs"], row["exact"]["flops"]) == (macs, flops)
    totals = made["totals"]
    assert (totals["neurons"], totals["params"], totals["receptive_field"], totals["ops"]) == (
        9518,
        61706,
        [19, 19],
        423038,
    )
    assert totals["exact"] == {"receptive_field": [32, 32], "macs": 416520, "flops": 852420}
