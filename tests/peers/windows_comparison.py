"""One convolution or pooling here, in Keras and in PyTorch: shape and parameters, or that it is refused."""

import math
import os
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")

torch = pytest.importorskip("torch")
keras = pytest.importorskip("keras")

from torch import nn  # noqa: E402

from cnncalc.errors import Problem  # noqa: E402
from cnncalc.formula import formula  # noqa: E402
from cnncalc.layers.base import Layer  # noqa: E402
from cnncalc.layers.registry import build, layer_class  # noqa: E402
from cnncalc.tensor import Shape, Tensor  # noqa: E402

Arguments = dict[str, Any]
Network = Callable[[Any], Any]
"""From a batch of channels-last maps to what a layer makes of them."""
Answer = tuple[tuple[int | None, ...], int] | None
"""The output shape and the number of parameters; `None`: refused.

Both frameworks let some transposed convolutions make maps without positions; here that is a refusal.
"""

CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D")
DEPTHWISE = ("DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D")
TRANSPOSED = ("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
POOLINGS = tuple(f"{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (1, 2, 3))
ADAPTIVE = ("AdaptiveAveragePooling2D", "AdaptiveMaxPooling2D")
GLOBAL = tuple(f"Global{kind}" for kind in POOLINGS)


def rank_of(kind: str) -> int:
    return layer_class(kind).rank


def figure(layer: Layer, text: str, x: Shape, y: Shape) -> int:
    value = formula(text).evaluate(layer.symbols(x, y))
    assert isinstance(value, int)
    return value


def ours(kind: str, arguments: Mapping[str, Any], x: Shape) -> Answer:
    try:
        layer = build(kind, arguments)
        y = layer.output([Tensor(x)]).shape
    except Problem:
        return None
    return y, sum(figure(layer, weight.text, x, y) for weight in layer.weights(x))


def by_keras(kind: str, arguments: Mapping[str, Any], x: Shape) -> Answer:
    """What Keras makes of zeros of this shape; where it can't compute them, what it says the shape would be."""
    try:
        layer = getattr(keras.layers, kind)(**arguments)
        if None in x or (kind == "AveragePooling3D" and len(x) == 4):  # see `avg_pool3d_refuses`
            layer.build((None, *x))
            shape = tuple(layer.compute_output_shape((None, *x)))
        else:
            shape = tuple(layer(torch.zeros(1, *x)).shape)
    except (ValueError, TypeError, IndexError, RuntimeError):
        return None
    return None if 0 in shape else (shape[1:], layer.count_params())


def by_torch(make: Callable[[], nn.Module], x: Shape) -> Answer:
    """What PyTorch makes of zeros of this channels-last shape."""
    try:
        module = make()
        shape = tuple(module(torch.zeros(1, x[-1], *x[:-1])).shape)
    except (ValueError, RuntimeError):
        return None
    if 0 in shape:
        return None
    return (*shape[2:], shape[1]), sum(parameter.numel() for parameter in module.parameters())


def compare(cases: Sequence[tuple[str, Arguments, Shape]], judge: Callable[[str, Arguments, Shape], Answer]) -> None:
    verdicts = [(case, ours(*case), judge(*case)) for case in cases]
    assert [verdict for verdict in verdicts if verdict[1] != verdict[2]] == []
    refused = sum(verdict[2] is None for verdict in verdicts)
    assert 0 < refused < 0.7 * len(cases), "nearly all or none refused: the cases test too little"


def per_axis(dice: random.Random, rank: int, low: int, high: int) -> int | list[int]:
    return dice.randint(low, high) if dice.random() < 0.4 else [dice.randint(low, high) for _ in range(rank)]


def random_map(dice: random.Random, rank: int, channels: Sequence[int] = (1, 2, 3, 4, 6), unknown: float = 0) -> Shape:
    sizes = [None if dice.random() < unknown else dice.randint(1, 9) for _ in range(rank)]
    if None not in sizes and dice.random() < 0.02:
        sizes.append(3)
    return (*sizes, dice.choice(channels))


def random_window(dice: random.Random, kind: str) -> Arguments:
    """Arguments that Keras's convolutions share; strides and dilation are not both above 1, which Keras refuses."""
    rank = rank_of(kind)
    words = ["valid", "same", "SAME", "causal"] if dice.random() < 0.3 else ["valid", "same"]
    arguments: Arguments = {
        "kernel_size": per_axis(dice, rank, 1, 5),
        "padding": dice.choice(words),
        "use_bias": dice.random() < 0.5,
        "activation": dice.choice([None, "relu", "swish"]),
    }
    arguments["dilation_rate" if dice.random() < 0.4 else "strides"] = per_axis(dice, rank, 1, 4)
    return arguments


def avg_pool3d_refuses(kind: str, arguments: Mapping[str, Any], sizes: Sequence[int]) -> bool:
    """PyTorch's avg_pool3d, unlike its other poolings, refuses a window larger than the map *without* its padding."""
    window = tuples(arguments, "pool_size", 3, 2)
    return kind == "AveragePooling3D" and any(size < k for size, k in zip(sizes, window, strict=True))


def tuples(arguments: Mapping[str, Any], name: str, rank: int, default: int) -> tuple[Any, ...]:
    value = arguments.get(name, default)
    return (value,) * rank if isinstance(value, int) else tuple(value)


def torch_layer(kind: str, arguments: Mapping[str, Any], channels: int) -> nn.Module:
    """The PyTorch module of a kind with explicit padding; pairs are padded by a layer of their own."""
    rank = rank_of(kind)
    padding = tuples(arguments, "padding", rank, 0)
    before: list[nn.Module] = []
    if any(isinstance(pad, list) for pad in padding):
        flat = [amount for pair in reversed(padding) for amount in pair]
        before = [nn.ConstantPad2d(flat, -math.inf if kind.startswith("Max") else 0)]
        padding = (0,) * rank
    if kind in POOLINGS:
        name = f"{'MaxPool' if kind.startswith('Max') else 'AvgPool'}{rank}d"
        window = arguments["pool_size"], arguments["strides"], padding
        return nn.Sequential(*before, getattr(nn, name)(*window, ceil_mode=arguments["ceil_mode"]))
    geometry = {
        "stride": tuples(arguments, "strides", rank, 1),
        "dilation": tuples(arguments, "dilation_rate", rank, 1),
        "padding": padding,
        "bias": arguments["use_bias"],
        "groups": arguments["groups"],
    }
    sizes = channels, arguments["filters"], tuples(arguments, "kernel_size", rank, 1)
    if kind in TRANSPOSED:
        added = tuples(arguments, "output_padding", rank, 0)
        return getattr(nn, f"ConvTranspose{rank}d")(*sizes, output_padding=added, **geometry)
    return nn.Sequential(*before, getattr(nn, f"Conv{rank}d")(*sizes, **geometry))


def judged_by_torch(kind: str, arguments: Arguments, x: Shape) -> Answer:
    if len(x) != rank_of(kind) + 1:
        return None
    if kind == "AveragePooling3D":
        kind = "MaxPooling3D"  # the same shapes: see `avg_pool3d_refuses`
    return by_torch(lambda: torch_layer(kind, arguments, x[-1] or 0), x)


def random_pads(dice: random.Random, rank: int, high: int) -> int | list[object]:
    pads = per_axis(dice, rank, 0, high)
    if isinstance(pads, int) or dice.random() < 0.5:
        return pads if isinstance(pads, int) else list(pads)
    return [[dice.randint(0, high), dice.randint(0, high)] for _ in range(rank)]
