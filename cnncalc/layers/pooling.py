"""Pooling over windows: maximum and average, with a window of a given size or for an output of a given size."""

from math import gcd
from typing import Annotated

from cnncalc.errors import Problem
from cnncalc.formula import Symbol
from cnncalc.layers import costs
from cnncalc.layers.arguments import Boolean, DefaultWords, Padding, Sizes, SizesOrNull, argument, required
from cnncalc.layers.base import Layer, Term, times
from cnncalc.layers.saved import INPUT, MAXIMA
from cnncalc.layers.windows import CEIL_LENGTH, WindowLayer, WindowSizes
from cnncalc.receptive_fields.reach import Adaptive, PerAxis, Reach, SameAxis
from cnncalc.tensor import Shape


class Pooling(WindowLayer):
    """The maximum or the average of each window, channel by channel.

    Shape: (..., C) to (..., C). Keras's MaxPooling1D and its kin; explicit padding and `ceil_mode` as PyTorch's
    MaxPool2d.
    """

    family = "pooling"
    primary = "pool_size"

    pool_size: Sizes = argument(2, "size of the window")
    strides: Annotated[Sizes | None, DefaultWords("null: the pool_size")] = argument(None, "step of the window")
    padding: Padding = argument("valid", "what is added around the input")
    ceil_mode: Boolean = argument(False, "whether a last window that lies only partly inside counts")

    def check(self) -> None:
        """Refuses a window that lies in the padding alone: it would have no maximum (PyTorch's rule)."""
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

    def window(self) -> WindowSizes:
        return self.pool_size, self.strides or self.pool_size, (1,) * self.rank, self.padding

    def length_formula(self, before: int, after: int) -> str:
        return CEIL_LENGTH if self.ceil_mode else super().length_formula(before, after)

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return (*self.length_terms(x), Term("C", {"C": x[-1]}))

    def flops(self, x: Shape) -> str:
        return times(costs.POOLING, "prod(k)*prod(y)")


class MaxPooling(Pooling):
    """The maximum of each window."""

    group = "max pooling"
    saved_for_backward = MAXIMA


class MaxPooling1D(MaxPooling):
    """Maximum of windows of sequences: (L, C) to (L', C)."""

    rank = 1
    example = "{pool_size: 4}"


class MaxPooling2D(MaxPooling):
    """Maximum of windows of maps: (H, W, C) to (H', W', C)."""

    rank = 2
    example = "{pool_size: 3, strides: 2, padding: 1}"


class MaxPooling3D(MaxPooling):
    """Maximum of windows of volumes: (D, H, W, C) to (D', H', W', C)."""

    rank = 3


class AveragePooling(Pooling):
    """The average of each window."""

    group = "average pooling"
    saved_for_backward = INPUT


class AveragePooling1D(AveragePooling):
    """Average of windows of sequences: (L, C) to (L', C)."""

    rank = 1
    example = "{pool_size: 3, strides: 1, padding: same}"


class AveragePooling2D(AveragePooling):
    """Average of windows of maps: (H, W, C) to (H', W', C)."""

    rank = 2


class AveragePooling3D(AveragePooling):
    """Average of windows of volumes: (D, H, W, C) to (D', H', W', C)."""

    rank = 3
    example = "{pool_size: 3, strides: 2, ceil_mode: true}"


class AdaptivePooling(Layer):
    """The maximum or the average of windows that share the input out evenly among `output_size` outputs per axis.

    Output position p reads floor(p*N/bins) up to ceil((p + 1)*N/bins) - 1, so that windows may overlap by one.
    Shape: (..., C) to (output_size, ..., C); an axis with null stays as it is. Keras's and PyTorch's
    AdaptiveAveragePooling2D and its kin.
    """

    family = "pooling"
    primary = "output_size"

    output_size: SizesOrNull = required("size of the output on each axis; null keeps an axis")

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        pairs = zip(x[:-1], self.output_size, strict=True)
        sizes = (
            Term("N", {"N": length}) if size is None else Term("target", {"target": size}) for length, size in pairs
        )
        return (*sizes, Term("C", {"C": x[-1]}))

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        # Windows that follow each other share a position where the border between them, at p*N/bins, cuts one in two.
        # Of the bins - 1 borders, gcd(N, bins) - 1 are whole numbers and cut none.
        covered = tuple(
            None if length is None else length if bins is None else length + bins - gcd(length, bins)
            for length, bins in zip(x[:-1], self.output_size, strict=True)
        )
        return super().symbols(x, y) | {"covered": covered}

    def flops(self, x: Shape) -> str:
        return times(costs.POOLING, "prod(covered)*C")

    def reach(self, x: Shape, y: Shape) -> Reach:
        pairs = zip(x[:-1], self.output_size, strict=True)
        return PerAxis(tuple(SameAxis() if bins is None else Adaptive(length, bins) for length, bins in pairs))


class AdaptiveAveragePooling(AdaptivePooling):
    """The average of evenly shared windows."""

    group = "adaptive average pooling"
    saved_for_backward = INPUT


class AdaptiveAveragePooling1D(AdaptiveAveragePooling):
    """Average of evenly shared windows of sequences: (L, C) to (L', C)."""

    rank = 1
    example = "{output_size: 7}"


class AdaptiveAveragePooling2D(AdaptiveAveragePooling):
    """Average of evenly shared windows of maps: (H, W, C) to (H', W', C)."""

    rank = 2
    example = "{output_size: 7}"


class AdaptiveAveragePooling3D(AdaptiveAveragePooling):
    """Average of evenly shared windows of volumes: (D, H, W, C) to (D', H', W', C)."""

    rank = 3
    example = "{output_size: [null, 7, 7]}"


class AdaptiveMaxPooling(AdaptivePooling):
    """The maximum of evenly shared windows."""

    group = "adaptive max pooling"
    saved_for_backward = MAXIMA


class AdaptiveMaxPooling1D(AdaptiveMaxPooling):
    """Maximum of evenly shared windows of sequences: (L, C) to (L', C)."""

    rank = 1
    example = "{output_size: 3}"


class AdaptiveMaxPooling2D(AdaptiveMaxPooling):
    """Maximum of evenly shared windows of maps: (H, W, C) to (H', W', C)."""

    rank = 2
    example = "{output_size: [2, 3]}"


class AdaptiveMaxPooling3D(AdaptiveMaxPooling):
    """Maximum of evenly shared windows of volumes: (D, H, W, C) to (D', H', W', C)."""

    rank = 3
    example = "{output_size: 2}"
