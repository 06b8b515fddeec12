"""A tensor of the file and the output of a layer that stands for it: how their axes belong together."""

from __future__ import annotations

from dataclasses import dataclass

from cnncalc.convert.channels_first.operations import Dims
from cnncalc.tensor import Shape

Order = tuple[int | None, ...]
"""For each axis of a file's tensor the axis of the layer's output that it is; None if the layer has none for it."""


@dataclass(frozen=True, slots=True)
class Activation:
    """The output of `layer`, of a `shape` without the batch, as the value of a tensor of the file.

    An axis of the file's tensor that the layer lacks has the size 1, or is the batch. `batch_axis` is the axis that has
    the batch as a factor, if one has. Transposing the file's tensor changes `order` and leaves the layer as it is: a
    map (N, C, H, W) of the file is (H, W, C) here, with the order (None, 2, 0, 1).
    """

    layer: str
    shape: Shape
    order: Order
    batch_axis: int | None

    def dims(self, batch: int) -> Dims:
        """Returns the sizes of the file's tensor."""
        return tuple(self.size(axis, batch) for axis in range(len(self.order)))

    def size(self, axis: int, batch: int) -> int | None:
        """Returns the size of an axis of the file's tensor."""
        own = self.order[axis]
        size = 1 if own is None else self.shape[own]
        return size if size is None or axis != self.batch_axis else size * batch

    def sequence(self) -> list[int]:
        """Returns the axes of the file's tensor in the order in which the layer has them."""
        places = {own: axis for axis, own in enumerate(self.order) if own is not None}
        return [places[own] for own in range(len(self.shape))]


def order_of(sequence: list[int], rank: int) -> Order:
    """Returns the order that makes a layer have the axes of a tensor with `rank` axes in this sequence."""
    places: list[int | None] = [None] * rank
    for own, axis in enumerate(sequence):
        places[axis] = own
    return tuple(places)


def channels_last(rank: int) -> list[int]:
    """Returns the axes of a file's map with `rank` spatial axes, as a layer has them: (N, C, H, W) is (H, W, C)."""
    return [*range(2, rank + 2), 1]


def is_channels_last(sequence: list[int]) -> bool:
    """Says whether the layer has the first of the file's axes last, and the others as they are."""
    return len(sequence) > 1 and sequence[:-1] == sorted(sequence[:-1]) and sequence[-1] < sequence[0]
