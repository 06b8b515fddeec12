"""Layers that add axes, take them away or stretch them; the elements stay in their order."""

from collections.abc import Iterator, Sequence

from cnncalc.digits import shown
from cnncalc.errors import Problem
from cnncalc.layers.arguments import Integer, Integers, IntegersFromMinusOne, argument
from cnncalc.layers.axes import axis_indices, axis_name, new_axis_index, rearranged
from cnncalc.layers.base import Layer, Term
from cnncalc.layers.merging import Merge
from cnncalc.layers.merging_remedies import Names, numbered
from cnncalc.receptive_fields.reach import Reach
from cnncalc.tensor import Shape, shown_shape


class Expand(Layer):
    """A new axis of size 1, or a larger shape in which everything along an axis of size 1 is repeated.

    Shape: with `axis`, (...) to (..., 1, ...), keras.ops.expand_dims; with `shape`, to `shape`, keras.ops.broadcast_to
    and PyTorch's expand, in which -1 keeps a size.
    """

    family = "data movement"
    example = "{axis: 1}"
    primary = "axis"
    is_view = True

    axis: Integer | None = argument(None, "where the new axis stands in the output, counted as in Keras")
    shape: IntegersFromMinusOne | None = argument(None, "the output's shape without the batch; -1 keeps a size")

    def check(self) -> None:
        message = "Expand takes an axis, which is new, or the shape that comes out"
        suggestion = "Expand: {axis: 1}, or Expand: {shape: [14, 14, 64]}"
        if self.axis is None and self.shape is None:
            raise Problem("missing-argument", message, expected="axis or shape", found="neither", suggestion=suggestion)
        if self.axis is not None and self.shape is not None:
            raise Problem("bad-value", message, expected="axis or shape", found="both", suggestion=suggestion)
        if self.shape is not None and (not self.shape or 0 in self.shape):
            raise Problem(
                "bad-value",
                f"shape of Expand must be positive sizes, or -1 for one that stays, not {list(self.shape)}",
                expected="positive integers, or -1",
                found=str(list(self.shape)),
                argument="shape",
            )

    def check_input(self, x: Shape) -> None:
        if self.shape is None:
            new_axis_index(self.kind, self.axis or 0, x)
            return
        lead = len(self.shape) - len(x)
        aligned = zip(x, self.shape[max(lead, 0) :], strict=False)
        fits = all(target in (-1, size) or size in (1, None) for size, target in aligned)
        if lead < 0 or -1 in self.shape[: max(lead, 0)] or not fits:
            raise Problem(
                "shapes-do-not-fit",
                f"Expand can't make {'x'.join(map(str, self.shape))} of {shown_shape(x)}: only axes of size 1 are "
                "repeated, and new axes stand in front",
                expected=f"a shape that ends in {shown_shape(x)}, apart from sizes of 1",
                found=str(list(self.shape)),
                suggestion="put Reshape, or Expand with an axis, before it",
                argument="shape",
            )

    def _sources(self, x: Shape) -> list[int | None]:
        """Returns the axis of the input that each axis of the output is; `None`: a new one, or one that is repeated."""
        if self.shape is None:
            sources: list[int | None] = list(range(len(x)))
            sources.insert(new_axis_index(self.kind, self.axis or 0, x), None)
            return sources
        lead = len(self.shape) - len(x)
        kept = [index if target in (-1, size) else None for index, size, target in _aligned(x, self.shape)]
        return [*[None] * lead, *kept[:-1], len(x) - 1]

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        sources = self._sources(x)
        if self.shape is None:
            return tuple(Term("1", {}) if s is None else Term("N", {"N": x[s]}) for s in sources)
        lead = len(self.shape) - len(x)
        return tuple(
            Term("N", {"N": x[index - lead]}) if target == -1 else Term("target", {"target": target})
            for index, target in enumerate(self.shape)
        )

    def reach(self, x: Shape, y: Shape) -> Reach:
        return rearranged(self._sources(x), x)


def _aligned(x: Shape, shape: Sequence[int]) -> Iterator[tuple[int, int | None, int]]:
    """Returns each axis of the input with its size and the one that is asked for."""
    return ((index, size, shape[len(shape) - len(x) + index]) for index, size in enumerate(x))


class Squeeze(Layer):
    """Takes away axes of size 1.

    Shape: (..., 1, ...) to (..., ...). keras.ops.squeeze.
    """

    family = "data movement"
    example = "{axis: 1}"
    example_inputs = ((1, 64),)
    primary = "axis"
    is_view = True

    axis: Integers | None = argument(None, "the axis, or axes, counted as in Keras; null: all that have size 1")

    def _squeezed(self, x: Shape) -> tuple[int, ...]:
        if self.axis is None:
            return tuple(index for index, size in enumerate(x) if size == 1)
        return axis_indices(self.kind, self.axis, x)

    def check_input(self, x: Shape) -> None:
        for index in self._squeezed(x):
            if x[index] != 1:
                size = "unknown" if x[index] is None else shown(x[index] or 0)
                name = axis_name(len(x), index)
                raise Problem(
                    "shapes-do-not-fit",
                    f"Squeeze takes away axes of size 1, but the {name} of {shown_shape(x)} is {size}",
                    expected="an axis of size 1",
                    found=size,
                    suggestion="ReduceMean takes the mean along an axis, Slice one entry of it",
                    argument="axis",
                )
        if len(self._squeezed(x)) == len(x):
            raise Problem(
                "bad-value",
                f"Squeeze would leave no axis of {shown_shape(x)}",
                expected="an axis that stays",
                found=shown_shape(x),
                suggestion="name the axes: axis: 1" if len(x) > 1 else "leave it out",
                argument="axis",
            )

    def _sources(self, x: Shape) -> list[int]:
        squeezed = self._squeezed(x)
        return [index for index in range(len(x)) if index not in squeezed]

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return tuple(Term("N", {"N": x[index]}) for index in self._sources(x))

    def reach(self, x: Shape, y: Shape) -> Reach:
        return rearranged(self._sources(x), x)


class Stack(Merge):
    """Puts tensors of one shape side by side along a new axis.

    Shape: (...), (...), ... to (..., n, ...). keras.ops.stack.
    """

    family = "data movement"
    fewest_inputs = 1
    example = "{from: [left, right], axis: 1}"
    primary = "axis"

    axis: Integer = argument(-1, "where the new axis stands in the output, counted as in Keras")

    def merged_terms(self, shapes: Sequence[Shape], names: Names = numbered) -> tuple[Term, ...]:
        first = shapes[0]
        for index, shape in enumerate(shapes):
            pairs = zip(shape, first, strict=False)
            if len(shape) != len(first) or any(None not in pair and pair[0] != pair[1] for pair in pairs):
                raise self.misfit(shapes, 0, index, "their shapes differ", names)
        terms = [Term("N", {"N": size}) for size in first]
        terms.insert(new_axis_index(self.kind, self.axis, first), Term("inputs", {"inputs": len(shapes)}))
        return tuple(terms)

    def operands(self, shapes: Sequence[Shape], y: Shape, alone: bool) -> Iterator[tuple[Reach, Shape]]:
        for shape in shapes:
            sources: list[int | None] = list(range(len(shape)))
            sources.insert(new_axis_index(self.kind, self.axis, shape), None)
            yield rearranged(sources, shape), y
