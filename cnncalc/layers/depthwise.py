"""Convolutions that keep the channels apart: depthwise, and separable with a pointwise step behind."""

from __future__ import annotations

from cnncalc.formula import Symbol
from cnncalc.layers.arguments import Argument, Integer
from cnncalc.layers.base import Term, Weight
from cnncalc.layers.convolution import Convolution
from cnncalc.tensor import Shape


class Depthwise(Convolution):
    """A depthwise convolution: every input channel has `depth_multiplier` kernels of its own.

    Shape: (..., C) to (..., C * depth_multiplier). Keras's DepthwiseConv1D, DepthwiseConv2D.
    """

    kinds = {"DepthwiseConv1D": 1, "DepthwiseConv2D": 2}
    examples = (
        "DepthwiseConv1D: {kernel_size: 5, padding: same}",
        "DepthwiseConv2D: {kernel_size: 3, strides: 2, padding: same, use_bias: false}",
    )
    primary = "kernel_size"

    depth_multiplier = Argument(Integer(), "outputs of the depthwise step per input channel", default=1)

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return (*self.length_terms(x), Term("C*m", {"C": x[-1], "m": self.depth_multiplier}))

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        return (Weight("kernel", "prod(k)*C*m"), *self.bias("C*m"))

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        return super().symbols(x, y) | {"m": self.depth_multiplier}

    def macs(self) -> str:
        return "prod(out)*prod(k)*C*m"


class Separable(Depthwise):
    """A depthwise convolution and then a pointwise (1x1) one that mixes its channels; one bias, at the end.

    Shape: (..., C) to (..., filters). Keras's SeparableConv1D, SeparableConv2D.
    """

    kinds = {"SeparableConv1D": 1, "SeparableConv2D": 2}
    examples = (
        "SeparableConv1D: {filters: 32, kernel_size: 5, padding: same}",
        "SeparableConv2D: {filters: 128, kernel_size: 3, padding: same, use_bias: false}",
    )
    primary = "filters"

    filters = Argument(Integer(), "number of output channels")

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return (*self.length_terms(x), Term("F", {"F": self.filters}))

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        return (Weight("depthwise_kernel", "prod(k)*C*m"), Weight("pointwise_kernel", "C*m*F"), *self.bias("F"))

    def macs(self) -> str:
        return f"{super().macs()} + prod(out)*C*m*F"
