"""Parts of a tensor along one axis."""

from cnncalc.digits import shown
from cnncalc.errors import Problem
from cnncalc.layers.arguments import Integer, Positive, argument
from cnncalc.layers.axes import axis_index, axis_name
from cnncalc.layers.base import Layer, Term
from cnncalc.receptive_fields.reach import PerAxis, Pointwise, Reach, SameAxis, Scrambled, Window
from cnncalc.tensor import Shape, shown_shape


class Slice(Layer):
    """What stands from `start` up to, but not including, `stop` on one axis: Python's `x[start:stop:step]`.

    Shape: (..., N, ...) to (..., ceil((stop - start)/step), ...); negative numbers count from the end, and both are
    clipped to 0 ... N. A Split is a Slice for each of its parts. The axis is counted as in Keras.
    """

    family = "data movement"
    example = "{axis: 1, start: 0, stop: 32}"
    primary = "start"
    is_view = True

    axis: Integer = argument(-1, "the axis, counted as in Keras (0 is the batch, 1 the first size)")
    start: Integer = argument(0, "first index that is kept; a negative number counts from the end")
    stop: Integer | None = argument(None, "first index after those; null keeps all from start on")
    step: Positive = argument(1, "from one index that is kept to the next")

    def bounds(self, x: Shape) -> tuple[int | None, int | None]:
        """Returns the first index and the one after the last, as Python's slices find them; `None` if the size is
        unknown.
        """
        size = x[axis_index(self.kind, self.axis, x)]
        return (None, None) if size is None else slice(self.start, self.stop).indices(size)[:2]

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        start, stop = self.bounds(x)
        kept = Term("ceil((stop - start)/step)", {"start": start, "stop": stop, "step": self.step})
        sliced = axis_index(self.kind, self.axis, x)
        return tuple(kept if index == sliced else Term("N", {"N": size}) for index, size in enumerate(x))

    def too_small(self, x: Shape, axis: int, size: int, term: Term) -> Problem:
        start, stop = self.bounds(x)
        name = axis_name(len(x), axis)
        end = "the end" if self.stop is None else self.stop
        return Problem(
            "size-below-one",
            f"Slice from {self.start} to {end} keeps nothing: the {name} of the input {shown_shape(x)} is "
            f"{shown(x[axis] or 0)}",
            expected=f"start below stop, both within 0 to {shown(x[axis] or 0)}",
            found=f"{shown(start or 0)} to {shown(stop or 0)}",
            suggestion=f"leave stop out, or start below {shown(x[axis] or 0)}",
        )

    def reach(self, x: Shape, y: Shape) -> Reach:
        sliced = axis_index(self.kind, self.axis, x)
        if sliced == len(x) - 1:
            return Pointwise()
        start, _ = self.bounds(x)
        if start is None and self.start < 0:
            return Scrambled("where it begins depends on a size that is unknown", reads_all=False)
        window = Window(1, self.step, 1, -(self.start if start is None else start))
        return PerAxis(tuple(window if axis == sliced else SameAxis() for axis in range(len(x) - 1)))
