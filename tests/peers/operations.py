"""What keras.ops and PyTorch do for the tensor operations: functions of tensors channels-last, with the batch.

OPERATIONS["Slice"](x, axis=1, start=2)    # x[:, 2:]
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from keras import ops

BATCH = 2
"""So many samples run, so that no axis is taken for the batch."""


def sliced(x: Any, axis: int = -1, start: int = 0, stop: int | None = None, step: int = 1) -> Any:
    index = [slice(None)] * x.ndim
    index[axis] = slice(start, stop, step)
    return x[tuple(index)]


def expanded(x: Any, axis: int | None = None, shape: list[int] | None = None) -> Any:
    if shape is None:
        return ops.expand_dims(x, axis)
    new = [1] * (len(shape) + 1 - x.ndim)  # behind the batch
    return torch.as_tensor(x).reshape(BATCH, *new, *x.shape[1:]).expand(BATCH, *shape)


def squeezed(x: Any, axis: Any = None) -> Any:
    """Without an axis, those of one sample alone: the batch is none of a layer's axes."""
    if axis is None:
        axis = [index for index in range(1, x.ndim) if x.shape[index] == 1]
    axes = [axis] if isinstance(axis, int) else axis
    if any(x.shape[index] != 1 for index in axes):
        raise ValueError("PyTorch lets it pass, NumPy does not")
    return ops.squeeze(x, tuple(axes)) if axes else x


def multiplied(a: Any, b: Any, transpose_a: bool, transpose_b: bool) -> Any:
    left = ops.swapaxes(a, -1, -2) if transpose_a else a
    return ops.matmul(left, ops.swapaxes(b, -1, -2) if transpose_b else b)


def contracted(a: Any, b: Any, equation: str) -> Any:
    """Where the equation names no batch, one sample stands for all."""
    if equation[0] in "b.":
        return ops.einsum(equation, a, b)
    return ops.stack([ops.einsum(equation, a[0], b[0])] * BATCH)


def spread(x: Any, block_size: int) -> Any:
    return torch.nn.functional.pixel_shuffle(torch.as_tensor(x).movedim(-1, 1), block_size).movedim(1, -1)


def gathered(x: Any, block_size: int) -> Any:
    return torch.nn.functional.pixel_unshuffle(torch.as_tensor(x).movedim(-1, 1), block_size).movedim(1, -1)


def pooled(kind: str) -> Callable[..., Any]:
    name = "adaptive_" + ("avg" if "Average" in kind else "max") + "_pool" + kind[-2] + "d"

    def run(x: Any, output_size: int | list[int | None]) -> Any:
        if isinstance(output_size, int):
            output_size = [output_size] * (x.ndim - 2)
        # PyTorch's function for sequences has no None.
        sizes = [size or length for size, length in zip(output_size, x.shape[1:], strict=False)]
        return getattr(torch.nn.functional, name)(torch.as_tensor(x).movedim(-1, 1), sizes).movedim(1, -1)

    return run


def applied(x: Any, op: str, value: Any = None) -> Any:
    constant = () if value is None else (np.asarray(value, "float32"),)
    y = getattr(ops, op)(x, *constant)
    if y.shape != x.shape:
        raise ValueError("the constant would make the tensor larger")
    return y


def reduced(name: str) -> Callable[..., Any]:
    def run(x: Any, axis: Any, keepdims: bool = False) -> Any:
        y = getattr(ops, name)(x, axis=axis if isinstance(axis, int) else tuple(axis), keepdims=keepdims)
        if y.ndim == 1:
            raise ValueError("nothing but the batch is left")
        return y

    return run


OPERATIONS: dict[str, Callable[..., Any]] = {
    **{f"Reduce{name}": reduced(name.lower()) for name in ("Mean", "Max", "Min", "Sum")},
    "Slice": sliced,
    "Expand": expanded,
    "Squeeze": squeezed,
    "Stack": lambda *inputs, axis=-1: ops.stack(inputs, axis),
    "MatMul": multiplied,
    "Einsum": contracted,
    "DepthToSpace": spread,
    "SpaceToDepth": gathered,
    "ChannelPadding": lambda x, padding: ops.pad(x, [(0, 0)] * (x.ndim - 1) + [tuple(padding)]),
    "Divide": ops.divide,
    "Elementwise": applied,
    "Normalize": lambda x, axis=-1, order=2: ops.normalize(x, axis=axis, order=order),
    **{
        f"Adaptive{what}Pooling{rank}D": pooled(f"Adaptive{what}Pooling{rank}D")
        for what in ("Average", "Max")
        for rank in (1, 2, 3)
    },
}
"""By the kind; the arguments are those of the kind."""
