"""The profilers' tables against the profilers: layer by layer, and on torchvision's networks, to the last digit.

Where a network of torchvision's is written in another way than the shipped spec, the difference stands here with its
reason and its arithmetic; `docs/counters.md` tells it in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

torchvision = pytest.importorskip("torchvision")

from torch import Tensor, nn  # noqa: E402

import cnncalc  # noqa: E402
from cnncalc.analysis.analyze import analyzed  # noqa: E402
from cnncalc.counting import tally  # noqa: E402
from cnncalc.profile.profilers import COUNTERS  # noqa: E402
from tests.counters.single_layers import counts  # noqa: E402
from tests.peers.profilers import profile  # noqa: E402

SEQUENCE, MAP, VOLUME, VECTOR = (20, 8), (10, 12, 8), (6, 7, 8, 8), (96,)
CONV = {"filters": 16, "kernel_size": 3, "padding": 1}
ENLARGE = {"filters": 16, "kernel_size": 4, "strides": 2, "padding": 1}


class Steps(nn.Module):
    """A recurrent module of PyTorch's that reads a sequence with the channels first and gives its outputs."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        outputs: Tensor = self.inner(x.transpose(1, 2))[0]
        return outputs


LAYERS: Mapping[str, tuple[str, Mapping[str, object], tuple[int, ...], Callable[[], nn.Module]]] = {
    # name: kind, arguments, input; the module of PyTorch
    "conv1d": ("Conv1D", CONV, SEQUENCE, lambda: nn.Conv1d(8, 16, 3, padding=1)),
    "conv2d": ("Conv2D", CONV, MAP, lambda: nn.Conv2d(8, 16, 3, padding=1)),
    "conv3d": ("Conv3D", CONV, VOLUME, lambda: nn.Conv3d(8, 16, 3, padding=1)),
    "strided": ("Conv2D", CONV | {"strides": 2}, MAP, lambda: nn.Conv2d(8, 16, 3, 2, 1)),
    "dilated": ("Conv2D", CONV | {"dilation_rate": 2}, MAP, lambda: nn.Conv2d(8, 16, 3, 1, 1, 2)),
    "no bias": ("Conv2D", CONV | {"use_bias": False}, MAP, lambda: nn.Conv2d(8, 16, 3, padding=1, bias=False)),
    "groups": ("Conv2D", CONV | {"groups": 4}, MAP, lambda: nn.Conv2d(8, 16, 3, padding=1, groups=4)),
    "depthwise": (
        "DepthwiseConv2D", {"kernel_size": 3, "padding": 1, "depth_multiplier": 2}, MAP,
        lambda: nn.Conv2d(8, 16, 3, padding=1, groups=8),
    ),
    "separable": (
        "SeparableConv2D", CONV, MAP,
        lambda: nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False), nn.Conv2d(8, 16, 1)),
    ),
    "transposed 1d": ("Conv1DTranspose", ENLARGE, SEQUENCE, lambda: nn.ConvTranspose1d(8, 16, 4, 2, 1)),
    "transposed": ("Conv2DTranspose", ENLARGE, MAP, lambda: nn.ConvTranspose2d(8, 16, 4, 2, 1)),
    "transposed 3d": ("Conv3DTranspose", ENLARGE, VOLUME, lambda: nn.ConvTranspose3d(8, 16, 4, 2, 1)),
    "transposed, groups": (
        "Conv2DTranspose", ENLARGE | {"groups": 4}, MAP, lambda: nn.ConvTranspose2d(8, 16, 4, 2, 1, groups=4)
    ),
    "transposed, output padding": (
        "Conv2DTranspose", {"filters": 16, "kernel_size": 3, "strides": 2, "padding": 1, "output_padding": 1}, MAP,
        lambda: nn.ConvTranspose2d(8, 16, 3, 2, 1, 1),
    ),
    "transposed, same": (
        "Conv2DTranspose", {"filters": 16, "kernel_size": 3, "strides": 2, "padding": "same"}, MAP,
        lambda: nn.ConvTranspose2d(8, 16, 3, 2, 1, 1),
    ),
    "transposed, valid": (
        "Conv2DTranspose", {"filters": 16, "kernel_size": 3, "strides": 2}, MAP, lambda: nn.ConvTranspose2d(8, 16, 3, 2)
    ),
    "dense": ("Dense", {"units": 10}, VECTOR, lambda: nn.Linear(96, 10)),
    "dense, no bias": ("Dense", {"units": 10, "use_bias": False}, VECTOR, lambda: nn.Linear(96, 10, bias=False)),
    "batch norm": ("BatchNormalization", {}, MAP, lambda: nn.BatchNorm2d(8)),
    "batch norm 1d": ("BatchNormalization", {}, SEQUENCE, lambda: nn.BatchNorm1d(8)),
    "batch norm, plain": (
        "BatchNormalization", {"scale": False, "center": False}, MAP, lambda: nn.BatchNorm2d(8, affine=False)
    ),
    "group norm": ("GroupNormalization", {"groups": 2}, MAP, lambda: nn.GroupNorm(2, 8)),
    "group norm, plain": (
        "GroupNormalization", {"groups": 2, "scale": False, "center": False}, MAP,
        lambda: nn.GroupNorm(2, 8, affine=False),
    ),
    "simple rnn": ("SimpleRNN", {"units": 6}, SEQUENCE, lambda: Steps(nn.RNN(8, 6, batch_first=True))),
    "lstm": ("LSTM", {"units": 6}, SEQUENCE, lambda: Steps(nn.LSTM(8, 6, batch_first=True))),
    "lstm, no bias": (
        "LSTM", {"units": 6, "use_bias": False}, SEQUENCE, lambda: Steps(nn.LSTM(8, 6, bias=False, batch_first=True))
    ),
    "gru": ("GRU", {"units": 6}, SEQUENCE, lambda: Steps(nn.GRU(8, 6, batch_first=True))),
    "gru, no bias": (
        "GRU", {"units": 6, "use_bias": False}, SEQUENCE, lambda: Steps(nn.GRU(8, 6, bias=False, batch_first=True))
    ),
    "instance norm": ("InstanceNormalization", {}, MAP, lambda: nn.InstanceNorm2d(8)),
    "instance norm, affine": (
        "InstanceNormalization", {"affine": True}, MAP, lambda: nn.InstanceNorm2d(8, affine=True)
    ),
    "layer norm": ("LayerNormalization", {}, VECTOR, lambda: nn.LayerNorm(96)),
    "layer norm, plain": (
        "LayerNormalization", {"scale": False, "center": False}, VECTOR,
        lambda: nn.LayerNorm(96, elementwise_affine=False),
    ),
    "local response": ("LocalResponseNormalization", {}, MAP, lambda: nn.LocalResponseNorm(5)),
    "local response 1d": ("LocalResponseNormalization", {"size": 3}, SEQUENCE, lambda: nn.LocalResponseNorm(3)),
    "max pooling 1d": ("MaxPooling1D", {}, SEQUENCE, lambda: nn.MaxPool1d(2)),
    "max pooling": ("MaxPooling2D", {"pool_size": 3, "strides": 2, "padding": 1}, MAP, lambda: nn.MaxPool2d(3, 2, 1)),
    "max pooling 3d": ("MaxPooling3D", {}, VOLUME, lambda: nn.MaxPool3d(2)),
    "average pooling 1d": ("AveragePooling1D", {}, SEQUENCE, lambda: nn.AvgPool1d(2)),
    "average pooling": ("AveragePooling2D", {}, MAP, lambda: nn.AvgPool2d(2)),
    "average pooling 3d": ("AveragePooling3D", {}, VOLUME, lambda: nn.AvgPool3d(2)),
    "adaptive average": (
        "AdaptiveAveragePooling2D", {"output_size": [5, 6]}, MAP, lambda: nn.AdaptiveAvgPool2d((5, 6))
    ),
    "adaptive average, larger": (
        "AdaptiveAveragePooling2D", {"output_size": 15}, MAP, lambda: nn.AdaptiveAvgPool2d(15)
    ),
    "adaptive max": ("AdaptiveMaxPooling2D", {"output_size": 5}, MAP, lambda: nn.AdaptiveMaxPool2d(5)),
    "global average 1d": ("GlobalAveragePooling1D", {}, SEQUENCE, lambda: nn.AdaptiveAvgPool1d(1)),
    "global average": ("GlobalAveragePooling2D", {"keepdims": True}, MAP, lambda: nn.AdaptiveAvgPool2d(1)),
    "global average 3d": ("GlobalAveragePooling3D", {}, VOLUME, lambda: nn.AdaptiveAvgPool3d(1)),
    "global max 1d": ("GlobalMaxPooling1D", {}, SEQUENCE, lambda: nn.AdaptiveMaxPool1d(1)),
    "global max": ("GlobalMaxPooling2D", {}, MAP, lambda: nn.AdaptiveMaxPool2d(1)),
    "global max 3d": ("GlobalMaxPooling3D", {}, VOLUME, lambda: nn.AdaptiveMaxPool3d(1)),
    "upsampling 1d": ("UpSampling1D", {}, SEQUENCE, lambda: nn.Upsample(scale_factor=2)),
    "upsampling": ("UpSampling2D", {}, MAP, lambda: nn.Upsample(scale_factor=2)),
    "upsampling, bilinear": (
        "UpSampling2D", {"interpolation": "bilinear"}, MAP, lambda: nn.Upsample(scale_factor=2, mode="bilinear")
    ),
    "upsampling 3d": ("UpSampling3D", {}, VOLUME, lambda: nn.Upsample(scale_factor=2)),
    "resizing": (
        "Resizing", {"height": 7, "width": 9}, MAP, lambda: nn.Upsample(size=(7, 9), mode="bilinear")
    ),
    "resizing, nearest": (
        "Resizing", {"height": 7, "width": 9, "interpolation": "nearest"}, MAP, lambda: nn.Upsample(size=(7, 9))
    ),
    "zero padding": ("ZeroPadding2D", {"padding": 1}, MAP, lambda: nn.ZeroPad2d(1)),
    "flatten": ("Flatten", {}, MAP, nn.Flatten),
    "identity": ("Identity", {}, MAP, nn.Identity),
    "shuffle": ("ChannelShuffle", {}, MAP, lambda: nn.ChannelShuffle(2)),
    "dropout": ("Dropout", {"rate": "1/2"}, MAP, nn.Dropout),
    "spatial dropout": ("SpatialDropout2D", {"rate": "1/2"}, MAP, nn.Dropout2d),
    "alpha dropout": ("AlphaDropout", {"rate": "1/2"}, MAP, nn.AlphaDropout),
    "prelu": ("PReLU", {"shared_axes": [1, 2]}, MAP, lambda: nn.PReLU(8)),
    "softmax": ("Softmax", {}, MAP, lambda: nn.Softmax(1)),
    "softmax, another axis": ("Softmax", {"axis": 1}, MAP, lambda: nn.Softmax(2)),
    "relu6": ("ReLU", {"max_value": 6}, MAP, nn.ReLU6),
    "clipped": ("ReLU", {"max_value": 4}, MAP, lambda: nn.Hardtanh(0, 4)),
    "threshold": ("ReLU", {"threshold": 1}, MAP, lambda: nn.Threshold(1, 0)),
    "elu with a factor": ("ELU", {"alpha": 2}, MAP, lambda: nn.ELU(2)),
    **{
        name: ("Activation", {"activation": name}, MAP, module)
        for name, module in {
            "relu": nn.ReLU, "leaky_relu": nn.LeakyReLU, "elu": nn.ELU, "selu": nn.SELU, "celu": nn.CELU,
            "gelu": nn.GELU, "silu": nn.SiLU, "mish": nn.Mish, "sigmoid": nn.Sigmoid, "log_sigmoid": nn.LogSigmoid,
            "hard_sigmoid": nn.Hardsigmoid, "hard_silu": nn.Hardswish, "tanh": nn.Tanh, "hard_tanh": nn.Hardtanh,
            "tanh_shrink": nn.Tanhshrink, "hard_shrink": nn.Hardshrink, "soft_shrink": nn.Softshrink,
            "softplus": nn.Softplus, "softsign": nn.Softsign, "log_softmax": lambda: nn.LogSoftmax(1),
        }.items()
    },
}  # fmt: skip


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_is_counted_as_the_profilers_count_it(layer: str) -> None:
    kind, arguments, shape, module = LAYERS[layer]
    found = counts(kind, arguments, shape)
    channels_first = (*shape[-1:], *shape[:-1])
    assert {name: found[name] for name in PROFILED} == profile(module, channels_first)


PROFILED = ("torchinfo-1.8.0", "fvcore", "torch", "calflops", "calflops-macs", "ptflops", "thop")

# Networks that are the same here and there, to the last digit of every profiler.
EQUAL = {
    "alexnet": "alexnet",
    "vgg11": "vgg11",
    "vgg13": "vgg13",
    "resnet18": "resnet18",
    "resnet34": "resnet34",
    "resnet50": "resnet50_v1_5",
    "resnext50_32x4d": "resnext50_32x4d",
    "squeezenet1_0": "squeezenet1_0",
}
SOFTMAX = {"calflops": 1000, "ptflops": 1000, "thop": 3 * 1000 - 1}
"""What a softmax over 1000 classes costs, which Keras's definitions have at their end and torchvision's have not."""
POOL_7X7 = {"fvcore": 25_088, "calflops": 25_088, "ptflops": 2 * 25_088, "thop": 2 * 25_088}
"""An AdaptiveAvgPool2d from 7x7x512 to 7x7x512, which changes nothing: torchvision's VGG has it, Keras's has not."""
LAYER_NORM_2D = 2 * 56**2 * 96 + 28**2 * 192 + 14**2 * 384 + 768
"""torchvision's LayerNorm2d is a class of its own, which ptflops and thop do not know: elements that it normalises."""
DIFFERENT: dict[str, tuple[str, list[dict[str, int]]]] = {
    # network: spec, what the spec has beyond torchvision's definition, part by part
    "vgg16": ("vgg16", [SOFTMAX, {name: -count for name, count in POOL_7X7.items()}]),
    "vgg19": ("vgg19", [SOFTMAX, {name: -count for name, count in POOL_7X7.items()}]),
    # x.mean([2, 3]) at the end is no layer, and no profiler sees it
    "shufflenet_v2_x1_0": (
        "shufflenet_v2_x1_0",
        [{"fvcore": 50_176, "calflops": 50_176, "ptflops": 2 * 50_176, "thop": 50_176 + 1024}],
    ),
    # pooled by a function, not a module, over 7x7x1280: ptflops counts it once, thop not at all
    "mobilenet_v2": ("mobilenet_v2", [SOFTMAX, {"ptflops": 62_720, "thop": 62_720 + 1280}]),
    # the last ReLU and pooling are functions, over 7x7x1024
    "densenet121": ("densenet121", [SOFTMAX, {"ptflops": 2 * 50_176, "thop": 50_176 + 1024}]),
    # Keras's last two layers are convolutions of 1x1, whose biases calflops counts, and torchvision's are Linear
    "mobilenet_v3_small": ("mobilenet_v3_small", [SOFTMAX, {"calflops": 1024 + 1000}]),
    "mobilenet_v3_large": ("mobilenet_v3_large", [SOFTMAX, {"calflops": 1280 + 1000}]),
    "efficientnet_b0": ("efficientnet_b0", [SOFTMAX]),
    "convnext_tiny": ("convnext_tiny", [SOFTMAX, {"ptflops": LAYER_NORM_2D, "thop": 4 * LAYER_NORM_2D}]),
}


def profiled(network: str) -> dict[str, int]:
    return profile(lambda: getattr(torchvision.models, network)(weights=None), (3, 224, 224))


def calculated(spec: str) -> dict[str, int]:
    _, analysis = analyzed(cnncalc.load(spec).expansion, "exact")
    totals = {name: tally(analysis, COUNTERS[name]).total for name in PROFILED}
    return {name: total for name, total in totals.items() if total is not None}


@pytest.mark.parametrize("network", EQUAL)
def test_a_network_is_counted_to_the_last_digit(network: str) -> None:
    assert calculated(EQUAL[network]) == profiled(network)


@pytest.mark.parametrize("network", DIFFERENT)
def test_a_network_that_is_written_differently_differs_by_just_that(network: str) -> None:
    spec, parts = DIFFERENT[network]
    found, measured = calculated(spec), profiled(network)
    assert {name: found[name] - measured[name] for name in PROFILED} == {
        name: sum(part.get(name, 0) for part in parts) for name in PROFILED
    }
