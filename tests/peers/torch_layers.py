"""PyTorch's modules for the layers, and for the arguments of layers, that Keras does not have."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torchvision import ops

from cnncalc.layers.registry import layer_class

Arguments = Mapping[str, Any]


class NotInTorch(Exception):
    """PyTorch has no module for these arguments either."""


class Apply(nn.Module):
    """A function as a module, with the modules that it uses."""

    def __init__(self, function: Callable[[Tensor], Tensor], *modules: nn.Module) -> None:
        super().__init__()
        self.function = function
        self.used = nn.ModuleList(modules)

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x)


def per_axis(arguments: Arguments, name: str, rank: int, default: int) -> tuple[Any, ...]:
    value = arguments.get(name, default)
    return (value,) * rank if isinstance(value, int) else tuple(value)


def torch_layer(kind: str, arguments: Arguments, channels: int) -> nn.Module:
    """The module of a kind, channels first. Raises: NotInTorch."""
    if kind in _OTHERS:
        return _OTHERS[kind](arguments, channels)
    rank = layer_class(kind).rank
    if "Pooling" in kind:
        return pooling(kind, arguments, rank)
    if kind.startswith(("Conv", "Depthwise", "Separable")):
        return convolution(kind, arguments, rank, channels)
    raise NotInTorch(kind)


def explicit_padding(kind: str, arguments: Arguments, rank: int) -> tuple[list[nn.Module], tuple[int, ...]]:
    """What pads before a window, where its sides differ or it is causal, and the module's own padding."""
    padding = arguments.get("padding", "valid")
    if padding == "valid":
        return [], (0,) * rank
    if padding == "causal":
        dilation, size = (per_axis(arguments, name, 1, 1)[0] for name in ("dilation_rate", "kernel_size"))
        return [nn.ConstantPad1d((dilation * (size - 1), 0), 0)], (0,)
    if isinstance(padding, str):
        raise NotInTorch(f"{kind} with strides and padding {padding}")
    amounts = per_axis(arguments, "padding", rank, 0)
    if all(isinstance(amount, int) for amount in amounts):
        return [], amounts
    if kind.endswith("Transpose"):
        raise NotInTorch(f"{kind} that crops its sides differently")
    sides = [(pad, pad) if isinstance(pad, int) else tuple(pad) for pad in amounts]
    if "pool_size" in arguments and any(
        max(pad) > size // 2 for pad, size in zip(sides, per_axis(arguments, "pool_size", rank, 2), strict=True)
    ):
        raise NotInTorch(f"{kind}, padded by more than half of its window")
    flat = [side for pad in reversed(sides) for side in pad]
    return [nn.ConstantPad2d(flat, -math.inf if kind.startswith("Max") else 0)], (0,) * rank  # type: ignore[arg-type]


def pooling(kind: str, arguments: Arguments, rank: int) -> nn.Module:
    before, padding = explicit_padding(kind, arguments, rank)
    ceil_mode = arguments.get("ceil_mode", False)
    if before and ceil_mode:
        raise NotInTorch(f"{kind} with ceil_mode and sides that differ")
    name = f"{'MaxPool' if kind.startswith('Max') else 'AvgPool'}{rank}d"
    size = per_axis(arguments, "pool_size", rank, 2)
    return nn.Sequential(*before, getattr(nn, name)(size, arguments.get("strides"), padding, ceil_mode=ceil_mode))


def convolution(kind: str, arguments: Arguments, rank: int, channels: int) -> nn.Module:
    before, padding = explicit_padding(kind, arguments, rank)
    bias = arguments.get("use_bias", True)
    geometry: dict[str, Any] = {
        "stride": per_axis(arguments, "strides", rank, 1),
        "dilation": per_axis(arguments, "dilation_rate", rank, 1),
        "padding": padding,
    }
    size = per_axis(arguments, "kernel_size", rank, 1)
    if kind.endswith("Transpose"):
        if isinstance(arguments.get("padding", "valid"), str):
            raise NotInTorch(f"{kind} of Keras's lengths")
        geometry["output_padding"] = per_axis(arguments, "output_padding", rank, 0)
        groups = arguments.get("groups", 1)
        module = getattr(nn, f"ConvTranspose{rank}d")
        return module(channels, arguments["filters"], size, groups=groups, bias=bias, **geometry)  # type: ignore[no-any-return]
    module = getattr(nn, f"Conv{rank}d")
    if kind.startswith("Conv"):
        groups = arguments.get("groups", 1)
        return nn.Sequential(
            *before, module(channels, arguments["filters"], size, groups=groups, bias=bias, **geometry)
        )
    inner = channels * arguments.get("depth_multiplier", 1)
    if kind.startswith("Depthwise"):
        return nn.Sequential(*before, module(channels, inner, size, groups=channels, bias=bias, **geometry))
    depthwise = module(channels, inner, size, groups=channels, bias=False, **geometry)
    return nn.Sequential(*before, depthwise, module(inner, arguments["filters"], 1, bias=bias))


def regions(operation: Callable[..., Tensor], arguments: Arguments) -> nn.Module:
    """A map per region: the first axis of the result counts the regions."""
    size = per_axis(arguments, "pool_size", 2, 1)
    boxes = torch.tensor([[0.0, 0.0, 1.0, 1.0]] * arguments["regions"])
    return Apply(lambda x: operation(x, [boxes], size))


def maxout(arguments: Arguments, channels: int) -> nn.Module:
    pieces, units = arguments.get("pieces", 2), arguments["units"]
    linear = nn.Linear(channels, pieces * units)

    def largest(x: Tensor) -> Tensor:
        if x.dim() != 2:
            raise NotInTorch("Maxout of a map")
        return linear(x).unflatten(1, (pieces, units)).amax(1)

    return Apply(largest, linear)


def scale(arguments: Arguments, channels: int) -> nn.Module:
    """A depthwise convolution with windows of one position."""
    depthwise = nn.Conv1d(channels, channels, 1, groups=channels, bias=arguments.get("use_bias", False))
    return Apply(lambda x: depthwise(x.reshape(1, channels, -1)).reshape(x.shape), depthwise)


_OTHERS: dict[str, Callable[[Arguments, int], nn.Module]] = {
    "ChannelShuffle": lambda arguments, channels: nn.ChannelShuffle(arguments.get("groups", 2)),
    "ChannelSlice": lambda arguments, channels: Apply(
        lambda x: x[:, slice(arguments.get("start", 0), arguments.get("stop"))]
    ),
    "LocalResponseNormalization": lambda arguments, channels: nn.LocalResponseNorm(arguments.get("size", 5)),
    "LayerScale": lambda arguments, channels: scale({"use_bias": False}, channels),
    "Maxout": maxout,
    "RoIAlign": lambda arguments, channels: regions(ops.roi_align, arguments),
    "RoIPooling": lambda arguments, channels: regions(ops.roi_pool, arguments),
    "Scale": scale,
}
