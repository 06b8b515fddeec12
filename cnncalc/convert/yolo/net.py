"""The layers of a YOLO while its file is read: convolutions with their batch normalisation and activation, merges."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cnncalc.convert.graph import GraphLayer, ReadingProblem
from cnncalc.errors import Problem, Problems, Span
from cnncalc.layers.registry import build
from cnncalc.tensor import Shape, Tensor

MOST_LAYERS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Map:
    """What a layer gives out."""

    layer: str
    shape: Shape

    @property
    def channels(self) -> int:
        return self.shape[-1] or 0


class YoloNet:
    """Adds layers. Names are those of Ultralytics's modules: `model.0.conv`, `model.2.m.0.cv1.bn`."""

    def __init__(self, activation: str) -> None:
        self.activation = activation
        self.layers: list[GraphLayer] = []
        self.span: Span | None = None
        """The line of the file that is read now."""

    def problem(self, message: str, found: str | None = None) -> ReadingProblem:
        """Makes the problem of the line that is read now."""
        problem = ReadingProblem("unsupported-layer", message, found=found,
                                 suggestion="model.export(format='onnx') gives a file with every layer")  # fmt: skip
        problem.span = self.span
        return problem

    def add(self, name: str, kind: str, arguments: Mapping[str, object], *inputs: Map, trainable: bool = True) -> Map:
        """Adds a layer. Raises: ReadingProblem: if it does not fit its inputs."""
        try:
            shape = build(kind, dict(arguments)).output([Tensor(x.shape) for x in inputs]).shape
        except Problems as problems:
            raise self.problem(str(problems.problems[0])) from None
        except Problem as problem:
            raise self.problem(str(problem)) from None
        if len(self.layers) >= MOST_LAYERS:
            raise self.problem(f"the net has more than {MOST_LAYERS:,} layers")
        line = "" if self.span is None else f"line {self.span.line}, "
        self.layers.append(GraphLayer(
            name, kind, dict(arguments), [x.layer for x in inputs], trainable=trainable, place=f"{line}{name}"
        ))  # fmt: skip
        return Map(name, shape)

    def conv(
        self,
        name: str,
        x: Map,
        filters: int,
        kernel: int = 1,
        stride: int = 1,
        padding: int | None = None,
        groups: int = 1,
        activation: bool = True,
    ) -> Map:
        """Adds a convolution without bias, batch normalisation and the activation, if there is to be one."""
        x = self.plain_conv(f"{name}.conv", x, filters, kernel, stride, padding, groups, use_bias=False)
        x = self.add(f"{name}.bn", "BatchNormalization", {}, x)
        return self.activated(f"{name}.act", x) if activation else x

    def activated(self, name: str, x: Map) -> Map:
        """Adds the net's activation."""
        if self.activation == "linear":
            return x
        return self.add(name, "Activation", {"activation": self.activation}, x)

    def plain_conv(
        self,
        name: str,
        x: Map,
        filters: int,
        kernel: int = 1,
        stride: int = 1,
        padding: int | None = None,
        groups: int = 1,
        use_bias: bool = True,
    ) -> Map:
        """Adds a convolution; its padding is half the kernel unless told."""
        arguments: dict[str, object] = {"kernel_size": kernel}
        if groups == x.channels == filters > 1:
            kind = "DepthwiseConv2D"
        else:
            kind, arguments = "Conv2D", {"filters": filters, **arguments}
            if groups > 1:
                arguments["groups"] = groups
        if stride > 1:
            arguments["strides"] = stride
        padding = kernel // 2 if padding is None else padding
        if padding:
            arguments["padding"] = padding
        if not use_bias:
            arguments["use_bias"] = False
        return self.add(name, kind, arguments, x)

    def depthwise(self, name: str, x: Map, filters: int, kernel: int, stride: int = 1, activation: bool = True) -> Map:
        """Adds a convolution with as many groups as both numbers of channels allow."""
        return self.conv(name, x, filters, kernel, stride, groups=math.gcd(x.channels, filters), activation=activation)

    def concatenate(self, name: str, parts: Sequence[Map]) -> Map:
        """Puts maps side by side along their channels."""
        return self.add(name, "Concatenate", {}, *parts)

    def halves(self, name: str, x: Map) -> tuple[Map, Map]:
        """Cuts the channels in two."""
        half = x.channels // 2
        first = self.add(f"{name}.first", "ChannelSlice", {"start": 0, "stop": half}, x)
        return first, self.add(f"{name}.second", "ChannelSlice", {"start": half, "stop": x.channels}, x)
