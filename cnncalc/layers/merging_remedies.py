"""What would make two inputs of a merge fit together: the suggestion below the message that they do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cnncalc.tensor import Shape, shown_shape

Names = Callable[[int], str]
"""What messages call the inputs of a merge, which are counted from 0."""


def numbered(index: int) -> str:
    """Names an input by its place alone: `input 1` for the first."""
    return f"input {index + 1}"


def remedy(
    shapes: Sequence[Shape], first: int, second: int, names: Names = numbered, joined: int | None = None
) -> str | None:
    """Suggests the item that would make two of the inputs (counted from 0) fit; `None` if there is no simple one.

    `joined` is the axis along which they are concatenated: it need not be equal.
    """
    a, b = _known(shapes[first]), _known(shapes[second])
    if a is None or b is None or len(a) != len(b) or not 2 <= len(a) <= 4:
        return _vector_remedy(shapes, first, second, names, joined)
    rank = len(a) - 1
    differing = [axis for axis in range(rank + 1) if axis != joined and a[axis] != b[axis]]
    spatial = [axis for axis in differing if axis < rank]
    if not spatial:
        return f"{_projection(rank, a[-1])} on {names(second)} would give it {a[-1]} channels"
    if all(a[axis] > b[axis] for axis in spatial):
        large, small, larger, smaller = a, b, first, second
    elif all(a[axis] < b[axis] for axis in spatial):
        large, small, larger, smaller = b, a, second, first
    else:
        return None
    goal = tuple(large[axis] if axis in (joined, *_agreeing(a, b)) else small[axis] for axis in range(rank + 1))
    strides = [-(-large[axis] // goal[axis]) for axis in range(rank)]
    if all(-(-large[axis] // strides[axis]) == goal[axis] for axis in range(rank)):
        strided = _projection(rank, goal[-1], strides)
        hint = f"{strided} on {names(larger)} would make it {shown_shape(goal)}"
        if rank not in differing and all(goal[axis] * strides[axis] == large[axis] for axis in range(rank)):
            hint += f", or UpSampling{rank}D: {_per_axis(strides)} on {names(smaller)}"
        return hint
    if rank in differing:
        return None
    return f"Cropping{rank}D: {_cropping(large, goal)} on {names(larger)} would make it {shown_shape(goal)}"


def _known(shape: Shape) -> tuple[int, ...] | None:
    sizes = tuple(size for size in shape if size is not None)
    return sizes if len(sizes) == len(shape) else None


def _agreeing(a: Sequence[int], b: Sequence[int]) -> list[int]:
    return [axis for axis, (n, m) in enumerate(zip(a, b, strict=True)) if n == m]


def _vector_remedy(shapes: Sequence[Shape], first: int, second: int, names: Names, joined: int | None) -> str | None:
    lengths = [len(shapes[first]), len(shapes[second])]
    if lengths == [1, 1] and _known(shapes[first]):
        return f"Dense: {shapes[first][0]} on {names(second)} would give it {shapes[first][0]} elements"
    if 1 in lengths and joined is not None:
        return f"Flatten on {names(second if lengths[0] == 1 else first)} would make it a vector too"
    return None


def _projection(rank: int, filters: int, strides: Sequence[int] = (1,)) -> str:
    """Returns a 1x1 convolution, as an item of a spec."""
    strided = "" if max(strides) == 1 else f", strides: {_per_axis(strides)}"
    return f"Conv{rank}D: {{filters: {filters}, kernel_size: 1{strided}}}"


def _cropping(large: Sequence[int], goal: Sequence[int]) -> str:
    """Returns the value of a Cropping layer; an odd row or column goes from the end."""
    surplus = [n - m for n, m in zip(large[:-1], goal[:-1], strict=True)]
    pairs = [[amount // 2, amount - amount // 2] for amount in surplus]
    if len({*surplus}) == 1 and surplus[0] % 2 == 0:
        return str(surplus[0] // 2)
    return str(pairs[0] if len(pairs) == 1 else pairs)


def _per_axis(values: Sequence[int]) -> str:
    return str(values[0]) if len(set(values)) == 1 else str(list(values))
