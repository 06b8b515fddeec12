"""Transposed convolutions, which enlarge a map: the gradient of a convolution, used as a layer."""

from typing import Annotated, Final

from cnncalc.digits import shown
from cnncalc.errors import Problem
from cnncalc.formula import Symbol, formula
from cnncalc.layers.arguments import DefaultWords, Padding, SizesFromZero, argument
from cnncalc.layers.base import Term
from cnncalc.layers.convolution import GroupedConvolution
from cnncalc.receptive_fields.reach import PerAxis, Reach, TransposedWindow
from cnncalc.tensor import Shape, axis_names, shown_shape

SAME_LENGTH = "N*s"
SAME_LENGTH_PADDED = "(N - 1)*s + k_eff % 2 + op"
VALID_LENGTH = "(N - 1)*s + max(k_eff, s)"
VALID_LENGTH_PADDED = "(N - 1)*s + k_eff + op"
CROPPED_LENGTH = "(N - 1)*s + k_eff - before - after + op"
"""PyTorch's, for explicit padding; the others are Keras's, with and without `output_padding`."""

SAME_CROP = "max(k_eff - s, 0) // 2"
SAME_CROP_PADDED = "max(k_eff - k_eff % 2 - op, 0) // 2"
"""What `same` cuts off before the output: what the `same` convolution over that output would pad before its input.

Keras's backends agree on it: TensorFlow computes that gradient, and JAX and PyTorch are given paddings that come to
the same.
"""

_DEFAULT: Final = DefaultWords("null: what makes same N*s long, and valid at least N*s")


class ConvTranspose(GroupedConvolution):
    """A transposed convolution: every input position is spread over a window of the output, `strides` apart.

    Shape: (..., C) to (..., filters). Keras's Conv1DTranspose, Conv2DTranspose, Conv3DTranspose; `groups` and explicit
    padding, which crops the output, as PyTorch's ConvTranspose2d.
    """

    group = "transposed convolution"

    padding: Padding = argument("valid", "what is cut off around the output")
    output_padding: Annotated[SizesFromZero | None, _DEFAULT] = argument(None, "positions added after the output")

    def check(self) -> None:
        super().check()
        for axis, added in enumerate(self.output_padding or ()):
            stride, dilation = self.strides[axis], self.dilation_rate[axis]
            if isinstance(self.padding, str):
                limit, limited_by = stride, f"strides ({stride})"
            else:
                limit, limited_by = max(stride, dilation), f"strides ({stride}) or dilation_rate ({dilation})"
            if added >= limit:
                raise Problem(
                    "output-padding-too-large",
                    f"output_padding must be smaller than {limited_by}, but it is {added}",
                    argument="output_padding",
                    expected=f"at most {limit - 1}",
                    found=str(added),
                    suggestion="leave output_padding out, or use larger strides",
                )

    def _window_symbols(self, axis: int) -> dict[str, Symbol]:
        symbols: dict[str, Symbol] = {"s": self.strides[axis], "k_eff": self.effective_kernel(axis)}
        if self.output_padding is not None:
            symbols["op"] = self.output_padding[axis]
        if not isinstance(self.padding, str):
            before, after = self.padding[axis]
            symbols = {"op": 0} | symbols | {"before": before, "after": after}
        return symbols

    def _length_formula(self) -> str:
        if not isinstance(self.padding, str):
            return CROPPED_LENGTH
        if self.padding == "same":
            return SAME_LENGTH if self.output_padding is None else SAME_LENGTH_PADDED
        return VALID_LENGTH if self.output_padding is None else VALID_LENGTH_PADDED

    def length_terms(self, x: Shape) -> tuple[Term, ...]:
        text = self._length_formula()
        return tuple(Term(text, {"N": length} | self._window_symbols(axis)) for axis, length in enumerate(x[:-1]))

    def crop_before(self, axis: int) -> int:
        """Returns how many of the positions that the input is spread over are cut off before the output on an axis."""
        if not isinstance(self.padding, str):
            return self.padding[axis][0]
        if self.padding == "valid":
            return 0
        text = SAME_CROP if self.output_padding is None else SAME_CROP_PADDED
        return int(formula(text).evaluate(self._window_symbols(axis)) or 0)

    def reach(self, x: Shape, y: Shape) -> Reach:
        return PerAxis(
            tuple(
                TransposedWindow(
                    self.kernel_size[axis], self.strides[axis], self.dilation_rate[axis], self.crop_before(axis)
                )
                for axis in range(self.rank)
            )
        )

    def macs(self) -> str:
        return f"prod(inp)*{self.kernel_elements()}"

    def too_small(self, x: Shape, axis: int, size: int, term: Term) -> Problem:
        name = axis_names(self.rank)[axis]
        spread = ((x[axis] or 0) - 1) * self.strides[axis] + self.effective_kernel(axis)
        return Problem(
            "size-below-one",
            f"the output {name} of {self.kind} would be {shown(size)}: the input {shown_shape(x)} is spread over "
            f"{shown(spread)}, and the padding cuts off {shown(spread - size)}",
            expected="a size of at least 1",
            found=shown(size),
            suggestion="use less padding" if "before" in term.symbols else "leave output_padding out",
        )


class Conv1DTranspose(ConvTranspose):
    """Transposed convolution of sequences: (L, C) to (L', filters)."""

    rank = 1
    example = "{filters: 16, kernel_size: 4, strides: 2, padding: same}"


class Conv2DTranspose(ConvTranspose):
    """Transposed convolution of maps: (H, W, C) to (H', W', filters)."""

    rank = 2
    example = "{filters: 64, kernel_size: 2, strides: 2}"


class Conv3DTranspose(ConvTranspose):
    """Transposed convolution of volumes: (D, H, W, C) to (D', H', W', filters)."""

    rank = 3
    example = "{filters: 8, kernel_size: 3, strides: 2, padding: 1, output_padding: 1}"
