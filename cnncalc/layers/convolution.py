"""Convolutions: ordinary and grouped, in one to three dimensions."""

from __future__ import annotations

from math import gcd

from cnncalc.formula import Symbol
from cnncalc.layers.arguments import ActivationName, Argument, AxisIntegers, Boolean, Integer, Padding, PaddingArgument
from cnncalc.layers.base import Term, Weight, bias_and_activation
from cnncalc.layers.groups import does_not_divide
from cnncalc.layers.windows import WindowLayer
from cnncalc.tensor import Shape


class Convolution(WindowLayer):
    """What all convolutions share: window, padding, bias and fused activation."""

    family = "convolution"

    kernel_size = Argument(AxisIntegers(), "size of the window")
    strides = Argument(AxisIntegers(), "step of the window", default=1)
    padding = Argument(PaddingArgument(), "what is added around the input", default="valid")
    dilation_rate = Argument(AxisIntegers(), "distance between the positions that a window reads", default=1)
    activation = Argument(ActivationName(), "activation applied to the output", default=None)
    use_bias = Argument(Boolean(), "whether a bias is added per output channel", default=True)

    def window(self) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], Padding]:
        return self.kernel_size, self.strides, self.dilation_rate, self.padding

    def flops(self, x: Shape) -> str:
        return "2*macs" + bias_and_activation(self.use_bias, self.activation)

    def bias(self, text: str) -> tuple[Weight, ...]:
        return (Weight("bias", text),) if self.use_bias else ()


class GroupedConvolution(Convolution):
    """What convolutions with `filters` and `groups` share, the transposed ones among them: channels and weights."""

    filters = Argument(Integer(), "number of output channels")
    groups = Argument(Integer(), "groups of channels that are convolved apart; divides both channel counts", default=1)

    def check(self) -> None:
        if self.filters % self.groups:
            raise does_not_divide(self.groups, self.filters, "filters", self.filters)

    def check_input(self, x: Shape) -> None:
        super().check_input(x)
        channels = x[-1]
        if channels is not None and channels % self.groups:
            common = gcd(channels, self.filters)
            raise does_not_divide(self.groups, channels, "the input's channels", common, x)

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return (*self.length_terms(x), Term("F", {"F": self.filters}))

    def kernel_elements(self) -> str:
        """The formula of the kernel's number of weights."""
        return "F*prod(k)*C" if self.groups == 1 else "F*prod(k)*C/g"

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        return (Weight("kernel", self.kernel_elements()), *self.bias("F"))

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        return super().symbols(x, y) | {"g": self.groups}


class Conv(GroupedConvolution):
    """A convolution: each of `filters` kernels reads a window over all channels of its group.

    Shape: (..., C) to (..., filters). Keras's Conv1D, Conv2D, Conv3D.
    """

    kinds = {"Conv1D": 1, "Conv2D": 2, "Conv3D": 3}
    examples = (
        "Conv1D: {filters: 16, kernel_size: 3, padding: causal}",
        "Conv2D: {filters: 6, kernel_size: 5, activation: tanh}",
        "Conv3D: {filters: 8, kernel_size: 3, padding: same}",
    )
    primary = "filters"

    padding = Argument(PaddingArgument(causal=True), "what is added around the input", default="valid")

    def macs(self) -> str:
        return f"prod(out)*{self.kernel_elements()}"
