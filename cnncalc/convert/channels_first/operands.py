"""What operations are told of axes and sizes, in an attribute (old operators) or in a constant input (new ones)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cnncalc.convert.channels_first.operations import Constant, Dims, Operation

Inputs = Sequence[Constant | None]
"""What an operation reads; None is an input that it leaves out, or one that is no constant."""


def whole_numbers(constant: Constant | None) -> tuple[int, ...] | None:
    """Returns the entries of a constant as integers; None if they are not known, or not whole."""
    if constant is None or constant.values is None:
        return None
    numbers: list[int] = []
    for value in constant.values:
        if value is None or value != int(value):
            return None
        numbers.append(int(value))
    return tuple(numbers)


def axes_of(operation: Operation, inputs: Inputs, place: int) -> tuple[int, ...] | None:
    """Axes that stand in an attribute (old operators) or in an input (new ones); None if they are left out."""
    if "axes" in operation.attributes:
        return operation.integers("axes")
    given = inputs[place] if place < len(inputs) else None
    return None if given is None else known(whole_numbers(given))


def positive_axis(axis: int, rank: int) -> int:
    """Returns an axis counted from the front. Raises: IndexError: if there is no such axis."""
    if not -rank <= axis < rank:
        raise IndexError(f"axis {axis} of a tensor with {rank}")
    return axis % rank


def broadcast(*shapes: Dims) -> Dims:
    """Returns the sizes of tensors that are combined entry by entry. Raises: ValueError: if they do not fit
    together.
    """
    rank = max(map(len, shapes))
    found: list[int | None] = []
    for sizes in zip(*((1,) * (rank - len(dims)) + dims for dims in shapes), strict=True):
        larger = {size for size in sizes if size != 1}
        if len(larger - {None}) > 1:
            raise ValueError(f"sizes {sizes} do not fit together")
        found.append(next(iter(larger - {None}), None) if larger else 1)
    return tuple(found)


def known(value: tuple[int, ...] | None) -> tuple[int, ...]:
    """Numbers that must be known. Raises: ValueError: if they are not."""
    if value is None:
        raise ValueError("a list of numbers is not known")
    return value


def target_sizes(dims: Dims, target: Sequence[int | None], zero_is_kept: bool = True) -> Dims:
    """Returns the sizes that a Reshape gives: 0 keeps a size, -1 is what is left.

    Raises: ValueError: if it does not come out.
    """
    sizes = [dims[place] if size == 0 and zero_is_kept else size for place, size in enumerate(target)]
    if -1 not in sizes:
        return tuple(sizes)
    place = sizes.index(-1)
    rest = sizes[:place] + sizes[place + 1 :]
    known = [size for size in dims if size is not None]
    if len(known) < len(dims):
        # An unknown size that both sides have cancels out.
        unknown = len(dims) - len(known)
        if rest.count(None) != unknown:
            return (*sizes[:place], None, *sizes[place + 1 :])
    known_rest = math.prod(size for size in rest if size is not None)
    total = math.prod(known)
    if not known_rest or total % known_rest or -1 in rest:
        raise ValueError(f"{total} entries can't have the sizes {list(target)}")
    return (*sizes[:place], total // known_rest, *sizes[place + 1 :])


def slice_bounds(operation: Operation, inputs: Inputs, rank: int) -> list[tuple[int, int, int, int]]:
    """Returns the axes that a Slice cuts, each with start, end and step as they are written."""
    if "starts" in operation.attributes:
        starts, ends = operation.integers("starts"), operation.integers("ends")
        axes, steps = operation.integers("axes", tuple(range(len(starts)))), (1,) * len(starts)
    else:
        starts, ends = known(whole_numbers(inputs[1])), known(whole_numbers(inputs[2]))
        given = inputs[3] if len(inputs) > 3 else None
        axes = tuple(range(len(starts))) if given is None else known(whole_numbers(given))
        given = inputs[4] if len(inputs) > 4 else None
        steps = (1,) * len(starts) if given is None else known(whole_numbers(given))
    return [(positive_axis(axis, rank), *bounds) for axis, *bounds in zip(axes, starts, ends, steps, strict=True)]  # type: ignore[misc]


def split_sizes(operation: Operation, inputs: Inputs, size: int | None) -> tuple[int, ...]:
    """Returns the sizes of the parts that a Split makes of an axis. Raises: ValueError: if they are not known."""
    if "split" in operation.attributes:
        return operation.integers("split")
    if len(inputs) > 1 and inputs[1] is not None:
        return known(whole_numbers(inputs[1]))
    if size is None:
        raise ValueError("the size of the axis that is split is not known")
    count = len(operation.outputs)
    part = -(-size // count)
    return tuple(min(part, size - part * index) for index in range(count))
