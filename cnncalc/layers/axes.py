"""Axes as Keras's arguments count them, and what a layer must know of its input's sizes."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.errors import Problem
from cnncalc.receptive_fields.reach import Everything, Flattened, Reach, Rearranged, Scrambled
from cnncalc.tensor import Shape, axis_names, shown_shape


def axis_index(kind: str, axis: int, x: Shape) -> int:
    """Finds where an axis stands in a shape without the batch.

    In Keras 0 is the batch and 1 the first size; negative axes count from the end. Raises: Problem: if there is
    no such axis, or if it is the batch, which a layer here does not see.
    """
    rank = len(x)
    index = axis - 1 if axis >= 0 else axis + rank
    if 0 <= index < rank:
        return index
    there = f"1 axis ({shown_shape(x)})" if rank == 1 else f"{rank} axes ({shown_shape(x)})"
    reason = "is the batch, which a spec leaves out" if index == -1 else f"is not there: the input has {there}"
    raise Problem(
        "no-such-axis",
        f"axis {axis} of {kind} {reason}",
        expected=f"an axis from 1 to {rank}, or from -{rank} to -1",
        found=str(axis),
        suggestion="-1 is the channels, 1 the first axis after the batch",
        argument="axis",
    )


def new_axis_index(kind: str, axis: int, x: Shape) -> int:
    """Finds where a new axis stands in the output: 1 is the first place behind the batch, -1 the last of all.

    Raises: Problem: if there is no such place.
    """
    places = len(x) + 1
    index = axis - 1 if axis >= 0 else axis + places
    if 0 <= index < places:
        return index
    raise Problem(
        "no-such-axis",
        f"{kind} can't put a new axis at {axis}: the input {shown_shape(x)} has {len(x)}",
        expected=f"a place from 1 to {places}, or from -{places} to -1",
        found=str(axis),
        suggestion="1 is the first place behind the batch, -1 the last",
        argument="axis",
    )


def rearranged(sources: Sequence[int | None], x: Shape) -> Reach:
    """Returns the reach of a layer whose output axis i is axis `sources[i]` of the input, the channels included.

    `None` is a new axis; an axis that is not named is read whole by every output, or has size 1.
    """
    *spatial, last = sources
    channels = len(x) - 1
    if not spatial:
        if last in (None, channels):
            return Everything()
        if any(size != 1 for index, size in enumerate(x[:-1]) if index != last):
            return Scrambled("its elements come from different positions")
        return Flattened()
    order = tuple(None if source == channels else source for source in spatial)
    return Rearranged(order, opens=channels in spatial, folds=last not in (None, channels))


def axis_indices(kind: str, axes: Sequence[int], x: Shape) -> tuple[int, ...]:
    """Finds several axes as `axis_index` does, in the shape's order. Raises: Problem: also if one is named twice."""
    indices = tuple(sorted(axis_index(kind, axis, x) for axis in axes))
    if len(set(indices)) < len(indices):
        raise Problem(
            "no-such-axis",
            f"the axes {', '.join(map(str, axes))} of {kind} name one axis twice: the input is {shown_shape(x)}",
            expected="different axes",
            found=str(list(axes)),
            argument="axis",
        )
    return indices


def vector_wanted(kind: str, x: Shape) -> Problem:
    """Returns the problem of a layer that reads vectors only, and whose input is a map."""
    return Problem(
        "wrong-rank",
        f"{kind} reads a vector, but its input has shape {shown_shape(x)}",
        expected="1 size",
        found=f"{len(x)} ({shown_shape(x)})",
        suggestion="put Flatten or global pooling before it",
    )


def axis_name(rank: int, index: int) -> str:
    """Names an axis of a shape of `rank` sizes for a message."""
    return [*axis_names(rank - 1), "number of channels" if rank > 1 else "length"][index]


def known_size(kind: str, x: Shape, index: int) -> int:
    """Looks up the size of an axis that the layer must know. Raises: Problem: if it is unknown."""
    size = x[index]
    if size is None:
        raise unknown_size(kind, axis_name(len(x), index), x)
    return size


def unknown_size(kind: str, name: str, x: Shape) -> Problem:
    """Returns the problem of a layer that needs a size which is not known."""
    return Problem(
        "unknown-size",
        f"{kind} needs the {name} of its input, which is unknown: the input is {shown_shape(x)}",
        expected=f"a known {name}",
        found="null",
        suggestion="write the sizes of the model's input instead of null, or pool globally before this layer",
    )


def at_least_one_axis(kind: str, axes: tuple[int, ...]) -> None:
    """Refuses an empty list of axes. Raises: Problem."""
    if not axes:
        raise Problem(
            "bad-value",
            f"axis of {kind} must name at least one axis, not []",
            expected="an axis or a list of axes",
            found="[]",
            argument="axis",
        )
