"""A spec's expanded layers as a network of PyTorch's functions, from their arguments alone: no shape rule of ours.

What is between 0 and a gradient is taken out: weights are positive, poolings average, merges add, activations and
normalisations hand on, so that the gradient of an output is positive exactly where the input can influence it. Zeros
stay exact zeros: float64 convolutions are sums of products here, and interpolation weights are fractions.

Values are channels-last and keep the batch axis: (1, H, W, C).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
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
    {"BatchNormalization", "LayerNormalization", "ReLU", "PReLU", "Activation", "Dropout", "Identity"}
)
SUMS = frozenset({"Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract"})

Pads = list[tuple[int, int]]


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
        kind, layer, x = node.kind, node.layer, inputs[0]
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
                return F.adaptive_avg_pool2d(x, layer.output_size)
            case "ZeroPadding":
                return self.padded(x, list(layer.padding))
            case "Cropping":
                return cropped(x, [before for before, _ in layer.cropping],
                               [n - sum(pair) for n, pair in zip(lengths, layer.cropping, strict=True)])  # fmt: skip
            case "UpSampling":
                sizes = [n * size for n, size in zip(lengths, layer.size, strict=True)]
                return self.resized(x, sizes, rank == 2 and layer.interpolation == "bilinear")
            case "Resizing":
                return self.resized(x, [layer.height, layer.width], layer.interpolation == "bilinear")
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

    def resized(self, x: Tensor, sizes: Sequence[int], bilinear: bool) -> Tensor:
        for axis, new_size in enumerate(sizes):
            x = self.resized_axis(x, axis + 2, new_size, bilinear)
        return x

    def resized_axis(self, x: Tensor, axis: int, new_size: int, bilinear: bool) -> Tensor:
        """Half-pixel centres; the weights are fractions, so that none is nearly 0."""
        size, more = int(x.shape[axis]), 0
        if self.border and bilinear:
            pads: Pads = [(0, 0)] * (x.dim() - 2)
            pads[axis - 2] = (1, 1)
            x, more = self.padded(x, pads), 1
        matrix = torch.zeros(new_size, size + 2 * more, dtype=torch.float64)
        for p in range(new_size):
            centre = Fraction(2 * p + 1, 2) * Fraction(size, new_size)
            if not bilinear:
                matrix[p, floor(centre)] = 1
                continue
            left = floor(centre - Fraction(1, 2))
            part = centre - Fraction(1, 2) - left
            for index, weight in ((left, 1 - part), (left + 1, part)):
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
