"""Layers that scale and shift their input by numbers that no training changes."""

from cnncalc.errors import Problem
from cnncalc.formula import Symbol
from cnncalc.layers import costs
from cnncalc.layers.arguments import Integers, NumberArray, argument, required
from cnncalc.layers.arrays import array_text, check_array
from cnncalc.layers.axes import axis_indices, known_size
from cnncalc.layers.base import Layer, Weight, times
from cnncalc.layers.saved import NOTHING
from cnncalc.tensor import Shape, shown_shape


class Normalization(Layer):
    """Subtracts a mean and divides by a standard deviation: those of the data, or those that are given.

    Shape: unchanged. Keras's preprocessing layer Normalization, whose learned mean, variance and count are
    counted as parameters that are not trained.
    """

    family = "normalization"
    ignored = frozenset({"invert"})
    primary = "axis"
    saved_for_backward = NOTHING

    axis: Integers | None = argument(-1, "axes with statistics of their own; null: one mean for all")
    mean: NumberArray | None = argument(None, "mean, where it is not found in the data")
    variance: NumberArray | None = argument(None, "variance, where it is not found in the data")

    def check(self) -> None:
        if self.mean != self.variance:
            raise Problem(
                "bad-value",
                "Normalization takes a mean and a variance of the same shape, or neither",
                expected="both mean and variance",
                found=f"{array_text(self.mean)} as mean, {array_text(self.variance)} as variance",
                argument="variance",
            )

    def kept(self, x: Shape) -> tuple[int, ...]:
        """Returns the sizes of the axes with statistics of their own."""
        return tuple(known_size(self.kind, x, index) for index in axis_indices(self.kind, self.axis or (), x))

    def check_input(self, x: Shape) -> None:
        kept = self.kept(x)
        if self.mean is not None:
            axes = f"axes of size {shown_shape(kept)}" if kept else "axis: null, which has one mean for all"
            check_array("mean", self.mean, kept, axes)

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        return super().symbols(x, y) | {"kept": self.kept(x)}

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        if self.mean is not None:
            return ()
        sizes = {"mean": "prod(kept)", "variance": "prod(kept)", "count": "1"}
        return tuple(Weight(name, text, trainable=False) for name, text in sizes.items())

    def flops(self, x: Shape) -> str:
        return times(costs.RESCALING, "prod(x)")


class Rescaling(Layer):
    """Multiplies by a number and adds one, or does so channel by channel.

    Shape: unchanged. Keras's Rescaling.
    """

    family = "other"
    example = "{scale: 1/255}"
    primary = "scale"
    saved_for_backward = NOTHING

    scale: NumberArray = required("factor, or one per channel")
    offset: NumberArray = argument(0, "what is added, or one per channel")

    def check_input(self, x: Shape) -> None:
        for name, sizes in (("scale", self.scale), ("offset", self.offset)):
            with_batch = (1, *x)  # which may be written after all
            check_array(name, sizes, with_batch, f"the input {shown_shape(x)}")

    def flops(self, x: Shape) -> str:
        return times(costs.RESCALING, "prod(x)")
