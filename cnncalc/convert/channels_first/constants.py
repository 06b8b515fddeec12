"""Arithmetic with constants: what exporters write of shapes, paddings and masks, computed before a layer needs it.

Sizes of a result are always found; its entries only if those of its inputs are known and there are few.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, product
from typing import Final

from cnncalc.convert.channels_first.entrywise import ENTRYWISE
from cnncalc.convert.channels_first.operands import (
    Inputs,
    axes_of,
    broadcast,
    known,
    positive_axis,
    slice_bounds,
    split_sizes,
    target_sizes,
    whole_numbers,
)  # fmt: skip
from cnncalc.convert.channels_first.operations import Constant, Dims, Operation, Scalar

MOST_ENTRIES: Final = 1024
"""Of a result with more entries only the sizes are found."""


def evaluate(operation: Operation, inputs: Inputs) -> list[Constant] | None:
    """Computes the outputs of an operation that reads constants only; None if it is not known here.

    Raises: ReadingProblem: if its inputs do not fit it.
    """
    rule = RULES.get(operation.kind)
    if rule is None:
        return None
    try:
        outputs = rule(operation, inputs)
    except (ArithmeticError, AttributeError, IndexError, TypeError, ValueError) as error:
        raise operation.problem("damaged-file", f"its constant inputs do not fit it ({error})") from None
    # Statistics, as of the kernel that weight standardisation normalises, are no parameters of their own.
    sources = merged_sources(inputs[:3] if operation.kind == "BatchNormalization" else inputs)
    is_copy = operation.kind == "Identity" or any(constant is not None and constant.is_copy for constant in inputs)
    for output in outputs:
        output.sources, output.is_copy = sources, is_copy
    return outputs


def merged_sources(inputs: Inputs) -> Mapping[str, int]:
    """Returns the parameters that several constants are made from."""
    found = [constant.sources for constant in inputs if constant is not None and constant.sources]
    if len(found) < 2:
        return found[0] if found else {}
    return {name: size for sources in found for name, size in sources.items()}


def _first(inputs: Inputs) -> Constant:
    if not inputs or inputs[0] is None:
        raise ValueError("the first one is missing")
    return inputs[0]


def _given(inputs: Inputs) -> list[Constant]:
    return [constant for constant in inputs if constant is not None]


def _strides(dims: Dims) -> list[int]:
    sizes = [size or 0 for size in dims]
    return [*accumulate(reversed(sizes[1:]), operator.mul, initial=1)][::-1] if sizes else []


def _picked(constant: Constant, dims: Dims, offsets: Sequence[Sequence[int]]) -> Constant:
    """Takes entries by the sum of one offset per axis, the last axis fastest."""
    values = constant.values
    if values is None or math.prod(map(len, offsets)) > MOST_ENTRIES:
        return Constant(dims)
    return Constant(dims, [values[sum(place)] for place in product(*offsets)])


def _offsets(places: range, stride: int) -> Sequence[int]:
    """Says where the places of an axis stand; a range, as a file may say that there are billions."""
    if not stride or not places:
        return range(len(places))  # of a tensor without entries
    return range(places[0] * stride, places[-1] * stride + (1 if places.step > 0 else -1), places.step * stride)


def _expanded(constant: Constant, dims: Dims) -> list[Scalar] | None:
    """Returns the entries of a constant that is repeated to fill other sizes."""
    if constant.values is None or None in dims or constant.is_text or math.prod(map(int, dims)) > MOST_ENTRIES:  # type: ignore[arg-type]
        return None
    if constant.dims == dims:
        return constant.values
    own = (1,) * (len(dims) - len(constant.dims)) + constant.dims
    offsets = [
        [0 if size == 1 else index * stride for index in range(wanted or 0)]
        for size, wanted, stride in zip(own, dims, _strides(own), strict=True)
    ]
    return _picked(Constant(own, constant.values), dims, offsets).values


def _entrywise(function: Callable[..., Scalar]) -> Callable[[Operation, Inputs], list[Constant]]:
    """Makes the rule of an operation that combines tensors entry by entry; an unknown entry makes an unknown one."""

    def rule(operation: Operation, inputs: Inputs) -> list[Constant]:
        given = _given(inputs)
        dims = broadcast(*(constant.dims for constant in given))
        columns = [_expanded(constant, dims) for constant in given]
        if None in columns:
            return [Constant(dims)]
        rows = zip(*(column for column in columns if column is not None), strict=True)
        return [Constant(dims, [None if None in row else function(*row) for row in rows])]

    return rule


def _cast(operation: Operation, inputs: Inputs) -> list[Constant]:
    constant = _first(inputs)
    kind = operation.attribute("to", int, 1)
    convert: type[bool | float | int] = bool if kind == 9 else float if kind in (1, 10, 11, 16) else int
    values = constant.values
    if values is not None and not constant.is_text:
        values = [None if value is None else convert(value) for value in values]
    return [Constant(constant.dims, values)]


def _unchanged(operation: Operation, inputs: Inputs) -> list[Constant]:
    constant = _first(inputs)
    return [Constant(constant.dims, constant.values, is_text=constant.is_text)]


def _same_sizes(operation: Operation, inputs: Inputs) -> list[Constant]:
    return [Constant(_first(inputs).dims)]


def _reshape(operation: Operation, inputs: Inputs) -> list[Constant]:
    constant = _first(inputs)
    target = inputs[1] if len(inputs) > 1 else None
    wanted = operation.integers("shape") if target is None else target.values
    if wanted is None:
        raise ValueError("the wanted sizes are not known")
    sizes = [None if size is None else int(size) for size in wanted]
    dims = target_sizes(constant.dims, sizes, not operation.attribute("allowzero", int, 0))
    return [Constant(dims, constant.values)]


def _flatten(operation: Operation, inputs: Inputs) -> list[Constant]:
    constant = _first(inputs)
    axis = operation.attribute("axis", int, 1)
    dims = [size or 0 for size in constant.dims]
    return [Constant((math.prod(dims[:axis]), math.prod(dims[axis:])), constant.values)]


def _squeeze(operation: Operation, inputs: Inputs) -> list[Constant]:
    constant = _first(inputs)
    axes = axes_of(operation, inputs, 1)
    rank = len(constant.dims)
    dropped = {positive_axis(axis, rank) for axis in axes} if axes is not None else range(rank)
    dims = tuple(size for axis, size in enumerate(constant.dims) if axis not in dropped or size != 1)
    return [Constant(dims, constant.values)]


def _unsqueeze(operation: Operation, inputs: Inputs) -> list[Constant]:
    constant = _first(inputs)
    axes = axes_of(operation, inputs, 1) or ()
    rank = len(constant.dims) + len(axes)
    added = {positive_axis(axis, rank) for axis in axes}
    left = iter(constant.dims)
    return [Constant(tuple(1 if axis in added else next(left) for axis in range(rank)), constant.values)]


def _transpose(operation: Operation, inputs: Inputs) -> list[Constant]:
    constant = _first(inputs)
    rank = len(constant.dims)
    order = operation.integers("perm", tuple(reversed(range(rank))))
    strides = _strides(constant.dims)
    dims = tuple(constant.dims[axis] for axis in order)
    return [_picked(constant, dims, [_offsets(range(constant.dims[axis] or 0), strides[axis]) for axis in order])]


def _concat(operation: Operation, inputs: Inputs) -> list[Constant]:
    given = _given(inputs)
    rank = len(given[0].dims)
    axis = positive_axis(operation.attribute("axis", int, 0), rank)
    sizes = [constant.dims[axis] for constant in given]
    dims = (
        *given[0].dims[:axis],
        None if None in sizes else sum(size or 0 for size in sizes),
        *given[0].dims[axis + 1 :],
    )
    if any(constant.values is None for constant in given):
        return [Constant(dims)]
    before = math.prod(size or 0 for size in given[0].dims[:axis])
    values: list[Scalar] = []
    for block in range(before):
        for constant in given:
            step = constant.size // before
            values += (constant.values or [])[block * step : (block + 1) * step]
    return [Constant(dims, values)]


def _slice(operation: Operation, inputs: Inputs) -> list[Constant]:
    constant = _first(inputs)
    kept = [range(size or 0) for size in constant.dims]
    for axis, start, end, step in slice_bounds(operation, inputs, len(constant.dims)):
        kept[axis] = kept[axis][start:end:step]
    strides = _strides(constant.dims)
    offsets = [_offsets(places, stride) for places, stride in zip(kept, strides, strict=True)]
    return [_picked(constant, tuple(map(len, kept)), offsets)]


def _gather(operation: Operation, inputs: Inputs) -> list[Constant]:
    constant, indices = _first(inputs), inputs[1]
    axis = positive_axis(operation.attribute("axis", int, 0), len(constant.dims))
    if indices is None:
        raise ValueError("the indices are missing")
    dims = (*constant.dims[:axis], *indices.dims, *constant.dims[axis + 1 :])
    places = whole_numbers(indices)
    if constant.values is None or places is None:
        return [Constant(dims)]
    strides = _strides(constant.dims)
    offsets = [_offsets(range(size or 0), stride) for size, stride in zip(constant.dims, strides, strict=True)]
    offsets[axis] = [range(constant.dims[axis] or 0)[place] * strides[axis] for place in places]
    return [_picked(constant, dims, offsets)]


def _expand(operation: Operation, inputs: Inputs) -> list[Constant]:
    constant = _first(inputs)
    target = inputs[1]
    if target is None or target.values is None:
        raise ValueError("the wanted sizes are not known")
    dims = broadcast(constant.dims, tuple(None if size is None else int(size) for size in target.values))
    return [Constant(dims, _expanded(constant, dims))]


def _tile(operation: Operation, inputs: Inputs) -> list[Constant]:
    constant = _first(inputs)
    counts = known(whole_numbers(inputs[1]))
    strides = _strides(constant.dims)
    dims = tuple((size or 0) * count for size, count in zip(constant.dims, counts, strict=True))
    offsets = [
        [i % (size or 1) * stride for i in range(length if length <= MOST_ENTRIES else MOST_ENTRIES + 1)]
        for size, length, stride in zip(constant.dims, dims, strides, strict=True)
    ]
    return [_picked(constant, dims, offsets)]


def _constant_of_shape(operation: Operation, inputs: Inputs) -> list[Constant]:
    sizes = _first(inputs).values
    if sizes is None:
        raise ValueError("the wanted sizes are not known")
    dims = tuple(None if size is None else int(size) for size in sizes)
    value = operation.attributes.get("value")
    fill = value.values[0] if isinstance(value, Constant) and value.values else 0.0
    count = math.prod(size or 0 for size in dims)
    return [Constant(dims, None if None in dims or count > MOST_ENTRIES else [fill] * count)]


def _range(operation: Operation, inputs: Inputs) -> list[Constant]:
    start, limit, step = (constant.values[0] if constant and constant.values else None for constant in inputs[:3])
    if start is None or limit is None or not step:
        return [Constant((None,))]
    count = max(math.ceil((limit - start) / step), 0)
    values: list[Scalar] | None = [start + step * i for i in range(count)] if count <= MOST_ENTRIES else None
    return [Constant((count,), values)]


def _shape(operation: Operation, inputs: Inputs) -> list[Constant]:
    dims = _first(inputs).dims
    end = operation.attributes.get("end")
    cut = dims[operation.attribute("start", int, 0) : end if isinstance(end, int) else None]
    return [Constant((len(cut),), list(cut))]


def _size(operation: Operation, inputs: Inputs) -> list[Constant]:
    return [Constant((), [_first(inputs).size])]


def _reduce(function: Callable[[list[int | float]], Scalar]) -> Callable[[Operation, Inputs], list[Constant]]:
    def rule(operation: Operation, inputs: Inputs) -> list[Constant]:
        constant = _first(inputs)
        rank = len(constant.dims)
        given = axes_of(operation, inputs, 1)
        axes = {positive_axis(axis, rank) for axis in given} if given else set(range(rank))
        keeps = operation.attribute("keepdims", int, 1)
        dims = tuple(
            1 if axis in axes else size for axis, size in enumerate(constant.dims) if keeps or axis not in axes
        )
        known = constant.values
        if len(axes) < rank or known is None or None in known:
            return [Constant(dims)]
        return [Constant(dims, [function([value for value in known if value is not None])])]

    return rule


def _split(operation: Operation, inputs: Inputs) -> list[Constant]:
    constant = _first(inputs)
    axis = positive_axis(operation.attribute("axis", int, 0), len(constant.dims))
    strides = _strides(constant.dims)
    parts: list[Constant] = []
    start = 0
    for size in split_sizes(operation, inputs, constant.dims[axis]):
        kept = [range(length or 0) for length in constant.dims]
        kept[axis] = range(start, start + size)
        start += size
        offsets = [_offsets(places, stride) for places, stride in zip(kept, strides, strict=True)]
        parts.append(_picked(constant, tuple(map(len, kept)), offsets))
    return parts


def _matmul(operation: Operation, inputs: Inputs) -> list[Constant]:
    left, right = _given(inputs)
    return [Constant((*broadcast(left.dims[:-2], right.dims[:-2]), *left.dims[-2:-1], right.dims[-1]))]


def _pad(operation: Operation, inputs: Inputs) -> list[Constant]:
    constant = _first(inputs)
    pads = operation.integers("pads") or known(whole_numbers(inputs[1]))
    rank = len(constant.dims)
    if len(pads) != 2 * rank:
        raise ValueError(f"{len(pads)} pads for {rank} axes")
    return [Constant(tuple((size or 0) + pads[axis] + pads[axis + rank] for axis, size in enumerate(constant.dims)))]


def _gather_elements(operation: Operation, inputs: Inputs) -> list[Constant]:
    indices = inputs[1]
    if indices is None:
        raise ValueError("the indices are missing")
    return [Constant(indices.dims)]


def _gather_nd(operation: Operation, inputs: Inputs) -> list[Constant]:
    constant, indices = _first(inputs), inputs[1]
    if indices is None or operation.attribute("batch_dims", int, 0):
        raise ValueError("its indices can't be read")
    return [Constant((*indices.dims[:-1], *constant.dims[indices.dims[-1] or 0 :]))]


def _gemm(operation: Operation, inputs: Inputs) -> list[Constant]:
    left, right = _first(inputs), inputs[1]
    if right is None:
        raise ValueError("its weights are missing")
    rows = left.dims[:-1] if not operation.attribute("transA", int, 0) else left.dims[1:]
    return [Constant((*rows, right.dims[0 if operation.attribute("transB", int, 0) else 1]))]


def _clip(operation: Operation, inputs: Inputs) -> list[Constant]:
    constant = _first(inputs)
    low, high = (
        given.values[0] if given is not None and given.values else operation.attributes.get(name)
        for name, given in zip(("min", "max"), (*inputs[1:3], None, None), strict=False)
    )
    values = constant.values
    if values is not None and isinstance(low, (int, float)):
        values = [None if value is None else max(value, low) for value in values]
    if values is not None and isinstance(high, (int, float)):
        values = [None if value is None else min(value, high) for value in values]
    return [Constant(constant.dims, values)]


def _mean(values: list[int | float]) -> Scalar:
    return sum(values) / len(values) if values else None


SAME_SIZES: Final = (
    "Sin", "Cos", "Erf", "Tanh", "Sigmoid", "Relu", "Gelu", "Softplus", "Softmax", "LayerNormalization",
    "BatchNormalization", "InstanceNormalization", "CumSum", "Trilu", "ScatterND", "ScatterElements",
)  # fmt: skip
"""Operations of which only the sizes are found, those of the first input."""

RULES: Final[dict[str, Callable[[Operation, Inputs], list[Constant]]]] = {
    **{kind: _entrywise(function) for kind, function in ENTRYWISE.items()},
    **dict.fromkeys(SAME_SIZES, _same_sizes),
    "Cast": _cast, "CastLike": _unchanged, "Identity": _unchanged, "Dropout": _unchanged,
    "Clip": _clip,
    "Reshape": _reshape, "Flatten": _flatten, "Squeeze": _squeeze, "Unsqueeze": _unsqueeze, "Transpose": _transpose,
    "Concat": _concat, "Slice": _slice, "Gather": _gather, "Expand": _expand, "Tile": _tile, "Split": _split,
    "ConstantOfShape": _constant_of_shape, "Range": _range, "Shape": _shape, "Size": _size,
    "Pad": _pad, "GatherElements": _gather_elements, "GatherND": _gather_nd, "MatMul": _matmul, "Gemm": _gemm,
    "ReduceProd": _reduce(math.prod), "ReduceSum": _reduce(sum), "ReduceMax": _reduce(max),
    "ReduceMin": _reduce(min), "ReduceMean": _reduce(_mean),
}  # fmt: skip
"""The rule of each operation, by its name in ONNX."""
