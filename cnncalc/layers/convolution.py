"""Convolutions: ordinary and grouped, in one to three dimensions."""

from math import gcd

from cnncalc.formula import Symbol
from cnncalc.layers.arguments import (
    ActivationName,
    Boolean,
    CausalPadding,
    Padding,
    Positive,
    Sizes,
    argument,
    required,
)
from cnncalc.layers.base import Term, Weight, bias_and_activation
from cnncalc.layers.groups import does_not_divide
from cnncalc.layers.windows import WindowLayer, WindowSizes
from cnncalc.tensor import Shape


class Convolution(WindowLayer):
    """What all convolutions share: window, padding, bias and fused activation."""

    family = "convolution"

    kernel_size: Sizes = required("size of the window")
    strides: Sizes = argument(1, "step of the window")
    padding: Padding = argument("valid", "what is added around the input")
    dilation_rate: Sizes = argument(1, "distance between the positions that a window reads")
    activation: ActivationName = argument(None, "activation applied to the output")
    use_bias: Boolean = argument(True, "whether a bias is added per output channel")

    def window(self) -> WindowSizes:
        return self.kernel_size, self.strides, self.dilation_rate, self.padding

    def flops(self, x: Shape) -> str:
        return "2*macs" + bias_and_activation(self.use_bias, self.activation)

    def bias(self, text: str) -> tuple[Weight, ...]:
        return (Weight("bias", text),) if self.use_bias else ()


class GroupedConvolution(Convolution):
    """What convolutions with `filters` and `groups` share, the transposed ones among them: channels and weights."""

    primary = "filters"

    filters: Positive = required("number of output channels")
    groups: Positive = argument(1, "groups of channels that are convolved apart; divides both channel counts")

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
        """Returns the formula of the kernel's number of weights."""
        return "F*prod(k)*C" if self.groups == 1 else "F*prod(k)*C/g"

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        return (Weight("kernel", self.kernel_elements()), *self.bias("F"))

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        return super().symbols(x, y) | {"g": self.groups}


class Conv(GroupedConvolution):
    """A convolution: each of `filters` kernels reads a window over all channels of its group.

    Shape: (..., C) to (..., filters). Keras's Conv1D, Conv2D, Conv3D.
    """

    def macs(self) -> str:
        return f"prod(out)*{self.kernel_elements()}"


class Conv1D(Conv):
    """Convolves sequences: (L, C) to (L', filters)."""

    rank = 1
    example = "{filters: 16, kernel_size: 3, padding: causal}"

    padding: CausalPadding = argument("valid", "what is added around the input")  # type: ignore[assignment]


class Conv2D(Conv):
    """Convolves maps: (H, W, C) to (H', W', filters)."""

    rank = 2
    example = "{filters: 6, kernel_size: 5, activation: tanh}"


class Conv3D(Conv):
    """Convolves volumes: (D, H, W, C) to (D', H', W', filters)."""

    rank = 3
    example = "{filters: 8, kernel_size: 3, padding: same}"
