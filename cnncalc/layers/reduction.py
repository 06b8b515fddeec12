"""Reductions: the mean, the extremes or the sum of a tensor along some of its axes."""

from typing import Final

from cnncalc.errors import Problem
from cnncalc.layers import costs
from cnncalc.layers.arguments import Boolean, Integers, argument, required
from cnncalc.layers.axes import at_least_one_axis, axis_indices, rearranged
from cnncalc.layers.base import Layer, Term, times
from cnncalc.layers.saved import INPUT_AND_OUTPUT, NOTHING
from cnncalc.receptive_fields.reach import PerAxis, Reach, SameAxis, WholeAxis
from cnncalc.tensor import Shape, shown_shape

_NOT_SEEN: Final = dict.fromkeys(
    ("torchinfo", "torchinfo-1.8.0", "fvcore", "torch", "calflops", "calflops-macs", "ptflops", "thop"), "0"
)


class Reduction(Layer):
    """One value in place of all along an axis, or several.

    Shape: (...) without the axes of `axis`; with `keepdims` they stay, with size 1. keras.ops' mean, max, min and sum,
    whose axes they are counted as: 0 is the batch, -1 the channels.
    """

    family = "other"
    primary = "axis"
    profiled = _NOT_SEEN | {"tensorflow": "0"}

    axis: Integers = required("the axis, or axes, counted as in Keras (0 is the batch)")
    keepdims: Boolean = argument(False, "whether the axes stay, with size 1")

    def check(self) -> None:
        at_least_one_axis(self.kind, self.axis)

    def check_input(self, x: Shape) -> None:
        if not self.keepdims and len(axis_indices(self.kind, self.axis, x)) == len(x):
            raise Problem(
                "bad-value",
                f"{self.kind} over all axes of {shown_shape(x)} would leave none",
                expected="an axis that stays",
                found=str(list(self.axis)),
                suggestion="keepdims: true, or leave an axis out",
                argument="axis",
            )

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        reduced = axis_indices(self.kind, self.axis, x)
        if self.keepdims:
            return tuple(Term("1", {}) if i in reduced else Term("N", {"N": size}) for i, size in enumerate(x))
        return tuple(Term("N", {"N": size}) for i, size in enumerate(x) if i not in reduced)

    def flops(self, x: Shape) -> str:
        return times(costs.REDUCTION, "prod(x)")

    def reach(self, x: Shape, y: Shape) -> Reach:
        reduced = axis_indices(self.kind, self.axis, x)
        if self.keepdims:
            return PerAxis(tuple(WholeAxis() if axis in reduced else SameAxis() for axis in range(len(x) - 1)))
        return rearranged([axis for axis in range(len(x)) if axis not in reduced], x)


class ReduceMean(Reduction):
    """Takes the mean along some axes."""

    example = "{axis: -1, keepdims: true}"
    saved_for_backward = NOTHING
    profiled = _NOT_SEEN | {"tensorflow": "prod(x)"}


class ReduceSum(Reduction):
    """Adds up along some axes."""

    example = "{axis: 1}"
    saved_for_backward = NOTHING
    profiled = _NOT_SEEN | {"tensorflow": "prod(x) - prod(y)"}


class ReduceMax(Reduction):
    """Takes the largest along some axes."""

    example = "{axis: -1, keepdims: true}"
    saved_for_backward = INPUT_AND_OUTPUT


class ReduceMin(Reduction):
    """Takes the smallest along some axes."""

    example = "{axis: [1, 2]}"
    saved_for_backward = INPUT_AND_OUTPUT
