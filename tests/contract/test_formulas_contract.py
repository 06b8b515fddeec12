"""Neurons and operations in both conventions, cell by cell of the tables, with the arithmetic beside each figure."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.specs import layer, report, rows

# An input of 8x6x4 has 192 elements, 48 positions.
INPUT = "8x6x4"

# Neurons --------------------------------------------------------------------------------------------------------------

DOCUMENTED = [
    ("Conv2D: {filters: 5, kernel_size: 3, padding: same}", INPUT, 48 * 5),
    ("Conv2D: {filters: 5, kernel_size: 3}", INPUT, 6 * 4 * 5),
    ("Conv2D: {filters: 5, kernel_size: 3, activation: relu}", INPUT, 6 * 4 * 5),
    ("BatchNormalization", INPUT, 0),
    ("ReLU", INPUT, 192),
    ("Activation: tanh", INPUT, 192),
    ("LeakyReLU", INPUT, 192),
    ("ELU", "7", 7),
    ("MaxPooling2D", INPUT, 4 * 3 * 4),  # 192/4
    ("MaxPooling2D: {pool_size: 3, strides: 1}", INPUT, 6 * 4 * 4),
    ("Flatten", INPUT, 192),
    ("GlobalAveragePooling2D", INPUT, 4),
    ("Dense: 10", "7", 10),
    ("Dense: 10", INPUT, 480),
    ("Dropout: 0.5", INPUT, 0),
]
EXTENSIONS = [
    ("LayerNormalization", INPUT, 0),
    ("GroupNormalization: {groups: 2}", INPUT, 0),
    ("UnitNormalization", INPUT, 0),
    ("LocalResponseNormalization: {size: 5}", INPUT, 0),
    ("SpatialDropout2D: 0.5", INPUT, 0),
    ("GaussianNoise: 0.5", INPUT, 0),
    ("GaussianDropout: 0.5", INPUT, 0),
    ("AlphaDropout: 0.5", INPUT, 0),
    ("Add: {from: [prev, prev]}", INPUT, 192),
    ("Concatenate: {from: [prev, prev]}", INPUT, 384),
    ("UpSampling2D: 2", INPUT, 4 * 192),
    ("UpSampling2D: {size: 2, interpolation: bilinear}", INPUT, 4 * 192),
    ("ZeroPadding2D: 1", INPUT, 10 * 8 * 4),
    ("Cropping2D: 1", INPUT, 6 * 4 * 4),
    ("Reshape: [6, 32]", INPUT, 192),
    ("Permute: [2, 1, 3]", INPUT, 192),
    ("RepeatVector: 3", "7", 21),
    ("Conv2DTranspose: {filters: 5, kernel_size: 2, strides: 2}", INPUT, 16 * 12 * 5),
    ("DepthwiseConv2D: {kernel_size: 3}", INPUT, 6 * 4 * 4),
    ("SeparableConv2D: {filters: 5, kernel_size: 3}", INPUT, 6 * 4 * 5),
    ("RoIAlign: {pool_size: 2, regions: 10}", INPUT, 10 * 16),
    ("ChannelSlice: {stop: 3}", INPUT, 48 * 3),
    ("ChannelShuffle: {groups: 2}", INPUT, 192),
    ("Embedding: {input_dim: 9, output_dim: 3}", "7", 21),
    ("Rescaling: 2", INPUT, 192),
    ("Resizing: {height: 2, width: 3}", INPUT, 24),
    ("AdaptiveAveragePooling2D: 2", INPUT, 16),
    ("Maxout: {pieces: 2, units: 10}", "7", 10),
    ("Identity", INPUT, 192),
]


@pytest.mark.parametrize(("item", "input", "neurons"), DOCUMENTED + EXTENSIONS)
def test_neurons(item: str, input: str, neurons: int) -> None:
    assert layer(item, input)["neurons"] == neurons


@pytest.mark.parametrize(("item", "input", "neurons"), DOCUMENTED)
def test_neurons_that_the_notes_document(item: str, input: str, neurons: int) -> None:
    assert layer(item, input)["notes"]["basis"]["neurons"] == "documented"


@pytest.mark.parametrize(("item", "input", "neurons"), EXTENSIONS)
def test_neurons_by_extension(item: str, input: str, neurons: int) -> None:
    assert layer(item, input)["notes"]["basis"]["neurons"] == "extension"


def test_neurons_of_the_input_and_of_an_activation_after_a_normalization() -> None:
    made = report("layers: [BatchNormalization, ReLU]", INPUT)
    assert [row["neurons"] for row in made["layers"]] == [192, 0, 192]
    assert made["layers"][0]["notes"]["basis"]["neurons"] == "documented"
    assert made["totals"]["neurons"] == 384


# Operations, notes ----------------------------------------------------------------------------------------------------

NOTES_OPS: list[tuple[str, str, int | None, str]] = [
    # neurons * params / F
    ("Conv2D: {filters: 5, kernel_size: 3, padding: same}", INPUT, 240 * 185 // 5, "documented"),  # 5*36+5
    ("Conv2D: {filters: 5, kernel_size: 3, use_bias: false}", INPUT, 120 * 36, "documented"),
    ("Conv2D: {filters: 6, kernel_size: 3, groups: 2, activation: relu}", INPUT, 144 * (6 * 18 + 6) // 6, "documented"),
    ("BatchNormalization", INPUT, 16, "documented"),
    ("BatchNormalization: {center: false, scale: false}", INPUT, 16, "documented"),
    ("ReLU", INPUT, 192, "documented"),
    ("Activation: softmax", "7", 7, "documented"),
    ("MaxPooling2D", INPUT, 0, "documented"),
    ("Flatten", INPUT, None, "documented"),
    ("GlobalAveragePooling2D", INPUT, 192, "documented"),
    ("Dense: 10", "7", 80, "documented"),
    ("Dense: {units: 10, use_bias: false}", "7", 70, "documented"),
    ("Dense: 10", INPUT, 48 * 50, "documented"),
    ("Dense: {units: 10, activation: softmax}", "7", 80, "documented"),
    ("Dropout: 0.5", INPUT, None, "extension"),
    # by analogy
    ("Conv1D: {filters: 5, kernel_size: 3}", "8x4", 30 * (5 * 12 + 5) // 5, "extension"),
    ("Conv3D: {filters: 5, kernel_size: 1}", "2x3x4x4", 120 * 25 // 5, "extension"),
    # depthwise: neurons 6*4*4, params 36+4, its filters are its 4 output channels
    ("DepthwiseConv2D: {kernel_size: 3}", INPUT, 96 * 40 // 4, "extension"),
    ("DepthwiseConv2D: {kernel_size: 3, depth_multiplier: 2}", INPUT, 192 * 80 // 8, "extension"),
    # separable: 36 + 4*5 + 5 in both kernels
    ("SeparableConv2D: {filters: 5, kernel_size: 3}", INPUT, 120 * 61 // 5, "extension"),
    ("Conv2DTranspose: {filters: 5, kernel_size: 2, strides: 2}", INPUT, 960 * 85 // 5, "extension"),  # 4*4*5+5
    ("AveragePooling2D", INPUT, 0, "extension"),
    ("MaxPooling1D", "8x4", 0, "extension"),
    ("AdaptiveAveragePooling2D: 2", INPUT, 0, "extension"),
    ("AdaptiveMaxPooling2D: 2", INPUT, 0, "extension"),
    ("GlobalMaxPooling2D", INPUT, 192, "extension"),
    ("GlobalAveragePooling1D", "8x4", 32, "extension"),
    ("LayerNormalization", INPUT, 16, "extension"),
    ("LayerNormalization: {center: false, scale: false}", INPUT, 16, "extension"),
    ("GroupNormalization: {groups: 2}", INPUT, 16, "extension"),
    ("UnitNormalization", INPUT, 16, "extension"),
    ("LocalResponseNormalization: {size: 5}", INPUT, 16, "extension"),
    ("Add: {from: [prev, prev, prev]}", INPUT, 2 * 192, "extension"),
    ("Multiply: {from: [prev, prev]}", INPUT, 192, "extension"),
    ("Average: {from: [prev, prev]}", INPUT, 192, "extension"),
    ("Maximum: {from: [prev, prev]}", INPUT, 192, "extension"),
    ("Minimum: {from: [prev, prev]}", INPUT, 192, "extension"),
    ("Subtract: {from: [prev, prev]}", INPUT, 192, "extension"),
    ("Concatenate: {from: [prev, prev]}", INPUT, None, "extension"),
    ("ZeroPadding2D: 1", INPUT, None, "extension"),
    ("Cropping2D: 1", INPUT, None, "extension"),
    ("Reshape: [6, 32]", INPUT, None, "extension"),
    ("Permute: [2, 1, 3]", INPUT, None, "extension"),
    ("RepeatVector: 3", "7", None, "extension"),
    ("UpSampling2D: 2", INPUT, None, "extension"),
    ("ChannelSlice: {stop: 3}", INPUT, None, "extension"),
    ("ChannelShuffle: {groups: 2}", INPUT, None, "extension"),
    ("Identity", INPUT, None, "extension"),
    ("Embedding: {input_dim: 9, output_dim: 3}", "7", None, "extension"),
    ("SpatialDropout2D: 0.5", INPUT, None, "extension"),
    ("GaussianNoise: 0.5", INPUT, None, "extension"),
    ("RoIPooling: {pool_size: 2, regions: 10}", INPUT, 0, "extension"),
]


@pytest.mark.parametrize(("item", "input", "ops", "basis"), NOTES_OPS)
def test_operations_of_the_notes(item: str, input: str, ops: int | None, basis: str) -> None:
    notes = layer(item, input)["notes"]
    assert (notes["ops"], notes["basis"]["ops"]) == (ops, basis)


def test_operations_of_the_input_are_not_counted() -> None:
    row = report("layers: [Flatten]", INPUT)["layers"][0]
    assert (row["ops"], row["exact"]["macs"], row["exact"]["flops"]) == (None, 0, 0)


def test_the_total_adds_what_is_counted() -> None:
    made = report("layers: [{Conv2D: {filters: 5, kernel_size: 3}}, {MaxPooling2D: }, Flatten, {Dense: 2}]", INPUT)
    # 120*37 + 0 + - + 2*(3*2*5) + 2
    assert made["totals"]["ops"] == 4440 + 62


# Operations, exact ----------------------------------------------------------------------------------------------------

EXACT: list[tuple[str, str, int, int]] = [
    # macs H'W'F k_h k_w C/g; flops 2*macs + bias
    ("Conv2D: {filters: 5, kernel_size: 3}", INPUT, 24 * 5 * 36, 2 * 4320 + 120),
    ("Conv2D: {filters: 5, kernel_size: [1, 3], padding: same}", INPUT, 48 * 5 * 12, 2 * 2880 + 240),
    ("Conv2D: {filters: 5, kernel_size: 3, use_bias: false}", INPUT, 4320, 8640),
    ("Conv2D: {filters: 6, kernel_size: 3, groups: 2}", INPUT, 24 * 6 * 18, 2 * 2592 + 144),
    ("Conv2D: {filters: 5, kernel_size: 3, activation: relu}", INPUT, 4320, 8640 + 120 + 120),
    ("Conv2D: {filters: 5, kernel_size: 3, activation: linear}", INPUT, 4320, 8640 + 120),
    ("Conv2D: {filters: 5, kernel_size: 3, activation: softmax}", INPUT, 4320, 8640 + 120 + 5 * 120),
    ("Conv2D: {filters: 5, kernel_size: 3, use_bias: false, activation: tanh}", INPUT, 4320, 8640 + 120),
    ("Conv2D: {filters: 5, kernel_size: 3, strides: 2, dilation_rate: 2}", INPUT, 2 * 1 * 5 * 36, 720 + 10),
    ("Conv1D: {filters: 5, kernel_size: 3, padding: causal}", "8x4", 8 * 5 * 12, 960 + 40),
    ("Conv3D: {filters: 5, kernel_size: 2}", "2x3x4x4", 1 * 2 * 3 * 5 * 32, 1920 + 30),
    ("DepthwiseConv2D: {kernel_size: 3}", INPUT, 24 * 4 * 9, 2 * 864 + 96),
    (
        "DepthwiseConv2D: {kernel_size: 3, depth_multiplier: 2, activation: relu}",
        INPUT,
        24 * 8 * 9,
        2 * 1728 + 192 + 192,
    ),
    # 24 positions: depthwise 36, pointwise 4*5; one bias per output
    ("SeparableConv2D: {filters: 5, kernel_size: 3}", INPUT, 24 * (36 + 20), 2 * 1344 + 120),
    # H W C k_h k_w F/g, at the input's 48 positions; bias per output element
    ("Conv2DTranspose: {filters: 5, kernel_size: 2, strides: 2}", INPUT, 48 * 4 * 4 * 5, 2 * 3840 + 960),
    (
        "Conv2DTranspose: {filters: 5, kernel_size: 4, strides: 2, padding: 1, activation: relu}",
        INPUT,
        48 * 4 * 16 * 5,
        2 * 15360 + 2 * 960,
    ),
    ("Dense: 10", "7", 70, 150),
    ("Dense: {units: 10, use_bias: false}", "7", 70, 140),
    ("Dense: {units: 10, activation: relu}", "7", 70, 160),
    ("Dense: {units: 10, activation: softmax}", "7", 70, 200),
    ("Dense: {units: 10, activation: linear}", "7", 70, 150),
    ("Dense: 10", INPUT, 48 * 40, 2 * 1920 + 480),
    # 1 per element, Softmax 5
    ("ReLU", INPUT, 0, 192),
    ("PReLU", INPUT, 0, 192),
    ("Activation: gelu", INPUT, 0, 192),
    ("Activation: softmax", "7", 0, 35),
    ("Softmax", INPUT, 0, 960),
    ("Activation: linear", INPUT, 0, 0),
    # normalisation
    ("BatchNormalization", INPUT, 0, 384),
    ("BatchNormalization: {center: false, scale: false}", INPUT, 0, 384),
    ("LayerNormalization", INPUT, 0, 960),
    ("LayerNormalization: {center: false, scale: false}", INPUT, 0, 768),
    ("LayerNormalization: {center: false}", INPUT, 0, 960),
    ("GroupNormalization: {groups: 2}", INPUT, 0, 960),
    ("GroupNormalization: {groups: 2, center: false, scale: false}", INPUT, 0, 768),
    ("UnitNormalization", INPUT, 0, 768),
    ("LocalResponseNormalization: {size: 5}", INPUT, 0, 768),
    # pooling: a window per output element
    ("MaxPooling2D", INPUT, 0, 48 * 4),
    ("MaxPooling2D: {pool_size: 3, strides: 2, padding: same}", INPUT, 0, 4 * 3 * 4 * 9),
    ("AveragePooling2D: [1, 3]", INPUT, 0, 8 * 2 * 4 * 3),
    ("AveragePooling1D: 4", "8x4", 0, 8 * 4),
    # 8 into 2 cells of 4, 6 into 3 of 2
    ("AdaptiveAveragePooling2D: [2, 3]", INPUT, 0, 6 * 4 * 8),
    ("AdaptiveMaxPooling2D: 1", INPUT, 0, 192),
    ("GlobalAveragePooling2D", INPUT, 0, 192),
    ("GlobalMaxPooling2D: {keepdims: true}", INPUT, 0, 192),
    # merges
    ("Add: {from: [prev, prev, prev]}", INPUT, 0, 384),
    ("Multiply: {from: [prev, prev]}", INPUT, 0, 192),
    ("Average: {from: [prev, prev]}", INPUT, 0, 192),
    ("Subtract: {from: [prev, prev]}", INPUT, 0, 192),
    ("Concatenate: {from: [prev, prev]}", INPUT, 0, 0),
    ("Rescaling: 2", INPUT, 0, 384),
    ("Normalization", INPUT, 0, 384),
    # moving data
    ("UpSampling2D: 2", INPUT, 0, 0),
    ("UpSampling2D: {size: 2, interpolation: bilinear}", INPUT, 0, 4 * 768),
    ("Resizing: {height: 4, width: 3}", INPUT, 0, 4 * 48),  # Keras's default is bilinear
    ("Resizing: {height: 4, width: 3, interpolation: nearest}", INPUT, 0, 0),
    ("Flatten", INPUT, 0, 0),
    ("Reshape: [6, 32]", INPUT, 0, 0),
    ("ZeroPadding2D: 1", INPUT, 0, 0),
    ("Cropping2D: 1", INPUT, 0, 0),
    ("Permute: [2, 1, 3]", INPUT, 0, 0),
    ("RepeatVector: 3", "7", 0, 0),
    ("ChannelSlice: {stop: 3}", INPUT, 0, 0),
    ("ChannelShuffle: {groups: 2}", INPUT, 0, 0),
    ("Identity", INPUT, 0, 0),
    ("Embedding: {input_dim: 9, output_dim: 3}", "7", 0, 0),
    ("Dropout: 0.5", INPUT, 0, 0),
    ("GaussianNoise: 0.5", INPUT, 0, 0),
]


@pytest.mark.parametrize(("item", "input", "macs", "flops"), EXACT)
def test_exact_operations(item: str, input: str, macs: int, flops: int) -> None:
    exact = layer(item, input)["exact"]
    assert (exact["macs"], exact["flops"]) == (macs, flops)


def test_maxout_is_a_matrix_product_with_biases() -> None:
    exact = layer("Maxout: {pieces: 3, units: 10}", "7")["exact"]
    assert exact["macs"] == 3 * 70


def test_ops_repeat_the_chosen_convention() -> None:
    text = "layers: [{Conv2D: {filters: 5, kernel_size: 3}}, Flatten, {Dense: 2}]"
    notes, exact = report(text, INPUT, "notes"), report(text, INPUT, "exact")
    for made, of in ((notes, lambda row: row["notes"]["ops"]), (exact, lambda row: row["exact"]["macs"])):
        assert [row["ops"] for row in made["layers"]] == [of(row) for row in made["layers"]]
        assert made["totals"]["ops"] == of(made["totals"])
    # nothing else differs
    for row, other in zip(notes["layers"], exact["layers"], strict=True):
        same: set[str] = set(row) - {"ops", "receptive_field"}
        assert {key: row[key] for key in same} == {key: other[key] for key in same}


def test_repeated_and_shared_work_is_done_each_time() -> None:
    made: dict[str, Any] = report("layers: [{Dense: {units: 7, repeat: 3, share: d}}]".replace(", share: d", ""), "7")
    assert made["totals"]["exact"]["macs"] == 3 * 49
    assert [
        row["exact"]["macs"]
        for row in rows("layers: [{Dense: {units: 7, name: d}}, {Dense: {units: 7, share: d}}]", "7").values()
    ] == [49, 49]
