"""PyTorch's modules and functions by name, and the layer that each is: what code of PyTorch's says."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

Arguments = Mapping[str, object]


@dataclass(slots=True)
class Leaf:
    """A module without inner ones: the layer that it is. `params` is its number of parameters if it has some.

    `channels` are the input's channels or features, if the module names them. `name` is that of the first call.
    """

    kind: str
    arguments: dict[str, object] = field(default_factory=dict)
    params: int | None = None
    channels: int | None = None
    path: str = ""
    name: str = ""


Maker = Callable[[Arguments], Leaf]


def whole(given: Arguments, name: str) -> int:
    """Returns an argument that is an integer. Raises: ValueError."""
    value = given.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{name} must be an integer that can be read from the code")
    return value


def sizes(given: Arguments, name: str, rank: int, default: object = None) -> list[int]:
    """Returns an argument that is an integer, or one per axis. Raises: ValueError."""
    value = given.get(name, default)
    value = [value] * rank if isinstance(value, int) else value
    if not isinstance(value, (list, tuple)) or not all(isinstance(entry, int) for entry in value):
        raise ValueError(f"{name} must be an integer, or one per axis")
    return [int(entry) for entry in value]


def short(values: Sequence[int]) -> int | list[int]:
    """Returns one number if all are equal."""
    return values[0] if len(set(values)) == 1 else list(values)


def _padding(given: Arguments, rank: int) -> object:
    value = given.get("padding", 0)
    if isinstance(value, str):
        return value
    pads = sizes(given, "padding", rank, 0)
    return pads[0] if len(set(pads)) == 1 else [[pad, pad] for pad in pads]


def _convolution(rank: int, transposed: bool = False) -> Maker:
    def make(given: Arguments) -> Leaf:
        channels, filters = whole(given, "in_channels"), whole(given, "out_channels")
        kernel = sizes(given, "kernel_size", rank)
        groups = whole({"groups": 1, **given}, "groups")
        bias = given.get("bias", True) is not False
        if groups < 1 or channels % groups:
            raise ValueError(f"groups must divide in_channels, {channels}")
        arguments: dict[str, object] = {"filters": filters, "kernel_size": short(kernel)}
        if groups > 1:
            arguments["groups"] = groups
        if set(sizes(given, "stride", rank, 1)) != {1}:
            arguments["strides"] = short(sizes(given, "stride", rank, 1))
        padding = _padding(given, rank)
        if padding or transposed:
            arguments["padding"] = padding
        if set(sizes(given, "dilation", rank, 1)) != {1}:
            arguments["dilation_rate"] = short(sizes(given, "dilation", rank, 1))
        if transposed and any(sizes(given, "output_padding", rank, 0)):
            arguments["output_padding"] = short(sizes(given, "output_padding", rank, 0))
        if not bias:
            arguments["use_bias"] = False
        params = filters * channels // groups * math.prod(kernel) + (filters if bias else 0)
        return Leaf(f"Conv{rank}D{'Transpose' if transposed else ''}", arguments, params, channels)

    return make


def _linear(given: Arguments) -> Leaf:
    features, units = whole(given, "in_features"), whole(given, "out_features")
    bias = given.get("bias", True) is not False
    arguments: dict[str, object] = {"units": units, **({} if bias else {"use_bias": False})}
    return Leaf("Dense", arguments, features * units + (units if bias else 0), features)


def _pool(kind: str, rank: int) -> Maker:
    def make(given: Arguments) -> Leaf:
        kernel = sizes(given, "kernel_size", rank)
        arguments: dict[str, object] = {"pool_size": short(kernel)}
        stride = given.get("stride")
        if stride is not None and sizes(given, "stride", rank) != kernel:
            arguments["strides"] = short(sizes(given, "stride", rank))
        padding = _padding(given, rank)
        if padding:
            arguments["padding"] = padding
        if given.get("ceil_mode"):
            arguments["ceil_mode"] = True
        if set(sizes(given, "dilation", rank, 1)) != {1}:
            raise ValueError("pooling with dilation has no layer")
        return Leaf(f"{kind}{rank}D", arguments)

    return make


def _adaptive(kind: str, rank: int) -> Maker:
    def make(given: Arguments) -> Leaf:
        wanted = sizes(given, "output_size", rank)
        if set(wanted) == {1}:
            return Leaf(f"Global{kind}{rank}D", {"keepdims": True})
        return Leaf(f"Adaptive{kind}{rank}D", {"output_size": short(wanted)})

    return make


def _batch_norm(given: Arguments) -> Leaf:
    channels = whole(given, "num_features")
    affine = given.get("affine", True) is not False
    arguments: dict[str, object] = {} if affine else {"center": False, "scale": False}
    return Leaf("BatchNormalization", arguments, (4 if affine else 2) * channels, channels)


def _group_norm(given: Arguments) -> Leaf:
    channels = whole(given, "num_channels")
    return Leaf("GroupNormalization", {"groups": whole(given, "num_groups")}, 2 * channels, channels)


def _layer_norm(given: Arguments) -> Leaf:
    shape = sizes(given, "normalized_shape", 1)
    if len(shape) != 1:
        raise ValueError("LayerNorm over several axes is not read")
    return Leaf("LayerNormalization", {}, 2 * shape[0], shape[0])


def _prelu(given: Arguments) -> Leaf:
    count = whole({"num_parameters": 1, **given}, "num_parameters")
    return Leaf("PReLU", {"shared_axes": [1, 2] if count > 1 else [1, 2, 3]}, count)


def _number(kind: str, name: str, argument: str, default: float) -> Maker:
    def make(given: Arguments) -> Leaf:
        value = given.get(name, default)
        if not isinstance(value, (int, float)):
            raise ValueError(f"{name} must be a number")
        return Leaf(kind, {argument: value if isinstance(value, int) else Fraction(repr(value))})

    return make


def _upsample(given: Arguments) -> Leaf:
    mode = given.get("mode", "nearest")
    if given.get("scale_factor") is not None:
        factor = given["scale_factor"]
        number = int(factor) if isinstance(factor, (int, float)) and factor == int(factor) else 0
        if number < 1:
            raise ValueError("scale_factor must be a whole number")
        arguments: dict[str, object] = {"size": number}
        kind = "UpSampling2D"
    else:
        height, width = sizes(given, "size", 2)
        arguments, kind = {"height": height, "width": width, "interpolation": "nearest"}, "Resizing"
    if mode in ("bilinear", "bicubic"):
        arguments["interpolation"] = mode
    return Leaf(kind, arguments)


def _zero_pad(given: Arguments) -> Leaf:
    left, right, top, bottom = sizes(given, "padding", 4)
    if max(left, right, top, bottom) <= 0:
        return Leaf("Cropping2D", {"cropping": [[-top, -bottom], [-left, -right]]})
    return Leaf("ZeroPadding2D", {"padding": [[top, bottom], [left, right]]})


def _local_response_norm(given: Arguments) -> Leaf:
    return Leaf("LocalResponseNormalization", {"size": whole(given, "size")})


def _block_size(kind: str) -> Maker:
    return lambda given: Leaf(kind, {"block_size": whole(given, "factor")})


def _plain(kind: str, **arguments: object) -> Maker:
    return lambda given: Leaf(kind, dict(arguments))


_CONV: Final = "in_channels out_channels kernel_size stride padding dilation groups bias"
_CONV_TRANSPOSE: Final = "in_channels out_channels kernel_size stride padding output_padding groups bias dilation"
_POOL: Final = "kernel_size stride padding dilation return_indices ceil_mode"
_AVERAGE: Final = "kernel_size stride padding ceil_mode count_include_pad"

MODULES: Final[dict[str, tuple[str, Maker]]] = {
    **{f"Conv{rank}d": (_CONV, _convolution(rank)) for rank in (1, 2, 3)},
    **{f"ConvTranspose{rank}d": (_CONV_TRANSPOSE, _convolution(rank, transposed=True)) for rank in (1, 2, 3)},
    **{f"MaxPool{rank}d": (_POOL, _pool("MaxPooling", rank)) for rank in (1, 2, 3)},
    **{f"AvgPool{rank}d": (_AVERAGE, _pool("AveragePooling", rank)) for rank in (1, 2, 3)},
    **{f"AdaptiveAvgPool{rank}d": ("output_size", _adaptive("AveragePooling", rank)) for rank in (1, 2, 3)},
    **{f"AdaptiveMaxPool{rank}d": ("output_size", _adaptive("MaxPooling", rank)) for rank in (1, 2, 3)},
    **{f"BatchNorm{rank}d": ("num_features eps momentum affine", _batch_norm) for rank in (1, 2, 3)},
    "Linear": ("in_features out_features bias", _linear),
    "GroupNorm": ("num_groups num_channels eps affine", _group_norm),
    "LayerNorm": ("normalized_shape eps", _layer_norm),
    "LocalResponseNorm": ("size alpha beta k", _local_response_norm),
    "ReLU": ("inplace", _plain("ReLU")), "ReLU6": ("inplace", _plain("ReLU", max_value=6)),
    "LeakyReLU": ("negative_slope inplace", _number("LeakyReLU", "negative_slope", "negative_slope", 0.01)),
    "ELU": ("alpha inplace", _number("ELU", "alpha", "alpha", 1)), "PReLU": ("num_parameters init", _prelu),
    **{name: ("inplace", _plain("Activation", activation=activation)) for name, activation in (
        ("Sigmoid", "sigmoid"), ("Tanh", "tanh"), ("SiLU", "silu"), ("GELU", "gelu"), ("Mish", "mish"),
        ("Hardswish", "hard_silu"), ("Hardsigmoid", "hard_sigmoid"), ("SELU", "selu"), ("Softplus", "softplus"),
        ("Hardtanh", "hard_tanh"), ("Softsign", "softsign"))},
    "Softmax": ("dim", _plain("Softmax")), "LogSoftmax": ("dim", _plain("Activation", activation="log_softmax")),
    "Dropout": ("p inplace", _number("Dropout", "p", "rate", 0.5)),
    "Dropout2d": ("p inplace", _number("SpatialDropout2D", "p", "rate", 0.5)),
    "Flatten": ("start_dim end_dim", _plain("Flatten")), "Identity": ("", _plain("Identity")),
    "Upsample": ("size scale_factor mode align_corners", _upsample), "ZeroPad2d": ("padding", _zero_pad),
    "PixelShuffle": ("factor", _block_size("DepthToSpace")), "PixelUnshuffle": ("factor", _block_size("SpaceToDepth")),
}  # fmt: skip
"""The parameters of each module of torch.nn, in their order, and what makes a layer of them."""

FUNCTIONS: Final = {
    "relu": "ReLU", "relu_": "ReLU", "relu6": "ReLU6", "leaky_relu": "LeakyReLU", "elu": "ELU", "sigmoid": "Sigmoid",
    "tanh": "Tanh", "silu": "SiLU", "gelu": "GELU", "mish": "Mish", "hardswish": "Hardswish", "selu": "SELU",
    "hardsigmoid": "Hardsigmoid", "softplus": "Softplus", "softmax": "Softmax", "log_softmax": "LogSoftmax",
    "dropout": "Dropout", "dropout2d": "Dropout2d", "interpolate": "Upsample", "pixel_shuffle": "PixelShuffle",
    **{f"max_pool{rank}d": f"MaxPool{rank}d" for rank in (1, 2, 3)},
    **{f"avg_pool{rank}d": f"AvgPool{rank}d" for rank in (1, 2, 3)},
    **{f"adaptive_avg_pool{rank}d": f"AdaptiveAvgPool{rank}d" for rank in (1, 2, 3)},
    **{f"adaptive_max_pool{rank}d": f"AdaptiveMaxPool{rank}d" for rank in (1, 2, 3)},
}  # fmt: skip
"""The module that each function of torch and torch.nn.functional, or method of a tensor, is."""


def make(name: str, positional: Sequence[object], named: Arguments) -> Leaf:
    """Makes the layer of a module from the arguments of its call. Raises: ValueError, KeyError."""
    parameters, maker = MODULES[name]
    order = parameters.split()
    if len(positional) > len(order):
        raise ValueError(f"{name} takes {len(order)} arguments here, not {len(positional)}")
    return maker({**dict(zip(order, positional, strict=False)), **named})
