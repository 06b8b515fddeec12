"""The `exact` receptive field: which box of input positions an output position sees, on an unbounded map.

Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019, carried on to
maps whose box depends on the position (behind upsampling and transposed convolutions). This is what there is to say
about one layer; `cnncalc.receptive_fields.tracker` follows it from layer to layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from cnncalc.receptive_fields.sliding import NOTHING, OFFSET, SIZE, STRIDE, Axis, Box, Fixed, Sliding
from cnncalc.records import record
from cnncalc.tensor import Shape

__all__ = [
    "CONSTANT", "OFFSET", "SIZE", "STRIDE", "Absent", "Axes", "Axis", "Field", "Fixed", "Layout", "Sliding", "State",
    "Undefined", "boxes_of", "hulls_of", "period_of", "start",
]  # fmt: skip

Axes = tuple[Axis, ...]
"""One per spatial axis of the input, in the input's order."""
Layout = tuple[int | None, ...]
"""The input axis that each spatial axis of a tensor runs along; `None`: none."""


@record
class Field:
    """A receptive field of the input `source`, axis by axis of the input.

    `layout[i]` is the input axis that spatial axis i of the tensor runs along, `None` if all its positions see the
    same; it is empty for a vector. `folded`: an axis has become the channels. No axes: no input position reaches
    anything. `more` are further parts, where branches meet of which some have holes (positions
    that no input reaches, behind a transposed convolution): in a column that a branch does not reach it shows no rows
    either. What a position sees is the hull of what it sees of each part, and `largest` how large that gets.
    `flattened` is kept behind Flatten: the field and the shape of the map whose positions the elements were. The
    boxes of a vector slide only where the size of that map is unknown: how large those of single elements are is known
    then, and not what all see together.
    """

    source: int
    axes: Axes
    layout: Layout
    more: tuple[Axes, ...] = ()
    largest: tuple[int, ...] | None = None
    flattened: tuple[Field, Shape] | None = None
    folded: bool = False

    @property
    def parts(self) -> tuple[Axes, ...]:
        return (self.axes, *self.more)

    @property
    def phases(self) -> int:
        """How many boxes there are to look through, which is what reading the field costs; 0 behind windows alone."""
        phases = 0
        for part in self.parts if self.more else (self.axes,):
            for axis in part:
                if axis.period > 1:
                    phases += axis.period
        return phases

    @property
    def is_unplaced(self) -> bool:
        """Whether it is a vector of which nobody knows what all elements see together."""
        return not self.layout and any(isinstance(axis, Sliding) for axis in self.axes)

    def shows_parts(self, index: int) -> bool:
        """Says whether the elements of a vector see, on an axis of the input, only parts of what all see together."""
        axis = self.axes[index]
        return not self.layout and (isinstance(axis, Sliding) or not axis.is_seen_whole)

    @property
    def is_in_parts(self) -> bool:
        """Whether they do on any axis."""
        return any(self.shows_parts(index) for index in range(len(self.axes)))

    @property
    def size(self) -> tuple[int, ...] | None:
        """The largest box over all positions, axis by axis; `None` where no input reaches any position."""
        if self.more:
            return self.largest
        sizes = tuple([axis.size for axis in self.axes])
        return None if None in sizes or not sizes else sizes  # type: ignore[return-value]

    @property
    def effective_stride(self) -> tuple[Fraction | None, ...] | None:
        """Input positions per output position; `None` on an axis where all see the same, and where there are none."""
        if not self.layout:
            return None
        strides = tuple([axis.stride if isinstance(axis, Sliding) else None for axis in self.axes])
        for stride in strides:
            if stride is not None:
                return strides
        return None

    @property
    def offset(self) -> tuple[int | None, ...] | None:
        """Where the box of position 0 begins; `None` on an axis where that is not known, or nothing reaches it."""
        if not self.more:
            alone = tuple([axis.offset for axis in self.axes])
            return None if alone.count(None) == len(alone) else alone
        offsets = tuple(
            min((offset for axis in parts if (offset := axis.offset) is not None), default=None)
            for parts in zip(*self.parts, strict=True)
        )
        return offsets if any(offset is not None for offset in offsets) else None

    def box(self, position: Sequence[int]) -> tuple[tuple[int, int], ...] | None:
        """Returns what one output position sees per axis of the input; `None`: nothing, or it is not known.

        `position` has a number for each spatial axis of the tensor, in the tensor's order.
        """
        along = dict(zip(self.layout, position, strict=True))
        boxes: list[list[tuple[int, int]]] = []
        for part in self.parts:
            if any(isinstance(axis, Sliding) and axis.origin for axis in part):
                return None
            ends = [(axis.begin(along.get(i, 0)), axis.end(along.get(i, 0))) for i, axis in enumerate(part)]
            known = [(first, last) for first, last in ends if first is not None and last is not None]
            if len(known) == len(ends):
                boxes.append(known)
        if not boxes:
            return None
        return tuple((min(f for f, _ in axis), max(last for _, last in axis)) for axis in zip(*boxes, strict=True))


@record
class Undefined:
    """No box: `reason` says why. `boxes` is what all positions together see, as far as it is known; empty: nothing."""

    source: int
    reason: str
    boxes: tuple[Box, ...]


@record
class Absent:
    """Nothing to be in the field of: the input has no spatial axis, or several inputs meet. `reason` may say which.

    Without `sources` it is a tensor that no input reaches.
    """

    sources: frozenset[int]
    reason: str | None = None


CONSTANT = Absent(frozenset(), "no input position reaches it")
"""What is the same for every input: a parameter, and what is computed from parameters alone."""

State = Field | Undefined | Absent


def start(source: int, shape: Shape) -> State:
    """Returns the field of an input: each position sees itself."""
    rank = len(shape) - 1
    if rank < 1:
        return Absent(frozenset({source}))
    return Field(source, (Sliding(1, 1, (0,), (0,)),) * rank, tuple(range(rank)))


def boxes_of(field: Field, shape: Shape) -> tuple[Box, ...]:
    """Returns what all positions together see, per axis of the input; empty where they see nothing."""
    lengths = {target: shape[index] for index, target in enumerate(field.layout)}
    boxes: list[tuple[Box, ...]] = []
    for part in field.parts:
        seen = tuple(
            (axis.first, axis.last) if isinstance(axis, Fixed) else axis.box(lengths.get(index))
            for index, axis in enumerate(part)
        )
        if NOTHING not in seen:
            boxes.append(seen)
    return hulls_of(boxes)


def hulls_of(boxes: Sequence[Sequence[Box]]) -> tuple[Box, ...]:
    """Returns the hulls of boxes, axis by axis; not known where one of them is not."""
    hulls: list[Box] = []
    for parts in zip(*boxes, strict=True):
        known = [part for part in parts if part is not None]
        whole = len(known) == len(parts)
        hulls.append((min(first for first, _ in known), max(last for _, last in known)) if whole else None)
    return tuple(hulls)


def period_of(axes: Sequence[Axis]) -> int:
    """Returns after how many positions all of them come again."""
    return lcm(*(axis.period for axis in axes if isinstance(axis, Sliding)))
