"""Operations in a Keras model: those of keras.ops in Keras 3, TFOpLambda and SlicingOpLambda in Keras 2."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Final

from cnncalc.convert.graph import ReadingProblem
from cnncalc.convert.keras.emitter import Emitter
from cnncalc.convert.keras.layers import KerasLayer
from cnncalc.convert.keras.nodes import KerasTensor, tensors_in
from cnncalc.expansion.scopes import snake_case
from cnncalc.layers.costs import ACTIVATION_ALIASES, ACTIVATION_COSTS
from cnncalc.layers.pointwise import OF_ONE, OTHER_NAMES, WITH_CONSTANT

LAMBDAS: Final = frozenset({"TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer"})
AMBIGUOUS: Final = frozenset({"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Softmax", "Concatenate",
                              "Dot", "Reshape", "Flatten"})  # fmt: skip
"""Names of layers and of operations: an operation has no `trainable`."""
MERGES: Final = {
    "add": "Add", "add_v2": "Add", "subtract": "Subtract", "sub": "Subtract", "multiply": "Multiply", "mul": "Multiply",
    "divide": "Divide", "truediv": "Divide", "true_divide": "Divide", "maximum": "Maximum", "minimum": "Minimum",
}  # fmt: skip
REDUCTIONS: Final = {
    "mean": "ReduceMean", "reduce_mean": "ReduceMean", "max": "ReduceMax", "reduce_max": "ReduceMax",
    "amax": "ReduceMax",
    "min": "ReduceMin", "reduce_min": "ReduceMin", "amin": "ReduceMin", "sum": "ReduceSum", "reduce_sum": "ReduceSum",
}  # fmt: skip
NO_OPERATION: Final = frozenset({"cast", "identity", "stop_gradient", "copy", "convert_to_tensor", "ensure_shape",
                                 "preventgradient"})  # fmt: skip
IGNORED: Final = frozenset({"not_equal", "notequal"})
"""Operations that only make a mask."""
OTHER_ACTIVATIONS: Final = {"relu_6": "relu6", "hard_swish": "hard_silu", "log_sigmoid": "log_sigmoid"}


def is_operation(layer: KerasLayer) -> bool:
    """Tells whether an entry of a model's list of layers is an operation, not a layer."""
    if layer.kind in LAMBDAS or ".ops." in f"{layer.module}." or layer.module.startswith("keras.ops"):
        return True
    return layer.kind in AMBIGUOUS and "trainable" not in layer.config and not layer.module


def emit(emitter: Emitter) -> None:
    """Writes the layers of an operation. Raises: ReadingProblem: it is not known and has no declared shape."""
    layer, call = emitter.layer, emitter.call
    name = operation_name(layer)
    given = {**layer.config, **call.kwargs}
    reads = call.tensors()
    if (name in IGNORED and len(reads) == 1) or (name in NO_OPERATION and reads):
        emitter.pass_on(reads[0])
    elif name in READERS:
        READERS[name](emitter, given, reads)
    elif name in REDUCTIONS:
        _reduction(emitter, REDUCTIONS[name], given, reads)
    elif not _pointwise(emitter, name, given, reads):
        opaque(emitter, name, reads)


def operation_name(layer: KerasLayer) -> str:
    """Returns the operation's name in small letters: `reduce_mean`, `getitem`."""
    if layer.kind == "SlicingOpLambda":
        return "getitem"
    function = layer.config.get("function")
    if layer.kind == "TFOpLambda" and isinstance(function, str):
        return function.rpartition(".")[2].lower()
    if layer.kind == "TensorFlowOpLayer":
        node = layer.config.get("node_def")
        found = re.search(r'"op": *"(\w+)"|op: *"(\w+)"', str(node).replace("'", '"'))
        return snake_case(found[1] or found[2]) if found else ""
    return snake_case(layer.kind)


def opaque(emitter: Emitter, name: str, reads: list[KerasTensor]) -> None:
    """Writes an operation that nobody knows with the shape that the file declares. Raises: ReadingProblem."""
    for index in range(MAX_OUTPUTS):
        shape = emitter.shape_of(emitter.output(index))
        if shape is None and index:
            break
        if shape is None:
            raise _unknown(emitter, name)
        emitter.emit("Opaque", {"output_shape": list(shape)}, reads, emitter.output(index))


MAX_OUTPUTS: Final = 1000


def _unknown(emitter: Emitter, name: str) -> ReadingProblem:
    return emitter.layer.refuse(
        f"is the operation {name or 'of a kind'}, which is not known, and the file does not record its shape",
        "save the model with Keras 3, which records shapes, or write the operation as a layer of Keras",
    )


def _argument(emitter: Emitter, given: dict[str, object], index: int, *names: str) -> object:
    """Returns an argument of a call, by one of its names or by its position."""
    for name in names:
        if given.get(name) is not None:
            return given[name]
    return emitter.call.args[index] if index < len(emitter.call.args) else None


def _pointwise(emitter: Emitter, name: str, given: dict[str, object], reads: list[KerasTensor]) -> bool:
    """Writes what works on each element: an activation, a merge, or an operation with a constant."""
    name = OTHER_ACTIVATIONS.get(name, name)
    operation = OTHER_NAMES.get(name, name)
    if len(reads) == 1 and name in (ACTIVATION_COSTS.keys() | ACTIVATION_ALIASES.keys()):
        axis = given.get("axis", -1)
        if name == "softmax":
            emitter.emit("Softmax", {"axis": axis}, reads, emitter.output())
        else:
            emitter.emit("Activation", {"activation": name}, reads, emitter.output())
    elif name in MERGES and len(reads) > 1:
        emitter.emit(MERGES[name], {}, reads, emitter.output())
    elif operation in OF_ONE and len(reads) == 1:
        emitter.emit("Elementwise", {"op": operation}, reads, emitter.output())
    elif len(reads) == 1 and (name in MERGES or operation in WITH_CONSTANT):
        constants = [emitter.call.args[0] if emitter.call.args else None,
                     _argument(emitter, given, 1, "y", "x2"), given.get("x1"), given.get("x")]  # fmt: skip
        value = next((entry for entry in constants if isinstance(entry, (int, float))), None)
        operation = snake_case(MERGES[name]) if name in MERGES else operation
        if name not in MERGES and value is None and operation not in WITH_CONSTANT:
            return False
        emitter.emit("Elementwise", {"op": operation} if value is None else {"op": operation, "value": value}, reads,
                     emitter.output())  # fmt: skip
    else:
        return False
    return True


def _reduction(emitter: Emitter, kind: str, given: dict[str, object], reads: list[KerasTensor]) -> None:
    axis = _argument(emitter, given, 1, "axis")
    keepdims = bool(given.get("keepdims") or given.get("keep_dims"))
    if not isinstance(axis, (int, list)) or len(reads) != 1:
        opaque(emitter, operation_name(emitter.layer), reads)
        return
    emitter.emit(kind, {"axis": axis, "keepdims": keepdims}, reads, emitter.output())


def _reshape(emitter: Emitter, given: dict[str, object], reads: list[KerasTensor]) -> None:
    shape = _argument(emitter, given, 1, "newshape", "shape")
    if isinstance(shape, list) and len(shape) > 1 and all(type(size) is int for size in shape):
        emitter.emit("Reshape", {"target_shape": shape[1:]}, reads[:1], emitter.output())
        return
    declared = emitter.shape_of(emitter.output())
    if declared is None or declared.count(None) > 1:
        raise _unknown(emitter, "reshape")
    target = [-1 if size is None else size for size in declared]
    emitter.emit("Reshape", {"target_shape": target}, reads[:1], emitter.output())


def _transpose(emitter: Emitter, given: dict[str, object], reads: list[KerasTensor]) -> None:
    axes = _argument(emitter, given, 1, "axes", "perm")
    if not isinstance(axes, list) or axes[:1] != [0]:
        opaque(emitter, "transpose", reads)
        return
    emitter.emit("Permute", {"dims": axes[1:]}, reads, emitter.output())


def _concatenate(emitter: Emitter, given: dict[str, object], reads: list[KerasTensor]) -> None:
    axis = _argument(emitter, given, 1, "axis")
    arguments: dict[str, object] = {"axis": axis if isinstance(axis, int) else -1}
    emitter.emit("Concatenate", arguments, reads, emitter.output())


def _stack(emitter: Emitter, given: dict[str, object], reads: list[KerasTensor]) -> None:
    axis = _argument(emitter, given, 1, "axis")
    emitter.emit("Stack", {"axis": axis if isinstance(axis, int) else 0}, reads, emitter.output())


def _expand(emitter: Emitter, given: dict[str, object], reads: list[KerasTensor]) -> None:
    axis = _argument(emitter, given, 1, "axis")
    emitter.emit("Expand", {"axis": axis if isinstance(axis, int) else -1}, reads, emitter.output())


def _squeeze(emitter: Emitter, given: dict[str, object], reads: list[KerasTensor]) -> None:
    axis = _argument(emitter, given, 1, "axis")
    emitter.emit("Squeeze", {} if axis is None else {"axis": axis}, reads, emitter.output())


def _split(emitter: Emitter, given: dict[str, object], reads: list[KerasTensor]) -> None:
    """Writes a Split as one Slice for each output that something reads."""
    parts = _argument(emitter, given, 1, "indices_or_sections", "num_or_size_splits")
    axis = _argument(emitter, given, 2, "axis")
    axis = axis if isinstance(axis, int) else 0 if emitter.layer.kind == "TFOpLambda" else -1
    source = emitter.shape_of(reads[0])
    size = None if source is None else source[axis - 1 if axis > 0 else axis]
    if isinstance(parts, int):
        first = emitter.shape_of(emitter.output())
        one = size // parts if size is not None else None if first is None else first[axis - 1 if axis > 0 else axis]
        if one is None:
            raise _unknown(emitter, "split")
        bounds = [one * part for part in range(parts + 1)]
    elif isinstance(parts, list) and all(type(part) is int for part in parts):
        if emitter.layer.kind == "TFOpLambda":
            bounds = [sum(parts[:part]) for part in range(len(parts) + 1)]
        elif size is None:
            raise _unknown(emitter, "split")
        else:
            bounds = [0, *parts, size]
    else:
        raise _unknown(emitter, "split")
    for index, (start, stop) in enumerate(pairwise(bounds)):
        emitter.emit("Slice", {"axis": axis, "start": start, "stop": stop}, reads[:1], emitter.output(index))


def _getitem(emitter: Emitter, given: dict[str, object], reads: list[KerasTensor]) -> None:
    """Writes `x[:, 1:, 0]` as one Slice for each axis that is cut, and a Squeeze for each that goes."""
    keys = _argument(emitter, given, 1, "slice_spec", "key")
    keys = keys if isinstance(keys, list) else [keys]
    running = reads[0]
    steps: list[tuple[str, dict[str, object]]] = []
    gone: list[int] = []
    for axis, key in enumerate(keys):
        if isinstance(key, dict):
            key = slice(key.get("start"), key.get("stop"), key.get("step"))
        if isinstance(key, slice):
            parts = {"start": key.start, "stop": key.stop, "step": key.step}
            if any(part is not None and type(part) is not int for part in parts.values()):
                break
            if {part for part in parts.values() if part not in (None, 0, 1)} or parts["stop"] is not None:
                if axis == 0:
                    break
                known = {name: part for name, part in parts.items() if part is not None}
                steps.append(("Slice", {"axis": axis, **known}))
        elif type(key) is int and axis:
            stop = {} if key == -1 else {"stop": key + 1}
            steps.append(("Slice", {"axis": axis, "start": key, **stop}))
            gone.append(axis)
        else:
            break
    else:
        if gone:
            steps.append(("Squeeze", {"axis": gone if len(gone) > 1 else gone[0]}))
        for kind, arguments in steps[:-1]:
            running = emitter.emit(kind, arguments, [running])
        if steps:
            kind, arguments = steps[-1]
            emitter.emit(kind, arguments, [running], emitter.output())
        else:
            emitter.pass_on(running)
        return
    opaque(emitter, "getitem", reads)


def _matmul(emitter: Emitter, given: dict[str, object], reads: list[KerasTensor]) -> None:
    if len(reads) != 2:
        opaque(emitter, "matmul", reads)
        return
    flags: dict[str, object] = {name: True for name in ("transpose_a", "transpose_b") if given.get(name) is True}
    emitter.emit("MatMul", flags, reads, emitter.output())


def _einsum(emitter: Emitter, given: dict[str, object], reads: list[KerasTensor]) -> None:
    equation = given.get("equation") or given.get("subscripts") or next(iter(emitter.call.args), None)
    if len(reads) != 2 or not isinstance(equation, str):
        opaque(emitter, "einsum", reads)
        return
    emitter.emit("Einsum", {"equation": equation}, reads, emitter.output())


def _normalize(emitter: Emitter, given: dict[str, object], reads: list[KerasTensor]) -> None:
    axis = _argument(emitter, given, 1, "axis")
    emitter.emit("Normalize", {"axis": axis if isinstance(axis, (int, list)) else -1}, reads, emitter.output())


def _pixels(kind: str) -> Callable[[Emitter, dict[str, object], list[KerasTensor]], None]:
    def read(emitter: Emitter, given: dict[str, object], reads: list[KerasTensor]) -> None:
        size = _argument(emitter, given, 1, "block_size")
        emitter.emit(kind, {"block_size": size}, reads, emitter.output())

    return read


def _resize(emitter: Emitter, given: dict[str, object], reads: list[KerasTensor]) -> None:
    size = _argument(emitter, given, 1, "size")
    if not isinstance(size, list) or len(size) != 2 or any(type(length) is not int for length in size):
        opaque(emitter, "resize", reads)
        return
    method = given.get("interpolation") or given.get("method") or "bilinear"
    emitter.emit(
        "Resizing", {"height": size[0], "width": size[1], "interpolation": method}, reads[:1], emitter.output()
    )


def _pad(emitter: Emitter, given: dict[str, object], reads: list[KerasTensor]) -> None:
    width = _argument(emitter, given, 1, "pad_width", "paddings")
    match width:
        case [[0, 0], *axes, [0, 0]] if 1 <= len(axes) <= 3:
            emitter.emit(f"ZeroPadding{len(axes)}D", {"padding": axes}, reads, emitter.output())
        case [[0, 0], [0, 0], [0, 0], [int(before), int(after)]]:
            emitter.emit("ChannelPadding", {"padding": [before, after]}, reads, emitter.output())
        case _:
            opaque(emitter, "pad", reads)


def _clip(emitter: Emitter, given: dict[str, object], reads: list[KerasTensor]) -> None:
    emitter.emit("Elementwise", {"op": "clip"}, list(tensors_in(reads[:1])), emitter.output())


READERS: Final[dict[str, Callable[[Emitter, dict[str, object], list[KerasTensor]], None]]] = {
    "reshape": _reshape, "transpose": _transpose, "concatenate": _concatenate, "concat": _concatenate, "stack": _stack,
    "expand_dims": _expand, "squeeze": _squeeze, "split": _split, "getitem": _getitem, "get_item": _getitem,
    "matmul": _matmul, "einsum": _einsum, "l2_normalize": _normalize, "normalize": _normalize, "resize": _resize,
    "depth_to_space": _pixels("DepthToSpace"), "space_to_depth": _pixels("SpaceToDepth"), "pad": _pad,
    "clip_by_value": _clip, "clip": _clip,
}  # fmt: skip
"""What reads an operation, by its name."""
