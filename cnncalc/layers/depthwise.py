"""Convolutions that keep the channels apart: depthwise, and separable with a pointwise step behind."""

from cnncalc.formula import Symbol
from cnncalc.layers.arguments import Positive, argument, required
from cnncalc.layers.base import Term, Weight
from cnncalc.layers.convolution import Convolution
from cnncalc.tensor import Shape


class Depthwise(Convolution):
    """A depthwise convolution: every input channel has `depth_multiplier` kernels of its own.

    Shape: (..., C) to (..., C * depth_multiplier). Keras's DepthwiseConv1D, DepthwiseConv2D.
    """

    primary = "kernel_size"

    depth_multiplier: Positive = argument(1, "outputs of the depthwise step per input channel")

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return (*self.length_terms(x), Term("C*m", {"C": x[-1], "m": self.depth_multiplier}))

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        return (Weight("kernel", "prod(k)*C*m"), *self.bias("C*m"))

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        return super().symbols(x, y) | {"m": self.depth_multiplier}

    def macs(self) -> str:
        return "prod(out)*prod(k)*C*m"


class DepthwiseConv1D(Depthwise):
    """Depthwise convolution of sequences: (L, C) to (L', C * depth_multiplier)."""

    rank = 1
    example = "{kernel_size: 5, padding: same}"


class DepthwiseConv2D(Depthwise):
    """Depthwise convolution of maps: (H, W, C) to (H', W', C * depth_multiplier)."""

    rank = 2
    example = "{kernel_size: 3, strides: 2, padding: same, use_bias: false}"


class Separable(Depthwise):
    """A depthwise convolution and then a pointwise (1x1) one that mixes its channels; one bias, at the end.

    Shape: (..., C) to (..., filters). Keras's SeparableConv1D, SeparableConv2D.
    """

    primary = "filters"

    filters: Positive = required("number of output channels")

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return (*self.length_terms(x), Term("F", {"F": self.filters}))

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        return (Weight("depthwise_kernel", "prod(k)*C*m"), Weight("pointwise_kernel", "C*m*F"), *self.bias("F"))

    def macs(self) -> str:
        return f"{super().macs()} + prod(out)*C*m*F"


class SeparableConv1D(Separable):
    """Separable convolution of sequences: (L, C) to (L', filters)."""

    rank = 1
    example = "{filters: 32, kernel_size: 5, padding: same}"


class SeparableConv2D(Separable):
    """Separable convolution of maps: (H, W, C) to (H', W', filters)."""

    rank = 2
    example = "{filters: 128, kernel_size: 3, padding: same, use_bias: false}"
