"""Layers that read several tensors: elementwise arithmetic, and putting tensors side by side."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from cnncalc.digits import shown
from cnncalc.errors import Problem
from cnncalc.formula import Symbol
from cnncalc.layers import costs
from cnncalc.layers.arguments import Integer, argument
from cnncalc.layers.axes import axis_index, axis_name
from cnncalc.layers.base import Layer, Term, same_size, times
from cnncalc.layers.merging_remedies import Names, numbered, remedy
from cnncalc.layers.saved import INPUT
from cnncalc.receptive_fields.reach import PerAxis, Pointwise, Reach, SameAxis, Scrambled, Shift
from cnncalc.tensor import Shape, Size, Tensor, shown_shape

COUNTS = ("no input", "one input", "two inputs")
LISTED_INPUTS = 6
"""Up to so many inputs, a message names the shapes of all."""


class Merge(Layer):
    """What all merges share: a shape rule that reads all inputs. The `x` of formulas is the first of them."""

    merges = True
    fewest_inputs = 2
    most_inputs: ClassVar[int | None] = None
    side_by_side: ClassVar[bool] = False
    """Whether each element comes from one input alone, so that no axis of size 1 is stretched."""

    def output(self, inputs: Sequence[Tensor], names: Names = numbered) -> Tensor:
        """Merges the inputs; `names` is what messages call them. Raises: Problem: if they do not fit together."""
        self.check_inputs(inputs, names)
        terms = self.merged_terms([x.shape for x in inputs], names)
        shape = tuple(term.evaluate() for term in terms)
        self.check_digits(shape)
        return Tensor(shape, inputs[0].instances)

    def merged_terms(self, shapes: Sequence[Shape], names: Names = numbered) -> tuple[Term, ...]:
        """Returns one term per size of the output shape. Raises: Problem: if the shapes do not fit together."""
        raise NotImplementedError

    def check_inputs(self, inputs: Sequence[Tensor], names: Names) -> None:
        """Refuses a wrong number of inputs, and inputs with different numbers of regions. Raises: Problem."""
        least, most = self.fewest_inputs, self.most_inputs
        if len(inputs) < least or (most is not None and len(inputs) > most):
            wanted = f"{'exactly' if most == least else 'at least'} {COUNTS[least]}"
            raise Problem(
                "wrong-number-of-inputs",
                f"{self.kind} needs {wanted}, not {len(inputs)}",
                expected=wanted,
                found=str(len(inputs)),
            )
        counts = [x.instances for x in inputs]
        if len(set(counts)) > 1:
            other = next(index for index, count in enumerate(counts) if count != counts[0])
            raise Problem(
                "shapes-do-not-fit",
                f"{self.kind} can't merge {counts[0]} instances (regions) with {counts[other]}: "
                f"those are the counts of {names(0)} and {names(other)}",
                expected="the same number of instances",
                found=f"{counts[0]} and {counts[other]}",
            )

    def merged_symbols(self, shapes: Sequence[Shape], y: Shape) -> dict[str, Symbol]:
        """Returns what the names in the formulas stand for, if those of the first input are not all."""
        return self.symbols(shapes[0], y)

    def operands(self, shapes: Sequence[Shape], y: Shape, alone: bool) -> Iterator[tuple[Reach, Shape]]:
        """Returns how the layer reads each input before they meet, and the shape in which they do.

        `alone`: whether a single input depends on what the model reads; the others are parameters.
        """
        return ((Pointwise(), shape) for shape in shapes)

    def misfit(
        self, shapes: Sequence[Shape], first: int, second: int, what: str, names: Names, joined: int | None = None
    ) -> Problem:
        """Returns the problem of two inputs, counted from 0, that do not fit together."""
        listed = range(len(shapes)) if len(shapes) <= LISTED_INPUTS else (first, second)
        named = [f"{names(index)} is {shown_shape(shapes[index])}" for index in listed]
        return Problem(
            "shapes-do-not-fit",
            f"{self.kind} needs inputs that fit together, but {what}: {', '.join(named)}",
            expected=f"an input that fits {shown_shape(shapes[first])}",
            found=shown_shape(shapes[second]),
            suggestion=remedy(shapes, first, second, names, joined),
        )


class ElementwiseMerge(Merge):
    """Merges element by element; a size of 1, and an axis that is missing in front, is repeated as often as needed.

    Shape: that of the inputs, broadcast. Keras's Add, Multiply, Average, Maximum, Minimum, Subtract; Divide as NumPy's.
    """

    family = "merge"

    def merged_terms(self, shapes: Sequence[Shape], names: Names = numbered) -> tuple[Term, ...]:
        rank = max(map(len, shapes))
        aligned = [(1,) * (rank - len(shape)) + shape for shape in shapes]
        return tuple(same_size(self._broadcast(shapes, aligned, axis, names), axis, rank) for axis in range(rank))

    def _broadcast(self, shapes: Sequence[Shape], aligned: Sequence[Shape], axis: int, names: Names) -> Size:
        """Returns the common size on one axis: Keras's rule, to which an unknown size fits everything and stays
        unknown.
        """
        sizes = [shape[axis] for shape in aligned]
        common: Size = 1
        for index, size in enumerate(sizes):
            if common is None or size is None:
                common = None
            elif common == 1:
                common = size
            elif size not in (1, common):
                first = sizes.index(common)
                what = f"the {axis_name(len(aligned[0]), axis)} differs, {shown(common)} and {shown(size)}"
                raise self.misfit(shapes, first, index, what, names)
        return common

    def flops(self, x: Shape) -> str:
        return times(costs.MERGE, "(inputs - 1)*prod(y)")


class Add(ElementwiseMerge):
    """Adds its inputs element by element."""

    example = "{from: [conv2d, shortcut]}"


class Multiply(ElementwiseMerge):
    """Multiplies its inputs element by element."""

    example = "{from: [conv2d, gate]}"
    saved_for_backward = INPUT


class Average(ElementwiseMerge):
    """Averages its inputs element by element."""

    example = "{from: [left, right]}"


class Maximum(ElementwiseMerge):
    """Takes the largest of its inputs, element by element."""

    example = "{from: [left, right]}"
    saved_for_backward = INPUT


class Minimum(ElementwiseMerge):
    """Takes the smallest of its inputs, element by element."""

    example = "{from: [left, right]}"
    saved_for_backward = INPUT


class Subtract(ElementwiseMerge):
    """Subtracts the second of two inputs from the first, element by element."""

    example = "{from: [left, right]}"
    most_inputs = 2


class Divide(ElementwiseMerge):
    """Divides the first of two inputs by the second, element by element."""

    example = "{from: [left, right]}"
    most_inputs = 2
    saved_for_backward = INPUT


class Concatenate(Merge):
    """Puts tensors one behind the other along one axis, the channels unless told; the other axes must be equal.

    Shape: (..., C_1), (..., C_2), ... to (..., C_1 + C_2 + ...). Keras's Concatenate.
    """

    family = "data movement"
    example = "{from: [left, right]}"
    primary = "axis"
    side_by_side = True

    axis: Integer = argument(-1, "the axis, counted as in Keras (0 is the batch, 1 the first size)")

    def merged_terms(self, shapes: Sequence[Shape], names: Names = numbered) -> tuple[Term, ...]:
        rank = len(shapes[0])
        for index, shape in enumerate(shapes):
            if len(shape) != rank:
                what = f"they have different numbers of axes, {rank} and {len(shape)}"
                raise self.misfit(shapes, 0, index, what, names, len(shape) - 1)
        joined = axis_index(self.kind, self.axis, shapes[0])
        return tuple(
            Term("sum(joined)", {"joined": tuple(shape[axis] for shape in shapes)})
            if axis == joined
            else same_size(self._equal(shapes, axis, joined, names), axis, rank)
            for axis in range(rank)
        )

    def _equal(self, shapes: Sequence[Shape], axis: int, joined: int, names: Names) -> Size:
        """Returns the size of an axis that must be the same everywhere; Keras reports the first input's."""
        sizes = [shape[axis] for shape in shapes]
        known = [size for size in sizes if size is not None]
        if len(set(known)) > 1:
            other = next(size for size in known if size != known[0])
            first, second = sizes.index(known[0]), sizes.index(other)
            what = f"the {axis_name(len(shapes[0]), axis)} differs, {shown(known[0])} and {shown(other)}"
            raise self.misfit(shapes, first, second, what, names, joined)
        return sizes[0]

    def operands(self, shapes: Sequence[Shape], y: Shape, alone: bool) -> Iterator[tuple[Reach, Shape]]:
        joined = axis_index(self.kind, self.axis, y)
        if not alone or joined == len(y) - 1:
            yield from super().operands(shapes, y, alone)
            return
        start = 0  # behind parameters, as behind padding
        for shape in shapes:
            yield PerAxis(tuple(Shift(start) if axis == joined else SameAxis() for axis in range(len(y) - 1))), y
            start += shape[joined] or 0

    def reach(self, x: Shape, y: Shape) -> Reach:
        if axis_index(self.kind, self.axis, x) == len(x) - 1:
            return Pointwise()
        return Scrambled("it joins its inputs along a spatial axis")
