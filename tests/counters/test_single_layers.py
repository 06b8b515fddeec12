"""One layer by every profiler's rule, on an input of 10x12x8 (a Dense on 96 elements).

The figures are measured: the tools of `tests/peers/requirements.txt` were run on the same layer of PyTorch, and
TensorFlow's profiler on that of Keras 3. `tests/peers/test_counters.py` runs those of PyTorch again.
"""

from __future__ import annotations

import pytest

from tests.counters.single_layers import counts

MAP = (10, 12, 8)
PROFILERS = ("torchinfo", "fvcore", "torch", "calflops", "calflops-macs", "ptflops", "thop", "tensorflow")

MEASURED = {
    # kind, arguments, inputs: torchinfo, fvcore, torch, calflops FLOPs and MACs, ptflops, thop, TensorFlow
    "convolution": ("Conv2D", {"filters": 16, "kernel_size": 3, "padding": 1}, [MAP],
                    (140_160, 138_240, 276_480, 278_400, 138_240, 140_160, 138_240, 278_400)),
    "without a bias": ("Conv2D", {"filters": 16, "kernel_size": 3, "padding": 1, "use_bias": False}, [MAP],
                       (138_240, 138_240, 276_480, 276_480, 138_240, 138_240, 138_240, 276_480)),
    "in four groups": ("Conv2D", {"filters": 16, "kernel_size": 3, "padding": 1, "groups": 4}, [MAP],
                       (36_480, 34_560, 69_120, 71_040, 34_560, 36_480, 34_560, None)),
    "depthwise": ("DepthwiseConv2D", {"kernel_size": 3, "padding": 1}, [MAP],
                  (9_600, 8_640, 17_280, 18_240, 8_640, 9_600, 8_640, 18_240)),
    "transposed": ("Conv2DTranspose", {"filters": 16, "kernel_size": 4, "strides": 2, "padding": 1}, [MAP],
                   (990_720, 245_760, 491_520, 492_000, 245_760, 253_440, 983_040, 499_200)),
    "dense": ("Dense", {"units": 10}, [(96,)],
              (970, 960, 1_920, 1_920, 960, 970, 960, 1_930)),
    "batch normalization": ("BatchNormalization", {}, [MAP],
                            (16, 1_920, 0, 1_920, 0, 1_920, 3_840, 1_968)),
    "ReLU": ("ReLU", {}, [MAP], (0, 0, 0, 960, 0, 1_920, 0, 0)),
    "max pooling": ("MaxPooling2D", {"pool_size": 3, "strides": 2, "padding": 1}, [MAP],
                    (0, 0, 0, 960, 0, 1_920, 0, 2_160)),
    "average pooling": ("AveragePooling2D", {}, [MAP], (0, 0, 0, 960, 0, 1_920, 240, 960)),
    "global average pooling": ("GlobalAveragePooling2D", {}, [MAP], (0, 960, 0, 960, 0, 1_920, 968, 960)),
    "add": ("Add", {}, [MAP, MAP], (0, 0, 0, 0, 0, 0, 0, 960)),
    "softmax": ("Softmax", {}, [MAP], (0, 0, 0, 960, 0, 960, 2_760, 4_800)),
    "bilinear upsampling": ("UpSampling2D", {"interpolation": "bilinear"}, [MAP],
                            (0, 15_360, 0, 960, 0, 7_680, 42_240, 0)),
}  # fmt: skip


@pytest.mark.parametrize("layer", MEASURED)
def test_every_profiler_as_measured(layer: str) -> None:
    kind, arguments, inputs, expected = MEASURED[layer]
    found = counts(kind, arguments, *inputs)
    for profiler, count in zip(PROFILERS, expected, strict=True):
        if count is not None:  # TensorFlow does not run a convolution in groups on a CPU
            assert found[profiler] == count, profiler


# torchinfo 1.8.0 counts the parameters of a Linear once, whatever it is applied to; its repository has since been
# corrected (pull request 318 of TylerYep/torchinfo).
def test_torchinfo_and_a_linear_over_a_map() -> None:
    found = counts("Dense", {"units": 16}, MAP)
    assert found["torchinfo"] == 10 * 12 * (8 * 16 + 16)
    assert found["torchinfo-1.8.0"] == 8 * 16 + 16


# Measured: TensorFlow 2.12 with the Keras 2 that it brings, `tf.compat.v1.profiler` on the frozen graph.
KERAS_2 = [
    ("Conv2D", {"filters": 16, "kernel_size": 3, "padding": "same"}, [MAP], 278_400),
    ("DepthwiseConv2D", {"kernel_size": 3, "padding": "same"}, [MAP], 18_240),
    ("SeparableConv2D", {"filters": 16, "kernel_size": 3, "padding": "same"}, [MAP], 49_920),
    ("Conv2DTranspose", {"filters": 16, "kernel_size": 4, "strides": 2, "padding": "same"}, [MAP], 499_200),
    ("Conv1D", {"filters": 16, "kernel_size": 3}, [(10, 8)], 6_272),
    ("Conv3D", {"filters": 6, "kernel_size": 3}, [(5, 32, 32, 3)], 2_640_600),
    ("Dense", {"units": 10}, [(96,)], 1_930),
    ("BatchNormalization", {}, [MAP], 0),
    ("BatchNormalization", {}, [(96,)], 576),
    ("BatchNormalization", {}, [(5, 96)], 960),
    ("MaxPooling2D", {"pool_size": 3, "strides": 2, "padding": "same"}, [MAP], 2_160),
    ("GlobalAveragePooling2D", {}, [MAP], 960),
    ("Softmax", {}, [MAP], 4_800),
    ("Add", {}, [MAP, MAP], 0),
    ("Multiply", {}, [MAP, MAP], 960),
    ("Average", {}, [MAP, MAP, MAP], 960),
    ("Rescaling", {"scale": "1/255"}, [MAP], 960),
]


@pytest.mark.parametrize(("kind", "arguments", "inputs", "measured"), KERAS_2)
def test_tensorflows_profiler_on_keras_2(
    kind: str, arguments: dict[str, object], inputs: list[tuple[int, ...]], measured: int
) -> None:
    assert counts(kind, arguments, *inputs)["tensorflow-keras2"] == measured


# AlexeyAB's darknet: `l.bflops` of its convolutional, maxpool, shortcut and connected layers, by the source.
@pytest.mark.parametrize(
    ("kind", "arguments", "inputs", "count"),
    [
        ("Conv2D", {"filters": 16, "kernel_size": 3, "padding": 1}, [MAP], 2 * 9 * 8 * 16 * 120),
        ("MaxPooling2D", {"pool_size": 5, "strides": 1, "padding": "same"}, [MAP], 25 * 960),
        ("Add", {}, [MAP, MAP], 960),
        ("Dense", {"units": 10}, [(96,)], 0),
    ],
)
def test_darknets_bflops(kind: str, arguments: dict[str, object], inputs: list[tuple[int, ...]], count: int) -> None:
    assert counts(kind, arguments, *inputs)["darknet"] == count


def test_an_activation_inside_a_layer_is_a_module_of_its_own_elsewhere() -> None:
    arguments = {"filters": 16, "kernel_size": 3, "padding": 1}
    convolution = counts("Conv2D", arguments, MAP)
    for activation in ("relu", "softmax", "silu", "tanh", "sparsemax"):
        fused = counts("Conv2D", {**arguments, "activation": activation}, MAP)
        alone = counts("Activation", {"activation": activation}, (10, 12, 16))
        for profiler, count in fused.items():
            parts = (convolution[profiler], alone[profiler])
            assert count == (None if None in parts else sum(parts)), (activation, profiler)  # type: ignore[arg-type]


# nn.ReLU6 calls another function than nn.ReLU: ptflops 960 and calflops 0 on 960 elements, measured.
def test_a_relu_with_options_is_another_function() -> None:
    relu6 = counts("ReLU", {"max_value": 6}, MAP)
    assert (relu6["ptflops"], relu6["calflops"]) == (960, 0)
    assert counts("Activation", {"activation": "relu6"}, MAP) == relu6
    leaky = counts("ReLU", {"negative_slope": "1/10"}, MAP)
    assert (leaky["ptflops"], leaky["calflops"]) == (960, 960)
    both = counts("ReLU", {"max_value": 6, "negative_slope": "1/10"}, MAP)
    assert set(both.values()) == {None}
