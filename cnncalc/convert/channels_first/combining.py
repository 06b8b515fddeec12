"""Operations that combine tensors: arithmetic entry by entry, matrix products, sums over axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from cnncalc.convert.channels_first.activation import Activation, is_channels_last, order_of
from cnncalc.convert.channels_first.activations import shortest
from cnncalc.convert.channels_first.operands import axes_of, broadcast, positive_axis
from cnncalc.convert.channels_first.operations import Constant, Operation
from cnncalc.convert.channels_first.translation import Rule, Translation
from cnncalc.convert.channels_first.windows import has_bias, pooled

MERGES: Final = {
    "Add": "Add", "Sub": "Subtract", "Mul": "Multiply", "Div": "Divide", "Max": "Maximum", "Min": "Minimum",
    "Sum": "Add",
    "Mean": "Average",
}  # fmt: skip
"""The merge of each operation of arithmetic."""
NEUTRAL: Final = {"Add": 0, "Sub": 0, "Mul": 1, "Div": 1, "Pow": 1}
"""The constant that changes nothing, as the second operand."""
FUNCTIONS: Final = {
    "Add": "add", "Sub": "subtract", "Mul": "multiply", "Div": "divide", "Pow": "power", "Max": "maximum",
    "Min": "minimum", "Mod": "mod", "Equal": "equal", "Greater": "greater", "GreaterOrEqual": "greater_equal",
    "Less": "less", "LessOrEqual": "less_equal", "And": "logical_and", "Or": "logical_or", "Xor": "logical_xor",
}  # fmt: skip
"""The names of these operations as functions with a constant, as `keras.ops` has them."""


def arithmetic(t: Translation, operation: Operation) -> None:
    """Combines tensors entry by entry; sizes of 1 are repeated."""
    values = [value for index in range(len(operation.inputs)) if (value := t.value(operation, index)) is not None]
    if len(values) == 1 and isinstance(values[0], Activation):
        t.result(operation, values[0])
        return
    activations = [value for value in values if isinstance(value, Activation)]
    if len(values) == 2 and len(activations) == 1:
        with_constant(t, operation, values)
        return
    merge(t, operation, values)


def merge(t: Translation, operation: Operation, values: Sequence[Activation | Constant]) -> None:
    """Adds a merge of tensors, their axes put into one order."""
    dims = [t.dims(value) for value in values]
    try:
        whole = broadcast(*dims)
    except ValueError as error:
        raise operation.problem("declared-otherwise", str(error)) from None
    rank = len(whole)
    aligned = [_aligned(value, rank) for value in values]
    activations = [value for value in aligned if isinstance(value, Activation)]
    sequence = _common_sequence(activations, aligned)
    batch_axis = next((value.batch_axis for value in activations if value.batch_axis is not None), None)
    kind = MERGES.get(operation.kind)
    if kind is None:
        sizes = [size // t.batch if axis == batch_axis and size else size for axis, size in enumerate(whole)]
        reads = [_operand(t, operation, value, sequence) for value in activations]
        name, shape = t.opaque_layer(operation, [sizes[axis] for axis in sequence], reads)
    else:
        name, shape = t.add(operation, kind, {}, [_operand(t, operation, value, sequence) for value in aligned])
    t.result(operation, Activation(name, shape, order_of(sequence, rank), batch_axis))


def _aligned(value: Activation | Constant, rank: int) -> Activation | Constant:
    """Returns a tensor with axes of size 1 in front, up to the rank."""
    if isinstance(value, Constant):
        return replace(value, dims=(1,) * (rank - len(value.dims)) + value.dims)
    shift = rank - len(value.order)
    batch_axis = None if value.batch_axis is None else value.batch_axis + shift
    return replace(value, order=(None,) * shift + value.order, batch_axis=batch_axis)


def _common_sequence(activations: Sequence[Activation], values: Sequence[Activation | Constant]) -> list[int]:
    """Returns the order of axes for the output of a merge: that of the input with the most."""
    main = max(activations, key=lambda x: (len(x.shape), sum(size != 1 for size in x.shape)))
    sequence = main.sequence()
    needed = set(sequence)
    for value in values:
        if isinstance(value, Activation):
            needed |= {axis for axis in value.sequence() if value.shape[value.order[axis] or 0] != 1}
        else:
            needed |= {axis for axis, size in enumerate(value.dims) if size != 1 and axis != main.batch_axis}
    if needed == set(sequence):
        return sequence
    if is_channels_last(sequence) or (len(sequence) == 1 and sequence[0] == 1 < max(needed)):
        return [*sorted(needed - {1}), 1]
    return sorted(needed)


def _operand(t: Translation, operation: Operation, value: Activation | Constant, sequence: Sequence[int]) -> Activation:
    """Returns an input of a merge with its axes in the common order; axes of size 1 in front are left out."""
    if isinstance(value, Constant):
        own = list(sequence)
        while len(own) > 1 and value.dims[own[0]] == 1:
            own.pop(0)
        return t.parameter(operation, value, own)
    own = list(sequence)
    while len(own) > 1 and value.order[own[0]] is None:
        own.pop(0)
    return t.arrange(operation, value, own)


def with_constant(t: Translation, operation: Operation, values: Sequence[Activation | Constant]) -> None:
    """Translates arithmetic with a constant: nothing, a bias, a Scale, a function, or a merge with a source."""
    constant = next(value for value in values if isinstance(value, Constant))
    x = next(value for value in values if isinstance(value, Activation))
    if not constant.sources and constant.size > 1:
        t.note_lost_parameters(operation)
    kind = operation.kind
    rank = max(len(x.order), len(constant.dims))
    dims = (1,) * (rank - len(constant.dims)) + constant.dims
    known = set(constant.values or ()) - {None}
    if (
        not constant.sources
        and known == {NEUTRAL.get(kind)}
        and values[1] is constant
        and constant.size <= (x.size(-1, t.batch) or 1)
    ):
        t.result(operation, x)
    elif kind == "Mul" and constant.sources and is_per_channel(x, dims):
        scale(t, operation, x)
    elif (
        not constant.sources
        and kind in FUNCTIONS
        and len(broadcast(dims, (1,) * (rank - len(x.order)) + x.dims(t.batch))) == len(x.order)
    ):
        # Entries that are not known, or many, change no figure: the neutral one stands for them.
        value = next(iter(known)) if len(known) == 1 else NEUTRAL.get(kind, 0)
        arguments: dict[str, object] = {"op": FUNCTIONS[kind], "value": shortest(value or 0)}
        t.layer_result(operation, "Elementwise", arguments, x)
    else:
        merge(t, operation, values)


def is_per_channel(x: Activation, dims: Sequence[int | None]) -> bool:
    """Says whether a constant has an entry for each channel, and for nothing else."""
    if len(dims) != len(x.order):
        return False
    last = len(x.shape) - 1
    own = next((axis for axis, place in enumerate(x.order) if place == last), None)
    return own is not None and all(
        (size == x.shape[last]) if axis == own else size == 1 for axis, size in enumerate(dims)
    )


def scale(t: Translation, operation: Operation, x: Activation) -> None:
    """Translates a product with a factor per channel, and the sum with a term per channel behind it, if that is next.

    Both must be parameters of one module: a learned token that is added has one entry per channel too.
    """
    index = next(index for index in (0, 1) if isinstance(t.value(operation, index), Constant))
    reader = t.only_reader(operation.outputs[0])
    last, arguments = operation, {}
    if reader is not None and reader.kind == "Add":
        term = next((t.values.get(name) for name in reader.inputs if name != operation.outputs[0]), None)
        if isinstance(term, Constant) and term.sources and _owner(term) == _owner(t.weight(operation, index)):
            dims = (1,) * (len(x.order) - len(term.dims)) + term.dims
            if is_per_channel(x, dims):
                last, arguments = reader, {"use_bias": True}
                t.done.add(id(reader))
    names = [] if t.graph.merges_equal else t.kernel_names(operation, index)
    name, shape = t.add(operation, "Scale", arguments, [x], names)
    t.result(last, Activation(name, shape, x.order, x.batch_axis))


def _owner(constant: Constant) -> str:
    """Returns the module that a constant's first parameter belongs to; "" if the file has lost the name."""
    name = next(iter(constant.sources), "")
    return "" if name.startswith("onnx::") else name.rpartition(".")[0]


def matrix_product(t: Translation, operation: Operation) -> None:
    """Translates MatMul: with weights a Dense, of two activations a MatMul."""
    left, right = t.value(operation, 0), t.value(operation, 1)
    if isinstance(left, Activation) and isinstance(right, Constant) and len(right.dims) == 2:
        dense(t, operation, left, right.dims[1])
        return
    if left is None or right is None:
        raise operation.problem("damaged-file", "it reads one tensor")
    rank = max(len(t.dims(left)), len(t.dims(right)))
    operands: list[Activation] = []
    flipped: list[bool] = []
    batch_axis = None
    for value in (_aligned(left, rank), _aligned(right, rank)):
        if isinstance(value, Constant):
            sequence = [axis for axis in range(rank) if axis >= rank - 2 or value.dims[axis] != 1]
            operands.append(t.parameter(operation, value, sequence))
            flipped.append(False)
            continue
        sequence = sorted(
            {*value.sequence(), rank - 2, rank - 1}
            - ({value.batch_axis} if value.batch_axis is not None and value.order[value.batch_axis] is None else set())
        )
        swapped = [*sequence[:-2], rank - 1, rank - 2]
        is_flipped = value.sequence() == swapped
        operands.append(t.arrange(operation, value, swapped if is_flipped else sequence))
        flipped.append(is_flipped)
        batch_axis = value.batch_axis if batch_axis is None else batch_axis
    if flipped[0]:
        value = operands[0]
        operands[0] = t.arrange(operation, value, sorted(value.sequence()))
    longest = max(operands, key=lambda operand: len(operand.shape)).sequence()
    kept = sorted({*longest[:-2], rank - 2, rank - 1})
    name, shape = t.add(operation, "MatMul", {"transpose_b": True} if flipped[1] else {}, operands)
    t.result(operation, Activation(name, shape, order_of(kept, rank), batch_axis))


def dense(t: Translation, operation: Operation, x: Activation, units: int | None, biased: bool = False) -> None:
    """Translates a product with weights along the last axis of the file's tensor: a Dense, with the bias behind it."""
    rank = len(x.order)
    if x.order[-1] is None:
        sequence = [*x.sequence(), rank - 1] if is_ascending(x.sequence()) else [*sorted(x.sequence()), rank - 1]
        x = t.arrange(operation, x, sequence)
    elif x.order[-1] != len(x.shape) - 1:
        x = t.arrange(operation, x, sorted(x.sequence()))
    last = operation
    reader = t.only_reader(operation.outputs[0])
    if not biased and reader is not None and reader.kind == "Add" and len(reader.inputs) == 2:
        term = next((t.values.get(name) for name in reader.inputs if name != operation.outputs[0]), None)
        is_bias = isinstance(term, Constant) and term.dims[-1:] == (units,) and term.size == units
        if is_bias and isinstance(term, Constant) and (term.sources or has_bias(t, operation, 2)):
            last, biased = reader, True
            t.done.add(id(reader))
    if not biased and operation.kind in ("MatMul", "Gemm"):
        biased = has_bias(t, operation, 2)
    arguments: dict[str, object] = {"units": units} if biased else {"units": units, "use_bias": False}
    name, shape = t.add(operation, "Dense", arguments, [x], t.kernel_names(operation, 1))
    t.result(last, Activation(name, shape, x.order, x.batch_axis))


def is_ascending(sequence: Sequence[int]) -> bool:
    """Says whether the axes stand in the file's order."""
    return list(sequence) == sorted(sequence)


def gemm(t: Translation, operation: Operation) -> None:
    """Translates Gemm: a Dense with its bias."""
    left, right = t.value(operation, 0), t.value(operation, 1)
    if not isinstance(left, Activation) or not isinstance(right, Constant) or operation.attribute("transA", int, 0):
        raise operation.problem("unsupported-layer", "it is a product of activations")
    if len(right.dims) != 2:
        raise operation.problem("damaged-file", f"its weights have the sizes {list(right.dims)}")
    units = right.dims[0 if operation.attribute("transB", int, 0) else 1]
    dense(t, operation, left, units, t.value(operation, 2) is not None)


def reduction(kind: str) -> Rule:
    """Makes the rule of a ReduceMean and its kin: over all of a map global pooling, else over axes."""

    def rule(t: Translation, operation: Operation) -> None:
        x = t.activation(operation)
        axes = reduced_axes(t, operation)
        spatial = sorted(x.sequence()[:-1])
        pool = {"ReduceMean": "GlobalAveragePooling", "ReduceMax": "GlobalMaxPooling"}.get(kind)
        is_map = is_channels_last(x.sequence()) and x.batch_axis == 0 and x.order[0] is None and 1 <= len(spatial) <= 3
        if pool and axes == spatial and is_map:
            pooled(t, operation, x, pool, bool(operation.attribute("keepdims", int, 1)))
        else:
            t.result(operation, reduced(t, operation, x, kind, axes))

    return rule


def reduced_axes(t: Translation, operation: Operation) -> list[int]:
    """Returns the axes that a reduction goes over: all if none are given."""
    rank = len(t.activation(operation).order)
    given = axes_of(operation, t.constants(operation), 1)
    return sorted({positive_axis(axis, rank) for axis in given}) if given else list(range(rank))


def reduced(t: Translation, operation: Operation, x: Activation, kind: str, axes: Sequence[int]) -> Activation:
    """Adds a reduction over axes of the file's tensor."""
    rank = len(x.order)
    keeps = bool(operation.attribute("keepdims", int, 1))
    if x.batch_axis is not None and x.batch_axis in axes and x.order[x.batch_axis] is None and len(axes) < rank:
        raise operation.problem("unsupported-layer", "it goes over the batch")
    own = sorted(place + 1 for axis in axes if (place := x.order[axis]) is not None)
    y = x
    if own:
        axis: object = own[0] if len(own) == 1 else own
        name, shape = t.add(operation, kind, {"axis": axis, **({"keepdims": True} if keeps else {})}, [x])
        y = Activation(name, shape, x.order, x.batch_axis)
    if keeps:
        return y
    kept = [axis for axis in range(rank) if axis not in axes]
    left = [kept.index(axis) for axis in x.sequence() if axis in kept]
    batch_axis = kept.index(x.batch_axis) if x.batch_axis in kept else None
    return Activation(y.layer, y.shape, order_of(left, len(kept)), batch_axis)


def length(t: Translation, operation: Operation) -> None:
    """Translates ReduceL2, by its definition: squares, their sum, its root."""
    x = t.activation(operation)
    name, shape = t.add(operation, "Elementwise", {"op": "square"}, [x])
    total = reduced(t, operation, replace(x, layer=name, shape=shape), "ReduceSum", reduced_axes(t, operation))
    name, shape = t.add(operation, "Elementwise", {"op": "sqrt"}, [total])
    t.result(operation, replace(total, layer=name, shape=shape))


def einsum(t: Translation, operation: Operation) -> None:
    """Translates Einsum of two activations, by the same equation: the axes of both in the file's order."""
    equation = operation.attribute("equation", str, "").replace(" ", "")
    parts: list[Activation] = []
    for index in range(len(operation.inputs)):
        value = t.value(operation, index)
        if isinstance(value, Constant):
            parts.append(t.parameter(operation, value, range(len(value.dims))))
        elif value is not None:
            alone = value.batch_axis if value.batch_axis is not None and value.order[value.batch_axis] is None else None
            parts.append(t.arrange(operation, value, [axis for axis in range(len(value.order)) if axis != alone]))
    output = equation.partition("->")[2]
    batch_axis = output.find(equation[0]) if parts[0].batch_axis == 0 else -1
    name, shape = t.add(operation, "Einsum", {"equation": equation}, parts)
    axes = [axis for axis in range(len(output)) if len(shape) == len(output) or axis != batch_axis]
    t.result(operation, Activation(name, shape, order_of(axes, len(output)), batch_axis if batch_axis >= 0 else None))


RULES: Final[dict[str, Rule]] = {
    **dict.fromkeys((*MERGES, *FUNCTIONS, "Where"), arithmetic),
    "MatMul": matrix_product,
    "Gemm": gemm,
    "Einsum": einsum,
    "ReduceMean": reduction("ReduceMean"),
    "ReduceSum": reduction("ReduceSum"),
    "ReduceMax": reduction("ReduceMax"),
    "ReduceMin": reduction("ReduceMin"),
    "ReduceL2": length,
}
