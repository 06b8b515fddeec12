"""Layers without windows: shapes, weights, counts, reach and what is said about mistakes, without a framework.

Where nothing else is said, the expected figures are what Keras 3.15 reports for the same layer.
`tests/peers/test_layers_other.py` compares random ones with Keras and PyTorch directly.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from cnncalc.receptive_fields.reach import (
    Everything,
    Flattened,
    Pointwise,
    Rearranged,
    Resample,
    SameAxis,
    Scrambled,
    Shift,
    WholeAxis,
)
from cnncalc.tensor import Shape
from tests.language import layers
from tests.layers.layer_figures import Arguments, build, counts, figure, problem, reach_of, shape_of, weights

# Shapes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "arguments", "x", "y"),
    [
        ("Dense", {"units": 10}, (84,), (10,)),
        ("Dense", {"units": 10}, (None, 7, 84), (None, 7, 10)),
        ("Maxout", {"units": 10}, (84,), (10,)),
        ("Embedding", {"input_dim": 100, "output_dim": 8}, (20,), (20, 8)),
        ("Embedding", {"input_dim": 100, "output_dim": 8}, (None, 20), (None, 20, 8)),
        ("Flatten", {}, (5, 5, 16), (400,)),
        ("Flatten", {}, (400,), (400,)),
        ("Flatten", {}, (None, 5, 16), (None,)),
        ("Reshape", {"target_shape": [1, 1, 64]}, (64,), (1, 1, 64)),
        ("Reshape", {"target_shape": "7x7x64"}, (3136,), (7, 7, 64)),
        ("Reshape", {"target_shape": [-1, 6]}, (4, 5, 6), (20, 6)),
        ("Reshape", {"target_shape": -1}, (4, 5, 6), (120,)),
        ("Permute", {"dims": [3, 1, 2]}, (4, None, 6), (6, 4, None)),
        ("RepeatVector", {"n": 3}, (32,), (3, 32)),
        ("ChannelSlice", {}, (4, 4, 9), (4, 4, 9)),
        ("ChannelSlice", {"start": 2, "stop": -3}, (4, 4, 9), (4, 4, 4)),  # channels 2, 3, 4, 5
        ("ChannelSlice", {"start": -4, "stop": 100}, (9,), (4,)),  # channels 5, 6, 7, 8
        ("ChannelShuffle", {"groups": 3}, (4, 4, 9), (4, 4, 9)),
        ("Identity", {}, (None, 4, 9), (None, 4, 9)),
        ("BatchNormalization", {"axis": 1}, (4, None, 9), (4, None, 9)),
        ("Activation", {"activation": "swish"}, (4, None, 9), (4, None, 9)),
        ("Dropout", {"rate": 1}, (4,), (4,)),
        ("ZeroPadding1D", {"padding": [0, 2]}, (5, 4), (7, 4)),
        ("ZeroPadding1D", {"padding": [[0, 2]]}, (5, 4), (7, 4)),
        ("ZeroPadding2D", {}, (5, None, 4), (7, None, 4)),
        ("ZeroPadding2D", {"padding": [1, 2]}, (5, 6, 4), (7, 10, 4)),
        ("ZeroPadding2D", {"padding": [[0, 1], [2, 3]]}, (5, 6, 4), (6, 11, 4)),
        ("ZeroPadding3D", {"padding": 1}, (5, 6, 7, 4), (7, 8, 9, 4)),
        ("Cropping1D", {}, (5, 4), (3, 4)),
        ("Cropping2D", {}, (5, 6, 4), (5, 6, 4)),  # Keras's default: 1 in one and three dimensions, 0 in two
        ("Cropping2D", {"cropping": [[0, 1], 2]}, (5, 6, 4), (4, 2, 4)),
        ("Cropping3D", {}, (5, 6, 7, 4), (3, 4, 5, 4)),
        ("UpSampling1D", {"size": 3}, (5, 4), (15, 4)),
        ("UpSampling2D", {"size": [1, 3]}, (5, None, 4), (5, None, 4)),
        ("UpSampling3D", {}, (5, 6, 7, 4), (10, 12, 14, 4)),
        ("Resizing", {"height": 24, "width": 32}, (None, 6, 4), (24, 32, 4)),
    ],
)
def test_output_shape(kind: str, arguments: Arguments, x: Shape, y: Shape) -> None:
    assert shape_of(kind, arguments, x) == y


# Weights ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "arguments", "x", "expected"),
    [
        ("Dense", {"units": 10}, (84,), {"kernel": (84 * 10, True), "bias": (10, True)}),
        ("Dense", {"units": 10, "use_bias": False}, (None, 7, 84), {"kernel": (84 * 10, True)}),
        # The notes' max(w1 x + b1, w2 x + b2): a weight matrix and a bias for each piece.
        ("Maxout", {"pieces": 3, "units": 10}, (84,), {"kernel": (3 * 84 * 10, True), "bias": (3 * 10, True)}),
        ("Embedding", {"input_dim": 100, "output_dim": 8}, (20,), {"embeddings": (100 * 8, True)}),
        (
            "BatchNormalization",
            {},
            (4, 5, 6),
            {"gamma": (6, True), "beta": (6, True), "moving_mean": (6, False), "moving_variance": (6, False)},
        ),
        (
            "BatchNormalization",
            {"axis": 1, "center": False, "scale": False},
            (4, None, 6),
            {"moving_mean": (4, False), "moving_variance": (4, False)},
        ),
        (
            "BatchNormalization",
            {"renorm": True, "center": False, "scale": False},
            (6,),
            dict.fromkeys(
                ["moving_mean", "moving_variance", "moving_stddev", "renorm_mean", "renorm_stddev"], (6, False)
            ),
        ),
        ("LayerNormalization", {}, (None, 5, 6), {"gamma": (6, True), "beta": (6, True)}),
        ("LayerNormalization", {"axis": [1, 2, 3], "center": False}, (4, 5, 6), {"gamma": (4 * 5 * 6, True)}),
        ("LayerNormalization", {"axis": [-1, 1]}, (4, 5, 6), {"gamma": (4 * 6, True), "beta": (4 * 6, True)}),
        ("LayerNormalization", {"rms_scaling": True, "scale": False}, (4, 5, 6), {"gamma": (6, True)}),
        ("GroupNormalization", {"groups": -1, "scale": False}, (4, 5, 6), {"beta": (6, True)}),
        ("UnitNormalization", {}, (4, 5, 6), {}),
        ("LocalResponseNormalization", {}, (4, 5, 6), {}),
        # EfficientNetB0 of keras.applications begins with one: 7 parameters, none trained.
        ("Normalization", {}, (224, 224, 3), {"mean": (3, False), "variance": (3, False), "count": (1, False)}),
        ("Normalization", {"axis": None}, (None, 4, 3), dict.fromkeys(["mean", "variance", "count"], (1, False))),
        ("Normalization", {"mean": [1, 2, 3], "variance": [1, 1, 1]}, (4, 4, 3), {}),
        ("PReLU", {}, (4, 5, 6), {"alpha": (4 * 5 * 6, True)}),
        ("PReLU", {"shared_axes": [1, 2]}, (None, None, 6), {"alpha": (6, True)}),
        ("PReLU", {"shared_axes": 2}, (4, 5, 6), {"alpha": (4 * 6, True)}),
        ("LeakyReLU", {}, (4, 5, 6), {}),
        ("Resizing", {"height": 9, "width": 9}, (4, 5, 6), {}),
    ],
)  # fmt: skip
def test_weights(kind: str, arguments: Arguments, x: Shape, expected: dict[str, tuple[int, bool]]) -> None:
    assert weights(kind, arguments, x) == expected


# Counts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "arguments", "x", "macs", "flops"),
    [
        # LeNet-5's layers: two operations per MAC, the bias and the activation one each per unit.
        ("Dense", {"units": 120, "activation": "tanh"}, (400,), 48_000, 2 * 48_000 + 120 + 120),
        ("Dense", {"units": 10, "activation": "softmax"}, (84,), 840, 2 * 840 + 10 + 5 * 10),
        ("Dense", {"units": 10, "use_bias": False}, (4, 5, 84), 20 * 840, 2 * 20 * 840),
        ("Maxout", {"pieces": 3, "units": 10}, (84,), 3 * 840, 2 * 3 * 840 + 3 * 10 + 2 * 10),
        ("Embedding", {"input_dim": 100, "output_dim": 8}, (20,), 0, 0),
        ("Flatten", {}, (4, 5, 6), 0, 0),
        ("BatchNormalization", {}, (4, 5, 6), 0, 2 * 120),
        ("BatchNormalization", {"scale": False, "center": False}, (4, 5, 6), 0, 2 * 120),
        ("LayerNormalization", {}, (4, 5, 6), 0, 5 * 120),
        ("LayerNormalization", {"scale": False, "center": False}, (4, 5, 6), 0, 4 * 120),
        ("LayerNormalization", {"scale": False, "center": False, "rms_scaling": True}, (4, 5, 6), 0, 5 * 120),
        ("GroupNormalization", {"groups": 2, "scale": False}, (4, 5, 6), 0, 5 * 120),
        ("UnitNormalization", {}, (4, 5, 6), 0, 4 * 120),
        ("LocalResponseNormalization", {}, (4, 5, 6), 0, 4 * 120),
        ("Normalization", {}, (4, 5, 6), 0, 2 * 120),
        ("Rescaling", {"scale": "1/255"}, (4, 5, 6), 0, 2 * 120),
        ("Activation", {"activation": None}, (4, 5, 6), 0, 0),
        ("Activation", {"activation": "log_softmax"}, (4, 5, 6), 0, 5 * 120),
        ("ReLU", {}, (4, 5, 6), 0, 120),
        ("PReLU", {}, (4, 5, 6), 0, 120),
        ("Softmax", {}, (4, 5, 6), 0, 5 * 120),
        ("Dropout", {"rate": Fraction(1, 2)}, (4, 5, 6), 0, 0),
        ("ZeroPadding2D", {}, (4, 5, 6), 0, 0),
        ("UpSampling2D", {}, (4, 5, 6), 0, 0),
        ("UpSampling2D", {"interpolation": "bilinear"}, (4, 5, 6), 0, 4 * 8 * 10 * 6),
        ("Resizing", {"height": 3, "width": 3}, (4, 5, 6), 0, 4 * 3 * 3 * 6),
        ("Resizing", {"height": 3, "width": 3, "interpolation": "nearest"}, (4, 5, 6), 0, 0),
    ],
)
def test_macs_and_flops(kind: str, arguments: Arguments, x: Shape, macs: int, flops: int) -> None:
    assert counts(kind, arguments, x) == (macs, flops)


def test_counts_of_an_unknown_size_are_unknown_but_weights_are_not() -> None:
    assert counts("Dense", {"units": 10}, (None, 84)) == (None, None)
    assert counts("BatchNormalization", {}, (None, 84)) == (0, None)
    assert weights("Dense", {"units": 10}, (None, 84))["kernel"] == (840, True)


def test_batch_normalization_counts_the_channels_of_its_axis() -> None:
    """The notes' 4*C operations are about the axis that is normalised."""
    assert figure(build("BatchNormalization", {"axis": 1}), "4*C", (4, 5, 6)) == 4 * 4


def test_maxout_fits_the_notes_formulas_of_dense() -> None:
    """neurons: the units; operations: in * out + out for each piece."""
    layer = build("Maxout", {"pieces": 2, "units": 10})
    assert layer.family == "dense"
    assert figure(layer, "prod(pos)*units", (84,)) == 10


# Reach -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "arguments", "x", "reach"),
    [
        ("Dense", {"units": 3}, (6,), Everything()),
        ("Dense", {"units": 3}, (4, 5, 6), Pointwise()),
        ("Maxout", {"units": 3}, (6,), Everything()),
        ("Flatten", {}, (4, 5, 6), Flattened()),
        ("Flatten", {}, (6,), Pointwise()),
        ("Reshape", {"target_shape": [4, 5, 6]}, (4, 5, 6), Pointwise()),
        ("Reshape", {"target_shape": [-1]}, (4, 5, 6), Flattened()),
        ("Reshape", {"target_shape": [1, 1, 6]}, (6,), Everything()),
        ("Reshape", {"target_shape": [2, 3]}, (6,), Scrambled("it moves channels into space")),
        ("Reshape", {"target_shape": [20, 6]}, (4, 5, 6), Scrambled("it regroups positions and channels")),
        ("Permute", {"dims": [2, 1, 3]}, (4, 5, 6), Rearranged((1, 0))),
        ("Permute", {"dims": [3, 1, 2, 4]}, (4, 5, 6, 7), Rearranged((2, 0, 1))),
        ("Permute", {"dims": [3, 2, 1]}, (4, 5, 6), Scrambled("it moves channels into space")),
        ("Permute", {"dims": [1]}, (6,), Pointwise()),
        ("RepeatVector", {"n": 3}, (6,), Everything()),
        ("ChannelSlice", {"stop": 3}, (4, 5, 6), Pointwise()),
        ("LayerNormalization", {"axis": [1, 2, 3]}, (4, 5, 6), Pointwise()),
        ("Softmax", {}, (4, 5, 6), Pointwise()),
        ("Softmax", {}, (6,), Everything()),
        ("Softmax", {"axis": [2, 3]}, (4, 5, 6), (SameAxis(), WholeAxis())),
        ("Activation", {"activation": "softmax"}, (6,), Everything()),
        ("Activation", {"activation": "relu"}, (6,), Pointwise()),
        ("ZeroPadding2D", {"padding": [[1, 2], 3]}, (4, 5, 6), (Shift(1), Shift(3))),
        ("Cropping2D", {"cropping": [[1, 2], 0]}, (4, 5, 6), (Shift(-1), Shift(0))),
        ("UpSampling1D", {"size": 3}, (None, 6), (Resample(1, 3),)),
        (
            "UpSampling2D",
            {"size": [2, 3], "interpolation": "bilinear"},
            (4, 5, 6),
            (Resample(1, 2, taps=2), Resample(1, 3, taps=2)),
        ),
        (
            "Resizing",
            {"height": 8, "width": 2, "interpolation": "nearest"},
            (4, None, 6),
            (Resample(4, 8), Resample(None, 2)),
        ),
    ],
)
def test_reach(kind: str, arguments: Arguments, x: Shape, reach: object) -> None:
    assert reach_of(kind, arguments, x) == reach


# Mistakes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "arguments", "x", "id", "message"),
    [
        ("Dense", {"units": 10}, (None,), "unknown-size",
         "Dense needs the length of its input, which is unknown: the input is ?"),
        ("Maxout", {"units": 10}, (4, 5, 6), "wrong-rank", "Maxout reads a vector, but its input has shape 4x5x6"),
        ("RepeatVector", {"n": 3}, (4, 6), "wrong-rank", "RepeatVector reads a vector, but its input has shape 4x6"),
        ("Reshape", {"target_shape": [49]}, (None, 7), "unknown-size",
         "Reshape needs the size of its input, which is unknown: the input is ?x7"),
        ("Reshape", {"target_shape": [7, 0]}, (49,), "bad-value",
         "target_shape of Reshape must be positive sizes, of which one may be -1"),
        ("Reshape", {"target_shape": [5, -1, 4]}, (4, 6), "shapes-do-not-fit",
         "Reshape must keep the number of elements, but the input (4x6) has 24 and 5x-1x4 needs a multiple of 20"),
        ("Permute", {"dims": [1, 3]}, (4, 6), "bad-value",
         "dims of Permute must name every axis once, counted from 1, not [1, 3]"),
        ("Permute", {"dims": [2, 1]}, (4, 5, 6), "wrong-rank",
         "dims of Permute names 2 axes, but the input 4x5x6 has 3"),
        ("ChannelSlice", {"start": 6}, (4, 5, 6), "size-below-one",
         "ChannelSlice from 6 to the end keeps no channel: the input 4x5x6 has 6"),
        ("ChannelShuffle", {"groups": 4}, (4, 5, 6), "groups-do-not-divide",
         "groups must divide the input's channels, but 4 does not divide 6 (the input is 4x5x6)"),
        ("BatchNormalization", {"axis": 0}, (4, 5, 6), "no-such-axis",
         "axis 0 of BatchNormalization is the batch, which a spec leaves out"),
        ("BatchNormalization", {"axis": -5}, (4, 5, 6), "no-such-axis",
         "axis -5 of BatchNormalization is not there: the input has 3 axes (4x5x6)"),
        ("BatchNormalization", {"axis": 2}, (4, None, 6), "unknown-size",
         "BatchNormalization needs the width of its input, which is unknown: the input is 4x?x6"),
        ("LayerNormalization", {"axis": [-1, 3]}, (4, 5, 6), "no-such-axis",
         "the axes -1, 3 of LayerNormalization name one axis twice: the input is 4x5x6"),
        ("UnitNormalization", {"axis": []}, (4, 5, 6), "bad-value",
         "axis of UnitNormalization must name at least one axis, not []"),
        ("GroupNormalization", {}, (4, 5, 6), "groups-do-not-divide",
         "groups must divide the channels, but 32 does not divide 6 (the input is 4x5x6)"),
        ("Normalization", {"mean": 1}, (4, 5, 6), "bad-value",
         "Normalization takes a mean and a variance of the same shape, or neither"),
        ("Normalization", {"mean": [1, 2], "variance": [1, 2]}, (4, 5, 6), "shapes-do-not-fit",
         "mean has 2 numbers, which do not fit axes of size 6"),
        ("Rescaling", {"scale": [[1, 2], 3]}, (4, 5, 6), "bad-value",
         'argument "scale" of Rescaling must be a number, or a list of numbers, not [[1, 2], 3]'),
        ("Rescaling", {"scale": [1, 2]}, (4, 5, 6), "shapes-do-not-fit",
         "scale has 2 numbers, which do not fit the input 4x5x6"),
        ("PReLU", {"shared_axes": 4}, (4, 5, 6), "no-such-axis",
         "shared axis 4 of PReLU is not there: the input is 4x5x6"),
        ("ReLU", {"max_value": -1}, (6,), "bad-value",
         'argument "max_value" of ReLU must be a number of at least 0, not -1'),
        ("Dropout", {"rate": 2}, (6,), "bad-value", 'argument "rate" of Dropout must be a number from 0 to 1, not 2'),
        ("Cropping2D", {"cropping": [0, [2, 3]]}, (4, 5, 6), "size-below-one",
         "Cropping2D cuts 2 + 3 off the width, but the input 4x5x6 has 5"),
        ("UpSampling2D", {"interpolation": "area"}, (4, 5, 6), "bad-value",
         'argument "interpolation" of UpSampling2D must be nearest, bilinear, bicubic, lanczos3 or lanczos5, '
         'not "area"'),
        ("UpSampling3D", {"interpolation": "bilinear"}, (4, 5, 6, 7), "bad-value",
         'argument "interpolation" of UpSampling3D must be nearest or trilinear, not "bilinear"'),
        ("Resizing", {"height": 2, "width": 2, "crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True}, (4, 5, 6),
         "bad-value",
         "Resizing keeps the aspect ratio in one way: by crop_to_aspect_ratio or by pad_to_aspect_ratio"),
    ],
)  # fmt: skip
def test_mistakes_are_explained(kind: str, arguments: Arguments, x: Shape, id: str, message: str) -> None:
    found = problem(kind, arguments, x)
    assert (found.id, found.message) == (id, message)


@pytest.mark.parametrize(
    ("kind", "arguments", "x", "suggestion"),
    [
        ("Reshape", {"target_shape": [7, 7, 500]}, (25088,), "target_shape: [7, 7, 512] would fit"),
        ("PReLU", {}, (None, 5, 6), "shared_axes: [1, 2] learns one alpha per channel"),
        ("Dense", {"units": 10}, (None,),
         "write the sizes of the model's input instead of null, or pool globally before this layer"),
        ("Conv2D", {"filters": 8, "kernel_size": 1, "activation": "glu"}, (4, 5, 6),
         "write it out: two ChannelSlice, a sigmoid behind the second, and Multiply"),
    ],
)  # fmt: skip
def test_mistakes_come_with_a_way_out(kind: str, arguments: Arguments, x: Shape, suggestion: str) -> None:
    assert problem(kind, arguments, x).suggestion == suggestion


def test_a_scale_is_one_factor_per_channel_and_no_matrix_product() -> None:
    # LayerScale on 96 channels has 96 parameters (tests/truth/keras/ConvNeXtTiny.json, measured in Keras 3.15).
    (row,) = layers("layers: [Scale]", "[56, 56, 96]")
    assert (row.output_shape, row.params, row.trainable_params) == ((56, 56, 96), 96, 96)
    assert (row.exact.macs, row.exact.flops) == (0, 56 * 56 * 96)


def test_a_scale_with_bias_is_lenet_5_s_subsampling() -> None:
    # LeCun et al. 1998, section II.B: S2 has 12 trainable parameters, a coefficient and a bias for each of 6 maps.
    (row,) = layers("layers: [{Scale: {use_bias: true, activation: sigmoid}}]", "[14, 14, 6]")
    assert row.params == 12
    assert row.exact.flops == 3 * 14 * 14 * 6
