"""Pooling for an output of a given size."""

from math import gcd

from cnncalc.formula import Symbol
from cnncalc.layers import costs
from cnncalc.layers.arguments import Sizes, required
from cnncalc.layers.base import Layer, Term, times
from cnncalc.layers.saved import INPUT, MAXIMA
from cnncalc.receptive_fields.reach import Adaptive, PerAxis, Reach
from cnncalc.tensor import Shape


class AdaptivePooling(Layer):
    """The maximum or the average of windows that share the input out evenly among `output_size` outputs per axis.

    Output position p reads floor(p*N/bins) up to ceil((p + 1)*N/bins) - 1, so that windows may overlap by one.
    Shape: (H, W, C) to (output_size, output_size, C). Keras's and PyTorch's AdaptiveAveragePooling2D and its kin.
    """

    family = "pooling"
    primary = "output_size"

    output_size: Sizes = required("height and width of the output")

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


class AdaptiveAveragePooling2D(AdaptivePooling):
    """Average of evenly shared windows of maps: (H, W, C) to (H', W', C)."""

    rank = 2
    example = "{output_size: 7}"
    saved_for_backward = INPUT


class AdaptiveMaxPooling2D(AdaptivePooling):
    """Maximum of evenly shared windows of maps: (H, W, C) to (H', W', C)."""

    rank = 2
    example = "{output_size: [2, 3]}"
    saved_for_backward = MAXIMA
