"""Several operations that are one layer: activations and normalisations that an exporter has written out.

Each pattern looks at the last operation and back from it, and puts one operation in its place; the others go if nothing
else reads them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Final

from cnncalc.convert.channels_first.operands import whole_numbers
from cnncalc.convert.channels_first.operations import Constant, Operation, TensorGraph

_DEEPEST: Final = 12
"""How many operations a pattern looks back."""


class Chains:
    """Who makes which tensor, and the constants among them."""

    def __init__(self, graph: TensorGraph) -> None:
        self.constants = dict(graph.constants)
        self.parameters = graph.parameters or frozenset()
        self.makers = {name: operation for operation in graph.operations for name in operation.outputs}
        for operation in graph.operations:
            if operation.kind == "Constant":
                value = next((value for value in operation.attributes.values() if isinstance(value, Constant)), None)
                plain = next(
                    (
                        operation.attributes[name]
                        for name in ("value_float", "value_int")
                        if name in operation.attributes
                    ),
                    None,
                )
                if value is not None:
                    self.constants[operation.outputs[0]] = value
                elif isinstance(plain, (int, float)):
                    self.constants[operation.outputs[0]] = Constant((), [plain])
            elif operation.kind in ("Identity", "Cast") and operation.inputs and operation.inputs[0] in self.constants:
                self.constants[operation.outputs[0]] = self.constants[operation.inputs[0]]

    def maker(self, name: str, *kinds: str) -> Operation | None:
        """Returns the operation that makes a tensor, if it is of one of the kinds."""
        found = self.makers.get(name)
        return found if found is not None and found.kind in kinds else None

    def scalar(self, name: str) -> float | None:
        """Returns the one entry of a constant; None if it has more, or is not known."""
        constant = self.constants.get(name)
        values = constant.values if constant is not None and constant.size == 1 else None
        return None if not values or values[0] is None else float(values[0])

    def with_scalar(self, operation: Operation | None) -> tuple[str, float] | None:
        """Returns the tensor and the number that an operation combines, in whichever order; None if it does not."""
        if operation is None or len(operation.inputs) != 2:
            return None
        left, right = operation.inputs
        for tensor, number in ((left, self.scalar(right)), (right, self.scalar(left))):
            if number is not None:
                return tensor, number
        return None

    def factors(self, name: str, depth: int = 3) -> tuple[list[str], float]:
        """Returns the tensors whose product a tensor is, and the product of the numbers among them."""
        number = self.scalar(name)
        if number is not None:
            return [], number
        operation = self.maker(name, "Mul", "Div") if depth else None
        if operation is None or len(operation.inputs) != 2:
            return [name], 1.0
        if operation.kind == "Div":
            divisor = self.scalar(operation.inputs[1])
            if not divisor:
                return [name], 1.0
            tensors, factor = self.factors(operation.inputs[0], depth - 1)
            return tensors, factor / divisor
        left, a = self.factors(operation.inputs[0], depth - 1)
        right, b = self.factors(operation.inputs[1], depth - 1)
        return left + right, a * b

    def back(self, name: str) -> Iterator[Operation]:
        """Yields the operations that lead to a tensor, along their first input."""
        for _ in range(_DEEPEST):
            operation = self.makers.get(name)
            if operation is None or not operation.inputs:
                return
            yield operation
            tensor = self.with_scalar(operation)
            name = tensor[0] if tensor else operation.inputs[0]


def replaced(last: Operation, kind: str, inputs: list[str], **attributes: object) -> Operation:
    """Makes the operation that takes the place of the last one of a pattern."""
    return Operation(kind, inputs, last.outputs, attributes, last.path, last.place)


def near(value: float | None, wanted: float) -> bool:
    """Says whether a number is another, as exactly as half precision has it."""
    return value is not None and math.isclose(value, wanted, rel_tol=2e-3)


def gate(chains: Chains, last: Operation) -> Operation | None:
    """Recognises x * f(x): swish, hard swish, mish, GELU."""
    tensors, number = chains.factors(last.outputs[0])
    if len(tensors) != 2:
        return None
    for x, gated in (tensors, reversed(tensors)):
        found = _gated_by(chains, x, gated, number)
        if found is not None:
            return replaced(last, found, [x])
    return None


def _gated_by(chains: Chains, x: str, gated: str, number: float) -> str | None:
    """Returns the activation that x times a function of x and a number is."""
    operation = chains.makers.get(gated)
    if operation is None or not operation.inputs:
        return None
    inner = operation.inputs[0]
    if operation.kind == "Sigmoid" and near(number, 1):
        if inner == x:
            return "Swish"
        scaled = chains.with_scalar(chains.maker(inner, "Mul"))
        return "Gelu" if scaled is not None and scaled[0] == x and near(scaled[1], 1.702) else None
    if operation.kind == "HardSigmoid" and inner == x and near(number, 1):
        return "HardSwish"
    if operation.kind == "Clip" and near(number, 1 / 6) and _is_clip_of(chains, operation, x):
        return "HardSwish"
    softplus = chains.maker(inner, "Softplus") if operation.kind == "Tanh" else None
    if softplus is not None and softplus.inputs[0] == x and near(number, 1):
        return "Mish"
    plus_one = chains.with_scalar(operation) if operation.kind == "Add" else None
    if plus_one is not None and near(plus_one[1], 1) and near(number, 0.5):
        error_function = chains.maker(plus_one[0], "Erf")
        if error_function is not None and chains.factors(error_function.inputs[0])[0] == [x]:
            return "Gelu"
        tangent = chains.maker(plus_one[0], "Tanh")
        if tangent is not None and any(
            other.kind in ("Pow", "Mul") and x in other.inputs for other in _cubic(chains, tangent.inputs[0])
        ):
            return "Gelu"
    return None


def _cubic(chains: Chains, name: str) -> Iterator[Operation]:
    """Yields the operations of the polynomial inside the tanh form of GELU."""
    waiting = [name]
    for _ in range(_DEEPEST):
        if not waiting:
            return
        operation = chains.maker(waiting.pop(), "Mul", "Add", "Pow")
        if operation is not None:
            yield operation
            waiting += operation.inputs


def _is_clip_of(chains: Chains, clip: Operation, x: str) -> bool:
    """Says whether a Clip is clip(x + 3, 0, 6)."""
    shifted = chains.with_scalar(chains.maker(clip.inputs[0], "Add"))
    bounds = [clip.attributes.get("min"), clip.attributes.get("max")]
    if len(clip.inputs) == 3:
        bounds = [chains.scalar(name) for name in clip.inputs[1:]]
    return shifted is not None and shifted[0] == x and near(shifted[1], 3) and bounds == [0, 6]


def hard_sigmoid(chains: Chains, last: Operation) -> Operation | None:
    """Recognises clip(x + 3, 0, 6) / 6."""
    tensors, number = chains.factors(last.outputs[0])
    clip = chains.maker(tensors[0], "Clip") if len(tensors) == 1 and near(number, 1 / 6) else None
    shifted = chains.with_scalar(chains.maker(clip.inputs[0], "Add")) if clip is not None else None
    if clip is not None and shifted is not None and _is_clip_of(chains, clip, shifted[0]):
        return replaced(last, "HardSigmoid", [shifted[0]])
    return None


def layer_norm(chains: Chains, last: Operation) -> Operation | None:
    """Recognises (x - mean) / sqrt(variance + eps), so far without weights; without the mean RMS normalisation."""
    if len(last.inputs) != 2:
        return None
    x, root = last.inputs
    if last.kind == "Mul":
        inverse = chains.maker(root, "Reciprocal") or chains.maker(x, "Reciprocal")
        if inverse is None:
            return None
        x, root = (x if inverse.outputs[0] == root else root), inverse.inputs[0]
    square_root = chains.maker(root, "Sqrt")
    shifted = chains.with_scalar(chains.maker(square_root.inputs[0], "Add")) if square_root is not None else None
    mean_square = chains.maker(shifted[0], "ReduceMean") if shifted is not None else None
    square = chains.maker(mean_square.inputs[0], "Pow", "Mul") if mean_square is not None else None
    if (
        mean_square is None
        or square is None
        or square.inputs[0] != x
        or (square.kind == "Mul" and square.inputs[1] != x)
    ):
        return None
    axes = _axes(chains, mean_square)
    if axes is None:
        return None
    centred = chains.maker(x, "Sub")
    mean = chains.maker(centred.inputs[1], "ReduceMean") if centred is not None else None
    if centred is not None and mean is not None and mean.inputs[0] == centred.inputs[0]:
        return replaced(last, "LayerNormalization", [centred.inputs[0]], axes=list(axes))
    return replaced(last, "RMSNormalization", [x], axes=list(axes))


def _axes(chains: Chains, operation: Operation) -> tuple[int, ...] | None:
    given = operation.attributes.get("axes")
    if isinstance(given, list):
        return operation.integers("axes")
    return whole_numbers(chains.constants.get(operation.inputs[1])) if len(operation.inputs) > 1 else None


def group_norm(chains: Chains, last: Operation) -> Operation | None:
    """Recognises Reshape, instance normalisation, Reshape back: group normalisation without weights so far."""
    inner = chains.maker(last.inputs[0], "InstanceNormalization") if last.inputs else None
    first = chains.maker(inner.inputs[0], "Reshape") if inner is not None else None
    scale = chains.constants.get(inner.inputs[1]) if inner is not None and len(inner.inputs) > 1 else None
    if first is None or scale is None or not scale.size:
        return None
    return replaced(last, "GroupNormalization", [first.inputs[0]], num_groups=scale.size)


def norm_weights(chains: Chains, last: Operation) -> Operation | None:
    """Returns the product with a scale, then the sum with a shift, behind a normalisation that has none yet."""
    if len(last.inputs) != 2:
        return None
    for name, weight in (last.inputs, reversed(last.inputs)):
        norm = chains.maker(name, "LayerNormalization", "GroupNormalization", "RMSNormalization")
        constant = chains.constants.get(weight)
        if norm is None or constant is None or "written_out" not in norm.attributes:
            continue
        own = ".".join((*last.path, "weight" if last.kind == "Mul" else "bias"))
        if not constant.sources and own not in chains.parameters:
            continue
        if last.kind == "Mul" and len(norm.inputs) == 1:
            return Operation(norm.kind, [*norm.inputs, weight], last.outputs, norm.attributes, norm.path, norm.place)
        if last.kind == "Add" and len(norm.inputs) < 3:
            inputs = [*norm.inputs, *[""] * (2 - len(norm.inputs)), weight]
            return Operation(norm.kind, inputs, last.outputs, norm.attributes, norm.path, norm.place)
    return None


def local_response_norm(chains: Chains, last: Operation) -> Operation | None:
    """Recognises x / (k + alpha * mean of squares of neighbouring channels)**beta."""
    if len(last.inputs) != 2 or chains.maker(last.inputs[1], "Pow") is None:
        return None
    x, size = last.inputs[0], 0
    for operation in chains.back(last.inputs[1]):
        if operation.kind == "AveragePool":
            size = max(operation.integers("kernel_shape", (0,)))
        is_square = operation.kind == "Mul" and operation.inputs == [x, x]
        if size and (is_square or (operation.kind == "Pow" and operation.inputs[0] == x)):
            return replaced(last, "LRN", [x], size=size)
    return None


def unit_norm(chains: Chains, last: Operation) -> Operation | None:
    """Recognises x / its length along an axis."""
    if len(last.inputs) != 2:
        return None
    for operation in chains.back(last.inputs[1]):
        if operation.kind == "ReduceL2" and operation.inputs[0] == last.inputs[0]:
            axes = _axes(chains, operation)
            return (
                replaced(last, "LpNormalization", [last.inputs[0]], axis=axes[0])
                if axes is not None and len(axes) == 1
                else None
            )
        if operation.kind not in ("Expand", "Clip", "Max", "Add"):
            return None
    return None


PATTERNS: Final[dict[str, tuple[Callable[[Chains, Operation], Operation | None], ...]]] = {
    "Mul": (norm_weights, gate, hard_sigmoid, layer_norm),
    "Div": (gate, hard_sigmoid, layer_norm, local_response_norm, unit_norm),
    "Add": (norm_weights,),
    "Reshape": (group_norm,),
}
"""What each kind of operation may be the last of."""


def recognise(graph: TensorGraph) -> None:
    """Puts one operation in the place of each pattern."""
    chains = Chains(graph)
    for index, operation in enumerate(graph.operations):
        for pattern in PATTERNS.get(operation.kind, ()):
            found = pattern(chains, operation)
            if found is not None:
                if found.kind in ("LayerNormalization", "GroupNormalization", "RMSNormalization"):
                    found.attributes["written_out"] = 1
                graph.operations[index] = found
                chains.makers.update(dict.fromkeys(found.outputs, found))
                break
