"""Convolutions without shared weights: a kernel for each position."""

from typing import Annotated, Literal

from pydantic import BeforeValidator

from cnncalc.errors import Problem
from cnncalc.formula import Symbol
from cnncalc.layers.arguments import (
    ActivationName,
    Boolean,
    Expected,
    PaddingWord,
    Positive,
    Sizes,
    argument,
    computed,
    required,
)
from cnncalc.layers.axes import known_size
from cnncalc.layers.base import Term, Weight, bias_and_activation
from cnncalc.layers.saved import INPUT
from cnncalc.layers.windows import WindowLayer, WindowSizes
from cnncalc.tensor import Shape

Implementation = Annotated[Literal[1, 2, 3], BeforeValidator(computed), Expected("1, 2 or 3")]


class LocallyConnected(WindowLayer):
    """A convolution with a kernel of its own, and biases of its own, at each position.

    Shape: (..., C) to (..., filters). LocallyConnected1D, LocallyConnected2D of Keras 2.15, whose `implementation`
    decides how many weights there are: 1 has those of the windows, 3 leaves out those that would read padding, and 2
    has one for each pair of an input and an output element, most of them 0 and counted all the same.
    """

    family = "locally connected"
    primary = "filters"
    profiled = {}
    saved_for_backward = INPUT

    filters: Positive = required("number of output channels")
    kernel_size: Sizes = required("size of the window")
    strides: Sizes = argument(1, "step of the window")
    padding: PaddingWord = argument("valid", "what is added around the input")
    activation: ActivationName = argument(None, "activation applied to the output")
    use_bias: Boolean = argument(True, "whether a bias is added per output element")
    implementation: Implementation = argument(1, "how Keras holds the weights, which decides how many there are")

    def check(self) -> None:
        if self.padding != "valid" and self.implementation == 1:
            raise Problem(
                "bad-value",
                f"{self.kind} pads with implementation 2 or 3 only",
                expected="padding: valid, or another implementation",
                found="implementation: 1",
                argument="padding",
                suggestion="implementation: 3",
            )

    def check_input(self, x: Shape) -> None:
        super().check_input(x)
        for index in range(len(x)):
            known_size(self.kind, x, index)

    def window(self) -> WindowSizes:
        return self.kernel_size, self.strides, (1,) * self.rank, self.padding

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return (*self.length_terms(x), Term("F", {"F": self.filters}))

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        kernel = {1: "prod(out)*prod(k)*C*F", 2: "prod(inp)*C*prod(out)*F", 3: "prod(pairs)*C*F"}
        bias = (Weight("bias", "prod(out)*F"),) if self.use_bias else ()
        return (Weight("kernel", kernel[self.implementation]), *bias)

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        pairs = tuple(self._pairs(axis, x, y) for axis in range(self.rank))
        return super().symbols(x, y) | {"pairs": pairs, "bias": int(self.use_bias)}

    def _pairs(self, axis: int, x: Shape, y: Shape) -> int:
        """Returns how many pairs of an output position and an input position in its window there are on an axis."""
        length, positions, stride = x[axis] or 0, y[axis] or 0, self.strides[axis]
        before = self.pads(axis, length)[0] or 0
        # A window reads positions p*stride - before and on, up to that number plus the kernel size, within the input.
        end = self.kernel_size[axis] - before
        whole = min(max((length - end) // stride + 1, 0), positions)  # windows that end within the input
        ends = whole * end + stride * (whole * (whole - 1) // 2) + (positions - whole) * length
        early = min(-(-before // stride), positions)  # windows that begin in the padding
        sum_of_numbers = (positions * (positions - 1) - early * (early - 1)) // 2
        return ends - (stride * sum_of_numbers - (positions - early) * before)

    def macs(self) -> str:
        return "prod(out)*F*prod(k)*C"

    def flops(self, x: Shape) -> str:
        return "2*macs" + bias_and_activation(self.use_bias, self.activation)


class LocallyConnected1D(LocallyConnected):
    """Reads windows of sequences with a kernel for each position: (L, C) to (L', filters)."""

    rank = 1
    example = "{filters: 4, kernel_size: 3}"


class LocallyConnected2D(LocallyConnected):
    """Reads windows of maps with a kernel for each position: (H, W, C) to (H', W', filters)."""

    rank = 2
    example = "{filters: 4, kernel_size: 3}"
