"""Layers that put the elements of their input into another shape or order, take some of them or repeat them."""

import math

from cnncalc.digits import shown
from cnncalc.errors import Problem
from cnncalc.layers.arguments import Integer, IntegersFromMinusOne, IntegersFromOne, Positive, argument, required
from cnncalc.layers.axes import known_size, unknown_size, vector_wanted
from cnncalc.layers.base import Layer, Term, unchanged
from cnncalc.layers.groups import does_not_divide
from cnncalc.layers.values import MAX_INTEGER
from cnncalc.receptive_fields.reach import Everything, Flattened, Pointwise, Reach, Rearranged, Scrambled
from cnncalc.tensor import Shape, shown_shape, volume


class Flatten(Layer):
    """All elements as one vector.

    Shape: (...) to (product of all sizes,). Keras's Flatten.
    """

    family = "flatten"
    is_view = True

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return (Term("prod(x)", {"x": x}),)

    def reach(self, x: Shape, y: Shape) -> Reach:
        return Pointwise() if len(x) == 1 else Flattened()


class Reshape(Layer):
    """The same elements, in the same order, in another shape; one size may be -1, the one that makes it come out.

    Shape: (...) to target_shape. Keras's Reshape. Of an input whose size is unknown, -1 is unknown too.
    """

    family = "data movement"
    example = "[1, 1, -1]"
    primary = "target_shape"
    is_view = True

    target_shape: IntegersFromMinusOne = required("the output's shape without the batch; one size may be -1")

    def check(self) -> None:
        if not self.target_shape or 0 in self.target_shape or self.target_shape.count(-1) > 1:
            raise Problem(
                "bad-value",
                "target_shape of Reshape must be positive sizes, of which one may be -1",
                expected="positive integers, at most one of them -1",
                found=str(list(self.target_shape)),
                argument="target_shape",
            )

    def check_input(self, x: Shape) -> None:
        elements, known = volume(x), self._known_elements()
        if elements is None and -1 in self.target_shape:
            return
        if elements is None:
            raise unknown_size(self.kind, "size", x)
        if elements % known if -1 in self.target_shape else elements != known:
            raise Problem(
                "shapes-do-not-fit",
                f"Reshape must keep the number of elements, but the input ({shown_shape(x)}) has "
                f"{shown(elements, ',')} and {_target_text(self.target_shape)} "
                f"{'needs a multiple of' if -1 in self.target_shape else 'has'} {shown(known, ',')}",
                argument="target_shape",
                expected=f"sizes with the product {shown(elements, ',')}",
                found=_target_text(self.target_shape),
                suggestion=self._remedy(elements),
            )

    def _known_elements(self) -> int:
        return math.prod(size for size in self.target_shape if size != -1)

    def _remedy(self, elements: int) -> str | None:
        """Suggests the target shape with another last size, one that keeps the number of elements, if there is one."""
        *sizes, _ = self.target_shape
        rest = math.prod(sizes)
        fits = -1 not in sizes and elements % rest == 0 and elements // rest < MAX_INTEGER
        return f"target_shape: {[*sizes, elements // rest]} would fit" if fits else None

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return tuple(
            Term("prod(x)/rest", {"x": x, "rest": self._known_elements()})
            if size == -1
            else Term("target", {"target": size})
            for size in self.target_shape
        )

    def reach(self, x: Shape, y: Shape) -> Reach:
        if x == y:
            return Pointwise()
        if len(y) == 1:
            return Flattened()
        if volume(y[:-1]) == 1:
            return Everything()
        return Scrambled("it moves channels into space" if len(x) == 1 else "it regroups positions and channels")


def _target_text(sizes: tuple[int, ...]) -> str:
    return "x".join(map(str, sizes))


class Permute(Layer):
    """The axes in another order: output axis i is input axis `dims[i]`, both counted from 1.

    Shape: (n_1, ..., n_r) to (n_dims[1], ..., n_dims[r]). Keras's Permute.
    """

    family = "data movement"
    example = "[2, 1, 3]"
    primary = "dims"
    is_view = True

    dims: IntegersFromOne = required("which input axis each output axis is, counted from 1")

    def check(self) -> None:
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise Problem(
                "bad-value",
                f"dims of Permute must name every axis once, counted from 1, not {list(self.dims)}",
                expected=f"the numbers 1 to {max(len(self.dims), 1)} in some order",
                found=str(list(self.dims)),
                argument="dims",
            )

    def check_input(self, x: Shape) -> None:
        if len(x) != len(self.dims):
            raise Problem(
                "wrong-rank",
                f"dims of Permute names {len(self.dims)} axes, but the input {shown_shape(x)} has {len(x)}",
                expected=f"{len(self.dims)} sizes",
                found=f"{len(x)} ({shown_shape(x)})",
                suggestion=f"name every axis, the channels too: dims: {list(range(1, len(x) + 1))} changes nothing",
                argument="dims",
            )

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return unchanged(tuple(x[dim - 1] for dim in self.dims))

    def reach(self, x: Shape, y: Shape) -> Reach:
        *spatial, last = self.dims
        if last != len(self.dims):
            return Scrambled("it moves channels into space")
        return Rearranged(tuple(dim - 1 for dim in spatial)) if spatial else Pointwise()


class RepeatVector(Layer):
    """A vector n times: a sequence of equal entries.

    Shape: (C,) to (n, C). Keras's RepeatVector.
    """

    family = "data movement"
    example = "3"
    primary = "n"

    n: Positive = required("how many times")

    def check_input(self, x: Shape) -> None:
        if len(x) != 1:
            raise vector_wanted(self.kind, x)

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return (Term("n", {"n": self.n}), *unchanged(x))

    def reach(self, x: Shape, y: Shape) -> Reach:
        return Everything()


class ChannelSlice(Layer):
    """The channels from `start` up to, but not including, `stop`: Python's `x[..., start:stop]`.

    Shape: (..., C) to (..., stop - start), negative numbers counted from the end and both clipped to 0 ... C.
    """

    family = "data movement"
    example = "{start: 0, stop: 64}"
    primary = "start"
    is_view = True

    start: Integer = argument(0, "first channel that is kept; a negative number counts from the end")
    stop: Integer | None = argument(None, "first channel after those; null keeps all from start on")

    def bounds(self, x: Shape) -> tuple[int, int]:
        """Returns the first channel and the one after the last, as Python's slices find them."""
        return slice(self.start, self.stop).indices(known_size(self.kind, x, len(x) - 1))[:2]

    def check_input(self, x: Shape) -> None:
        start, stop = self.bounds(x)
        channels = shown(x[-1] or 0)
        if stop <= start:
            raise Problem(
                "size-below-one",
                f"ChannelSlice from {self.start} to {'the end' if self.stop is None else self.stop} keeps no channel: "
                f"the input {shown_shape(x)} has {channels}",
                expected=f"start below stop, both within 0 to {channels}",
                found=f"{shown(start)} to {shown(stop)}",
            )

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        start, stop = self.bounds(x)
        return (*unchanged(x[:-1]), Term("stop - start", {"start": start, "stop": stop}))


class ChannelShuffle(Layer):
    """Channels in a new order, so that each group's neighbours come from all groups (ShuffleNet).

    Shape: unchanged, a sequence or a map. PyTorch's ChannelShuffle.
    """

    family = "data movement"
    example = "{groups: 2}"
    primary = "groups"

    groups: Positive = argument(2, "groups of channels that are mixed; divides the channels")

    def check_input(self, x: Shape) -> None:
        if len(x) == 1:
            raise self.wrong_rank(x, 3)
        channels = known_size(self.kind, x, len(x) - 1)
        if channels % self.groups:
            raise does_not_divide(self.groups, channels, "the input's channels", channels, x)


class Identity(Layer):
    """Its input, unchanged.

    Shape: unchanged. Keras's Identity.
    """

    family = "data movement"
    is_view = True
