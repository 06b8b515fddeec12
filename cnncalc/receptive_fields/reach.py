"""Which positions of its input one output position of a layer reads: the geometry behind every receptive field.

A layer says it once, axis by axis, as data; the conventions read it. Positions are whole numbers on an unbounded
map; output position 0 of a window starts `before` positions ahead of input position 0.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal

from cnncalc.formula import formula
from cnncalc.records import record
from cnncalc.tensor import Shape

EXTENT: Final = formula("d*(k - 1) + 1")
"""The effective kernel size: how many positions lie between the ends of a window, both counted."""


@lru_cache(maxsize=4096)
def effective_kernel(kernel: int, dilation: int) -> int:
    """Evaluates `EXTENT`."""
    value = EXTENT.integer({"k": kernel, "d": dilation})
    assert value is not None, "both are known"
    return value


@record
class Window:
    """Output position p reads p*stride - before + t*dilation for t = 0 ... kernel - 1.

    Convolutions and poolings; `before` is `None` where it depends on a size that is unknown.
    """

    kernel: int
    stride: int
    dilation: int
    before: int | None

    @property
    def effective_kernel(self) -> int:
        return effective_kernel(self.kernel, self.dilation)


@record
class TransposedWindow:
    """Input position i reaches i*stride - before + t*dilation for t = 0 ... kernel - 1 (`before` rows are cropped)."""

    kernel: int
    stride: int
    dilation: int
    before: int | None

    @property
    def effective_kernel(self) -> int:
        return effective_kernel(self.kernel, self.dilation)


@record
class Shift:
    """Output position p is input position p - before: padding (positive) and cropping (negative)."""

    before: int


@record
class Resample:
    """`size` positions, the first of them `begin`, become `new_size`, with half-pixel centres.

    With one of the `taps`, p reads floor((p + 1/2) * size / new_size), the nearest. With more it reads so many
    positions around (p + 1/2) * size / new_size - 1/2, or one where that is a whole number: 2 are linear, 4 cubic
    interpolation. `widened`: where the map shrinks they are that many times size / new_size. Only the ratio matters to
    the reach; `None` where a size is unknown.
    """

    size: int | None
    new_size: int | None
    taps: int = 1
    begin: int = 0
    widened: bool = False


@record
class Adaptive:
    """Output position p of `bins` reads floor(p*size/bins) up to ceil((p + 1)*size/bins) - 1."""

    size: int | None
    bins: int


@record
class WholeAxis:
    """Every output position reads every position of the axis.

    `steps`: of a recurrent layer's output each step reads those up to it, in this order, and so one of them all.
    """

    steps: Literal["forwards", "backwards"] | None = None


@record
class SameAxis:
    """Output position p reads input position p."""


AxisReach = Window | TransposedWindow | Shift | Resample | Adaptive | WholeAxis | SameAxis


@record
class Pointwise:
    """Each position for itself, on every axis."""


@record
class PerAxis:
    """One reach per spatial axis of the map."""

    axes: tuple[AxisReach, ...]


@record
class Flattened:
    """The map becomes a vector: every element keeps what it saw, and what reads the vector reads all of it."""


@record
class Everything:
    """Every output element reads the whole input: Dense on a vector, global pooling, a region that may lie anywhere."""


@record
class Rearranged:
    """Spatial axes change places, come or go: output axis i is input axis `order[i]`, both counted from 0.

    `None` is an axis along which all positions see the same: a new one, or the channels (`opens`: they become an
    axis). An input axis that is not named comes to an end: every output position reads all of it. `folds`: an axis
    becomes the channels.
    """

    order: tuple[int | None, ...]
    opens: bool = False
    folds: bool = False


@record
class Scrambled:
    """What an output position reads is no box any more; `reason` says why, as a clause.

    `reads_all`: whether all positions of the input are read, so that what reads the whole output sees them all.
    """

    reason: str
    reads_all: bool = True


@record
class ComposedStep:
    """A layer of several in one: its name, the tensors that it reads, and how.

    A merge has `operands`: how it reads each of them, and the shape in which they meet; `is_beside`: they are put side
    by side. `reach` is then that of the merge behind this.
    """

    name: str
    sources: tuple[int, ...]
    operands: tuple[tuple[Reach, Shape], ...]
    is_beside: bool
    reach: Reach


@record
class Composed:
    """Several layers in one. `shapes` are those of all tensors: of the input, then of each step's output.

    `result` is the index of the tensor that comes out.
    """

    shapes: tuple[Shape, ...]
    steps: tuple[ComposedStep, ...]
    result: int


Reach = Pointwise | PerAxis | Flattened | Everything | Rearranged | Scrambled | Composed
