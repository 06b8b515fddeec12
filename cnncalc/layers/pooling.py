"""Pooling over windows: maximum and average, with a window of a given size or for an output of a given size."""

from __future__ import annotations

from math import gcd

from cnncalc.errors import Problem
from cnncalc.formula import Symbol
from cnncalc.layers import costs
from cnncalc.layers.arguments import Argument, AxisIntegers, Boolean, Optional, Padding, PaddingArgument
from cnncalc.layers.base import Layer, Term, times
from cnncalc.layers.windows import CEIL_LENGTH, WindowLayer
from cnncalc.receptive_fields.reach import Adaptive, PerAxis, Reach
from cnncalc.tensor import Shape


class Pooling(WindowLayer):
    """The maximum or the average of each window, channel by channel.

    Shape: (..., C) to (..., C). Keras's MaxPooling1D and its kin; explicit padding and `ceil_mode` as PyTorch's
    MaxPool2d.
    """

    kinds = {
        "MaxPooling1D": 1, "MaxPooling2D": 2, "MaxPooling3D": 3,
        "AveragePooling1D": 1, "AveragePooling2D": 2, "AveragePooling3D": 3,
    }  # fmt: skip
    family = "pooling"
    examples = (
        "MaxPooling1D: {pool_size: 4}",
        "MaxPooling2D: {pool_size: 3, strides: 2, padding: 1}",
        "MaxPooling3D",
        "AveragePooling1D: {pool_size: 3, strides: 1, padding: same}",
        "AveragePooling2D",
        "AveragePooling3D: {pool_size: 3, strides: 2, ceil_mode: true}",
    )

    pool_size = Argument(AxisIntegers(), "size of the window", default=2)
    strides = Argument(Optional(AxisIntegers()), "step of the window", default=None, shown="null: the pool_size")
    padding = Argument(PaddingArgument(), "what is added around the input", default="valid")
    ceil_mode = Argument(Boolean(), "whether a last window that lies only partly inside counts", default=False)

    def check(self) -> None:
        """A window may not lie in the padding alone: it would have no maximum (PyTorch's rule)."""
        if isinstance(self.padding, str):
            return
        for size, pads in zip(self.pool_size, self.padding, strict=True):
            if max(pads) > size // 2:
                raise Problem(
                    "padding-too-large",
                    f"padding of {self.kind} is at most half of the pool_size, but {max(pads)} is more than half of "
                    f"{size}",
                    argument="padding",
                    expected=f"at most {size // 2}",
                    found=str(max(pads)),
                    suggestion=f"use padding: {size // 2}, padding: same, or a layer ZeroPadding before it",
                )

    def window(self) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], Padding]:
        return self.pool_size, self.strides or self.pool_size, (1,) * self.rank, self.padding

    def length_formula(self, before: int, after: int) -> str:
        return CEIL_LENGTH if self.ceil_mode else super().length_formula(before, after)

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return (*self.length_terms(x), Term("C", {"C": x[-1]}))

    def flops(self, x: Shape) -> str:
        return times(costs.POOLING, "prod(k)*prod(y)")


class AdaptivePooling(Layer):
    """The maximum or the average of windows that share the input out evenly among `output_size` outputs per axis.

    Output position p reads floor(p*N/bins) up to ceil((p + 1)*N/bins) - 1, so that windows may overlap by one.
    Shape: (H, W, C) to (output_size, output_size, C). Keras's and PyTorch's AdaptiveAveragePooling2D and its kin.
    """

    kinds = {"AdaptiveAveragePooling2D": 2, "AdaptiveMaxPooling2D": 2}
    family = "pooling"
    examples = ("AdaptiveAveragePooling2D: {output_size: 7}", "AdaptiveMaxPooling2D: {output_size: [2, 3]}")

    output_size = Argument(AxisIntegers(), "height and width of the output")

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return (*(Term("target", {"target": size}) for size in self.output_size), Term("C", {"C": x[-1]}))

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        # Windows that follow each other share a position where the border between them, at p*N/bins, cuts one in two.
        # Of the bins - 1 borders, gcd(N, bins) - 1 are whole numbers and cut none.
        covered = tuple(
            None if length is None else length + bins - gcd(length, bins)
            for length, bins in zip(x[:-1], self.output_size, strict=True)
        )
        return super().symbols(x, y) | {"covered": covered}

    def flops(self, x: Shape) -> str:
        return times(costs.POOLING, "prod(covered)*C")

    def reach(self, x: Shape, y: Shape) -> Reach:
        return PerAxis(tuple(Adaptive(length, bins) for length, bins in zip(x[:-1], self.output_size, strict=True)))
