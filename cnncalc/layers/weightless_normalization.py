"""Normalisations without weights."""

from cnncalc.formula import Symbol
from cnncalc.layers import costs
from cnncalc.layers.arguments import Integers, Positive, PositiveNumber, argument
from cnncalc.layers.axes import at_least_one_axis, axis_indices
from cnncalc.layers.base import Layer, times
from cnncalc.layers.saved import Saved
from cnncalc.tensor import Shape


class UnitNormalization(Layer):
    """Divides by the length (L2 norm) along one axis or several.

    Shape: unchanged. Keras's UnitNormalization.
    """

    family = "normalization"
    primary = "axis"
    saved_for_backward = Saved(inputs=True, numbers="2*prod(x)/features")

    axis: Integers = argument(-1, "the axis, or axes, counted as in Keras (0 is the batch)")

    def check(self) -> None:
        at_least_one_axis(self.kind, self.axis)

    def check_input(self, x: Shape) -> None:
        axis_indices(self.kind, self.axis, x)

    def flops(self, x: Shape) -> str:
        return times(costs.PLAIN_NORMALIZATION, "prod(x)")


class Normalize(Layer):
    """Divides by the length along one axis or several: the norm of `order`, 2 (Euclid's) unless told.

    Shape: unchanged. keras.ops.normalize, PyTorch's functional.normalize.
    """

    family = "normalization"
    primary = "axis"
    example = "{axis: -1, order: 2}"
    profiled = dict.fromkeys(
        ("torchinfo", "torchinfo-1.8.0", "fvcore", "torch", "calflops", "calflops-macs", "ptflops", "thop"), "0"
    )
    saved_for_backward = Saved(inputs=True, numbers="2*prod(x)/prod(normalized)")

    axis: Integers = argument(-1, "the axis, or axes, counted as in Keras (0 is the batch)")
    order: PositiveNumber = argument(2, "order of the norm: 1 adds absolute values, 2 squares")

    def check(self) -> None:
        at_least_one_axis(self.kind, self.axis)

    def check_input(self, x: Shape) -> None:
        axis_indices(self.kind, self.axis, x)

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        sizes = tuple(x[index] for index in axis_indices(self.kind, self.axis, x))
        return super().symbols(x, y) | {"normalized": sizes}

    def flops(self, x: Shape) -> str:
        return times(costs.VECTOR_NORMALIZATION, "prod(x)")


class LocalResponseNormalization(Layer):
    """Divides each element by a sum over `size` neighbouring channels (AlexNet).

    Shape: unchanged, a sequence or a map. PyTorch's LocalResponseNorm. Krizhevsky et al. (2012), section 3.3.
    """

    family = "normalization"
    ignored = frozenset({"alpha", "beta", "k"})
    example = "{size: 5}"
    primary = "size"
    saved_for_backward = Saved(inputs=True, numbers="3*prod(x) + (neighbours - 1)*prod(inp)")

    size: Positive = argument(5, "number of neighbouring channels")

    def check_input(self, x: Shape) -> None:
        if len(x) == 1:
            raise self.wrong_rank(x, 3)

    def flops(self, x: Shape) -> str:
        return times(costs.PLAIN_NORMALIZATION, "prod(x)")
