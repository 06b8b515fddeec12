"""What flows between layers: a shape, channels-last and without the batch."""

from __future__ import annotations

import math
from collections.abc import Iterable

from cnncalc.digits import MAX_SHOWN, shown
from cnncalc.records import record

MAX_AXES_SHOWN = 10
"""Of a shape with more axes, a message leaves out those in the middle."""

Size = int | None
"""One entry of a shape; `None` is a spatial size that is not known, as in Keras."""
Shape = tuple[Size, ...]


@record
class Tensor:
    """A value between layers. `instances`: how many there are per image, 1 or the regions behind RoI pooling."""

    shape: Shape
    instances: int = 1

    def __hash__(self) -> int:  # asked for every layer: faster than that of all records
        return hash((self.shape, self.instances))

    @property
    def spatial(self) -> Shape:
        return self.shape[:-1]

    @property
    def channels(self) -> Size:
        return self.shape[-1]


def volume(shape: Shape) -> Size:
    """Returns the number of elements; `None` where a size is unknown."""
    return None if None in shape else math.prod(shape)  # type: ignore[arg-type]


def total(amounts: Iterable[int | None]) -> int | None:
    """Returns the sum; `None` where a part is unknown."""
    try:
        return sum(amounts)  # type: ignore[arg-type]
    except TypeError:  # None takes part in no sum
        return None


def shape_text(shape: Shape) -> str:
    """Writes `28x28x6`; an unknown size is `?`."""
    return "x".join("?" if size is None else str(size) for size in shape)


def shown_shape(shape: Shape) -> str:
    """Returns a shape for a message: without the axes in the middle where there are many, and very long sizes as how
    long.
    """
    parts = ["?" if size is None else str(size) if size < 10**MAX_SHOWN else f"({shown(size)})" for size in shape]
    if len(parts) > MAX_AXES_SHOWN:
        parts[MAX_AXES_SHOWN - 2 : -2] = ["..."]
    return "x".join(parts)


def axis_names(rank: int) -> tuple[str, ...]:
    """Returns the names of a map's spatial axes, for messages: height and width, or what there is."""
    return {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}.get(
        rank, tuple(f"axis {axis + 1}" for axis in range(rank))
    )
