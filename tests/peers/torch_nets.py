"""A spec's expanded layers as a network of PyTorch's functions, from their arguments alone: no shape rule of ours.

What is between 0 and a gradient is taken out: weights are positive, poolings average, merges add, activations and
normalisations hand on, so that the gradient of an output is positive exactly where the input can influence it. Zeros
stay exact zeros: float64 convolutions are sums of products here, and interpolation weights are fractions.

Values are channels-last and keep the batch axis: (1, H, W, C).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812  (the framework's custom)
from torch import Tensor, nn

from cnncalc.expansion.nodes import Expansion, Node

CONVOLVE = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
SPREAD = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}
AVERAGE = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}

POINTWISE = frozenset(
    {
        "BatchNormalization", "LayerNormalization", "ReLU", "PReLU", "Activation", "Dropout", "Identity",
        "Elementwise", "Normalize",
    }
)  # fmt: skip
SUMS = frozenset({"Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract", "Divide"})

ADAPTIVE = {1: F.adaptive_avg_pool1d, 2: F.adaptive_avg_pool2d, 3: F.adaptive_avg_pool3d}
TAPS = {"nearest": 1, "bilinear": 2, "trilinear": 2, "bicubic": 4}

Pads = list[tuple[int, int]]


def _depth_to_space(layer: Any, x: Tensor) -> Tensor:
    size = layer.block_size
    _, height, width, channels = x.shape
    blocks = x.reshape(1, height, width, size, size, channels // size**2).permute(0, 1, 3, 2, 4, 5)
    return blocks.reshape(1, height * size, width * size, channels // size**2)


def _space_to_depth(layer: Any, x: Tensor) -> Tensor:
    size = layer.block_size
    _, height, width, channels = x.shape
    blocks = x.reshape(1, height // size, size, width // size, size, channels).permute(0, 1, 3, 2, 4, 5)
    return blocks.reshape(1, height // size, width // size, channels * size**2)


def _slice(layer: Any, x: Tensor) -> Tensor:
    index: list[slice] = [slice(None)] * x.dim()
    index[layer.axis] = slice(layer.start, layer.stop, layer.step)
    return x[tuple(index)]


def _expand(layer: Any, x: Tensor) -> Tensor:
    return x.unsqueeze(layer.axis) if layer.shape is None else x.expand(1, *layer.shape)


def _mat_mul(layer: Any, a: Tensor, b: Tensor) -> Tensor:
    a = a.transpose(-1, -2) if layer.transpose_a else a
    return torch.matmul(a, b.transpose(-1, -2) if layer.transpose_b else b)


def _einsum(layer: Any, a: Tensor, b: Tensor) -> Tensor:
    return torch.einsum(layer.equation, a[0], b[0])[None]


TENSOR_OPERATIONS: dict[str, Callable[..., Tensor]] = {
    "DepthToSpace": _depth_to_space,
    "SpaceToDepth": _space_to_depth,
    "Slice": _slice,
    "ChannelPadding": lambda layer, x: F.pad(x, layer.padding),
    "Expand": _expand,
    "Squeeze": lambda layer, x: x.squeeze(layer.axis),
    "Stack": lambda layer, *inputs: torch.stack(inputs, layer.axis),
    "MatMul": _mat_mul,
    "Einsum": _einsum,
}
"""Layers without weights that move or multiply what they read."""


class TorchNet(nn.Module):
    """The network. `border` is what stands around every map, where PyTorch has 0.

    With 1 there and zeros as the input an output is 0 exactly where no padding, cropped or not, has a part in it:
    maps are extended far enough that what comes from beyond their border is made of what stands there.
    """

    def __init__(self, expansion: Expansion, seed: int = 0) -> None:
        super().__init__()
        self.expansion = expansion
        self.border = 0.0
        self.random = torch.Generator().manual_seed(seed)
        self.kernels = nn.ParameterDict()
        self.values: list[Tensor] = []

    def forward(self, x: Tensor) -> Tensor:
        self.values = [x]
        for index, node in enumerate(self.expansion.nodes):
            if index:
                self.values.append(self.compute(str(index), node, [self.values[source] for source in node.inputs]))
        return self.values[-1]

    def weight(self, name: str, *shape: int) -> Tensor:
        """A positive weight, the same at every call; divided so that values stay near 1."""
        if name not in self.kernels:
            values = torch.rand(shape, generator=self.random, dtype=torch.float64) + 0.5
            self.kernels[name] = nn.Parameter(values * shape[0] / values.numel(), requires_grad=False)
        return self.kernels[name]

    def compute(self, name: str, node: Node, inputs: Sequence[Tensor]) -> Tensor:
        kind, layer = node.kind, node.layer
        if kind == "Parameter":
            return torch.full((1, *layer.shape), self.parameter(int(name)), dtype=torch.float64)  # type: ignore[union-attr]
        x = inputs[0]
        base = re.sub(r"[123]D", "", kind)
        if kind in POINTWISE:
            return x
        if kind in SUMS:
            total = x
            for other in inputs[1:]:
                total = total + other
            return total
        if kind == "Concatenate":
            return torch.cat(list(inputs), layer.axis)
        if kind == "Dense":
            return F.linear(x, self.weight(name, layer.units, int(x.shape[-1])))
        if kind == "Flatten":
            return x.flatten(1)
        if kind in TENSOR_OPERATIONS:
            return TENSOR_OPERATIONS[kind](layer, *inputs)
        if kind.startswith("Reduce"):
            return x.mean(dim=tuple(layer.axis), keepdim=layer.keepdims)
        if kind == "Reshape":
            return x.reshape(1, *layer.target_shape)
        if kind == "Permute":
            return x.permute(0, *layer.dims)
        if kind == "Softmax":
            return x + x.sum(dim=tuple(layer.axis), keepdim=True)
        if base.startswith("Global"):
            pooled = x.mean(dim=tuple(range(1, x.dim() - 1)), keepdim=True)
            return pooled if layer.keepdims else pooled.reshape(1, x.shape[-1])
        return self.on_map(name, base, layer, x.movedim(-1, 1)).movedim(1, -1)

    def parameter(self, index: int) -> float:
        """A parameter beside positions is as a border of them; one that is added is 0, so that it marks none."""
        readers = {node.kind for node in self.expansion.nodes if index in node.inputs}
        return self.border if "Concatenate" in readers else 0.0

    def on_map(self, name: str, base: str, layer: Any, x: Tensor) -> Tensor:
        """Layers with windows and those that stretch; `x` is channels-first, as PyTorch has it."""
        rank = x.dim() - 2
        lengths = lengths_of(x)
        match base:
            case "Conv" | "DepthwiseConv" | "SeparableConv":
                return self.convolution(name, base, layer, x)
            case "ConvTranspose":
                return self.transposed(name, layer, x)
            case "MaxPooling" | "AveragePooling":
                return self.pooling(layer, x)
            case "AdaptiveMaxPooling" | "AdaptiveAveragePooling":
                return ADAPTIVE[rank](x, [bins or n for bins, n in zip(layer.output_size, lengths, strict=True)])
            case "ZeroPadding":
                return self.padded(x, list(layer.padding))
            case "Cropping":
                return cropped(x, [before for before, _ in layer.cropping],
                               [n - sum(pair) for n, pair in zip(lengths, layer.cropping, strict=True)])  # fmt: skip
            case "UpSampling":
                sizes = [n * size for n, size in zip(lengths, layer.size, strict=True)]
                return self.resized(x, sizes, TAPS[layer.interpolation] if rank > 1 else 1)
            case "Resizing":
                return self.resized(x, [layer.height, layer.width], TAPS[layer.interpolation])
        raise NotImplementedError(base)

    def padded(self, x: Tensor, pads: Pads) -> Tensor:
        return F.pad(x, [pad for pair in reversed(pads) for pad in pair], value=self.border)

    # Windows ----------------------------------------------------------------------------------------------------

    def convolution(self, name: str, base: str, layer: Any, x: Tensor) -> Tensor:
        rank, channels = x.dim() - 2, int(x.shape[1])
        kernel, strides, dilation = layer.kernel_size, layer.strides, layer.dilation_rate
        x = self.padded(x, window_pads(layer.padding, lengths_of(x), kernel, strides, dilation))
        convolve = CONVOLVE[rank]
        if base == "Conv":
            weight = self.weight(name, layer.filters, channels // layer.groups, *kernel)
            return convolve(x, weight, stride=strides, dilation=dilation, groups=layer.groups)
        weight = self.weight(name, channels * layer.depth_multiplier, 1, *kernel)
        x = convolve(x, weight, stride=strides, dilation=dilation, groups=channels)
        if base == "DepthwiseConv":
            return x
        return convolve(x, self.weight(f"{name}_pointwise", layer.filters, int(x.shape[1]), *[1] * rank))

    def transposed(self, name: str, layer: Any, x: Tensor) -> Tensor:
        """Spread out in full, then cut to the output that Keras (in words) or PyTorch (in numbers) gives."""
        kernel, strides, dilation = layer.kernel_size, layer.strides, layer.dilation_rate
        before, lengths, around = [], [], []
        for axis, n in enumerate(lengths_of(x)):
            extent, stride = dilation[axis] * (kernel[axis] - 1) + 1, strides[axis]
            added = layer.output_padding[axis] if layer.output_padding is not None else None
            if layer.padding == "same":
                # The gradient of the `same` convolution that reads the output: it begins where that one pads.
                length = n * stride if added is None else (n - 1) * stride + extent % 2 + added
                crop = max((n - 1) * stride + extent - length, 0) // 2
            elif layer.padding == "valid":
                length = (n - 1) * stride + (max(extent, stride) if added is None else extent + added)
                crop = 0
            else:
                crop, after = layer.padding[axis]
                length = (n - 1) * stride + extent - crop - after + (added or 0)
            more = -(-extent // stride) + 1
            around.append((more, more))
            before.append(crop + more * stride)
            lengths.append(length)
        weight = self.weight(name, int(x.shape[1]), layer.filters // layer.groups, *kernel)
        spread = SPREAD[x.dim() - 2]
        if self.border:
            full = spread(self.padded(x, around), weight, stride=strides, dilation=dilation, groups=layer.groups)
            return cropped(full, before, lengths)
        full = spread(x, weight, stride=strides, dilation=dilation, groups=layer.groups)
        begins = [b - m * s for b, (m, _), s in zip(before, around, strides, strict=True)]
        missing = [max(b + n - have, 0) for b, n, have in zip(begins, lengths, lengths_of(full), strict=True)]
        return cropped(self.padded(full, [(0, more) for more in missing]), begins, lengths)

    def pooling(self, layer: Any, x: Tensor) -> Tensor:
        size, strides = layer.pool_size, layer.strides or layer.pool_size
        pads = window_pads(layer.padding, lengths_of(x), size, strides, [1] * len(size))
        if layer.ceil_mode:
            pads = [reaching(n, pair, k, s) for n, pair, k, s in zip(lengths_of(x), pads, size, strides, strict=True)]
        return AVERAGE[x.dim() - 2](self.padded(x, pads), size, strides)

    # Stretching -------------------------------------------------------------------------------------------------

    def resized(self, x: Tensor, sizes: Sequence[int], taps: int) -> Tensor:
        for axis, new_size in enumerate(sizes):
            x = self.resized_axis(x, axis + 2, new_size, taps)
        return x

    def resized_axis(self, x: Tensor, axis: int, new_size: int, taps: int) -> Tensor:
        """Half-pixel centres; the weights are fractions, so that none is nearly 0."""
        size, more = int(x.shape[axis]), 0
        if self.border and taps > 1:
            more = taps // 2
            pads: Pads = [(0, 0)] * (x.dim() - 2)
            pads[axis - 2] = (more, more)
            x = self.padded(x, pads)
        matrix = torch.zeros(new_size, size + 2 * more, dtype=torch.float64)
        for p in range(new_size):
            centre = Fraction(2 * p + 1, 2) * Fraction(size, new_size)
            if taps == 1:
                matrix[p, floor(centre)] = 1
                continue
            left = floor(centre - Fraction(1, 2))
            part = centre - Fraction(1, 2) - left
            # Of linear interpolation the weights are right; of others it counts that they are not 0.
            weights = {left: 1 - part, left + 1: part}
            if part and taps > 2:
                weights |= {index: Fraction(1, 4) for index in range(left - taps // 2 + 1, left + taps // 2 + 1)}
            for index, weight in weights.items():
                matrix[p, min(max(index + more, 0), size + 2 * more - 1)] += float(weight)
        return torch.tensordot(x, matrix, ([axis], [1])).movedim(-1, axis)


def lengths_of(x: Tensor) -> list[int]:
    """The spatial sizes; as integers also while PyTorch records what is done, as fvcore has it do."""
    return [int(size) for size in x.shape[2:]]


def cropped(x: Tensor, begins: Sequence[int], lengths: Sequence[int]) -> Tensor:
    for axis, (begin, length) in enumerate(zip(begins, lengths, strict=True)):
        x = x.narrow(axis + 2, begin, length)
    return x


def window_pads(
    padding: Any, lengths: Sequence[int], kernel: Sequence[int], strides: Sequence[int], dilation: Sequence[int]
) -> Pads:
    """What is added around a map: TensorFlow's `same`, Keras's `causal`, or the numbers that are written."""
    if padding == "valid":
        return [(0, 0)] * len(lengths)
    if not isinstance(padding, str):
        return list(padding)
    pads = []
    for n, k, s, d in zip(lengths, kernel, strides, dilation, strict=True):
        if padding == "causal":
            pads.append(((k - 1) * d, 0))
            continue
        # tf.nn: if n % s == 0 then max(extent - s, 0), else max(extent - n % s, 0)
        total = max((k - 1) * d + 1 - (n % s or s), 0)
        pads.append((total // 2, total - total // 2))
    return pads


def reaching(n: int, pads: tuple[int, int], k: int, s: int) -> tuple[int, int]:
    """Padding after which the windows of `ceil_mode` all fit: PyTorch's `pooling_output_shape`."""
    before, after = pads
    count = ceil(Fraction(n + before + after - k, s)) + 1
    if (count - 1) * s >= n + before:  # it would start in the padding behind the input
        count -= 1
    return before, (count - 1) * s + k - n - before
